/** The form of the public storage. */
import type { StorageSettings } from '$lib/api';
import type { WordKey } from '$lib/words';

export type StorageField = keyof StorageSettings;

export const emptyStorage = (): StorageSettings => ({
  endpoint: '',
  bucket: '',
  region: '',
  prefix: '',
  publicAddress: '',
});

export const FIELDS: readonly {
  name: StorageField;
  label: WordKey;
  hint: WordKey;
  example: string;
}[] = [
  {
    name: 'endpoint',
    label: 'publicFiles.endpoint',
    hint: 'publicFiles.endpointHint',
    example: 'https://s3.eu-central-1.amazonaws.com',
  },
  {
    name: 'bucket',
    label: 'publicFiles.bucket',
    hint: 'publicFiles.bucketHint',
    example: 'my-files',
  },
  {
    name: 'region',
    label: 'publicFiles.region',
    hint: 'publicFiles.regionHint',
    example: 'eu-central-1',
  },
  {
    name: 'prefix',
    label: 'publicFiles.prefix',
    hint: 'publicFiles.prefixHint',
    example: 'almanac',
  },
  {
    name: 'publicAddress',
    label: 'publicFiles.publicAddress',
    hint: 'publicFiles.publicAddressHint',
    example: 'https://files.example.com',
  },
];
