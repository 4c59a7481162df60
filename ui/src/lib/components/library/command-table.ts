/** What the library can do, with names and keys, known also while another room is open. */
import type { Command } from '$lib/state/keymap';
import { t } from '$lib/words';

type Line = Omit<Command, 'run' | 'when'>;

const line = <const I extends string>(id: I, title: string, keys: string[]) =>
  ({ id: `library.${id}` as const, title, group: 'library', keys }) satisfies Line;

export const LIBRARY_ACTS = [
  { ...line('search', t('library.cmd.search'), ['/']), room: 'library' },
  line('select', t('library.cmd.select'), ['X']),
  line('selectAll', t('library.cmd.selectAll'), ['Ctrl+A']),
  line('newPost', t('library.cmd.newPost'), ['E']),
  line('labels', t('library.cmd.labels'), ['L']),
  line('delete', t('library.cmd.delete'), ['Delete']),
  line('details', t('library.cmd.details'), ['V']),
  line('escape', t('library.cmd.escape'), ['Escape']),
] as const satisfies readonly Line[];

export type LibraryAct = (typeof LIBRARY_ACTS)[number]['id'];

/** Everything the library can do. */
export const libraryTable: Line[] = [...LIBRARY_ACTS];
