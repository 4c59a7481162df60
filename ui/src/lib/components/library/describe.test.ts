import { expect, it } from 'vitest';
import { createDemo } from '$lib/demo';
import { startApp } from '../../../test/render';
import { Describer } from './describe.svelte';

it('leaves what is on its way to the disk, whatever the program tells of before', async () => {
  const host = createDemo({ files: 1, posts: [] });
  const app = await startApp(host);
  const [file] = host.world.files.values();
  if (!file) throw new Error('there is no file');
  const words = new Describer(app, file);
  let meanwhile = '';
  host.answer('media.describe', () => {
    // Asked for before, and answered late.
    words.news(file);
    meanwhile = words.alt;
    return { value: { ...file, alt: 'A harbour' }, undo: null, notes: [] };
  });
  words.type('alt', 'A harbour ');
  expect(await words.flush()).toBe(true);
  expect(meanwhile).toBe('A harbour ');
  // As the program keeps it.
  expect(words.alt).toBe('A harbour');
  words.news({ ...file, alt: 'A pier' });
  expect(words.alt).toBe('A pier');
});
