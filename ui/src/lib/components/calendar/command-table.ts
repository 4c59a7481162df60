/**
 * What the calendar can do, with names and keys, known also while another room is open: the sheet of
 * keys, the settings and the palette read it. `commands.ts` says how it is done.
 */
import type { App } from '$lib/state/app.svelte';
import type { Command } from '$lib/state/keymap';
import { t } from '$lib/words';

type Line = Omit<Command, 'run' | 'when'>;

const view = <const I extends string>(id: I, key: string) =>
  ({
    id: `calendar.${id}` as const,
    title: t(`cmd.${id as 'month'}`),
    group: 'calendar',
    keys: [key],
    room: 'calendar',
  }) satisfies Line;

const post = <const I extends string>(id: I, title: string, keys: string[]) =>
  ({ id: `post.${id}` as const, title, group: 'post', keys }) satisfies Line;

/** Commands the table of keys handles. */
export const ACTS = [
  {
    id: 'post.new',
    title: t('command.newPost'),
    group: 'post',
    keys: ['N', 'Ctrl+N'],
    whileTyping: true,
  },
  view('month', 'M'),
  view('week', 'W'),
  view('day', 'D'),
  view('list', 'A'),
  { id: 'calendar.today', title: t('cmd.today'), group: 'calendar', keys: ['T'], room: 'calendar' },
  { id: 'calendar.back', title: t('cmd.back'), group: 'calendar', keys: ['PageUp', 'K'] },
  { id: 'calendar.on', title: t('cmd.on'), group: 'calendar', keys: ['PageDown', 'J'] },
  { id: 'calendar.goTo', title: t('cmd.goTo'), group: 'calendar', room: 'calendar' },
  {
    id: 'calendar.filter',
    title: t('cmd.filter'),
    group: 'calendar',
    keys: ['/'],
    room: 'calendar',
  },
  { id: 'calendar.clearFilters', title: t('common.clearFilters'), group: 'calendar' },
  {
    id: 'calendar.shelf',
    title: t('command.shelf'),
    group: 'calendar',
    keys: ['['],
    room: 'calendar',
  },
  post('open', t('menu.edit'), ['E']),
  post('moveTo', t('menu.moveTo'), ['.']),
  post('unschedule', t('menu.unschedule'), ['U']),
  post('duplicate', t('menu.duplicate'), ['Ctrl+D']),
  post('labels', t('cmd.labels'), ['L']),
  post('delete', t('menu.delete'), ['Delete']),
  post('peek', t('cmd.peek'), ['V']),
  { id: 'select.one', title: t('cmd.select'), group: 'select', keys: ['X'] },
  { id: 'select.range', title: t('cmd.selectRange'), group: 'select', keys: ['Shift+X'] },
  { id: 'select.all', title: t('cmd.selectAll'), group: 'select', keys: ['Ctrl+A'] },
  { id: 'select.escape', title: t('cmd.escape'), group: 'select', keys: ['Escape'] },
] as const satisfies readonly Line[];

/** Keys whose meaning depends on what has the focus: the calendar reads them itself. */
export const READ: Line[] = [
  {
    id: 'calendar.left',
    title: t('cmd.left'),
    group: 'calendar',
    keys: ['ArrowLeft'],
    reads: 'ArrowLeft',
  },
  {
    id: 'calendar.right',
    title: t('cmd.right'),
    group: 'calendar',
    keys: ['ArrowRight'],
    reads: 'ArrowRight',
  },
  { id: 'calendar.up', title: t('cmd.up'), group: 'calendar', keys: ['ArrowUp'], reads: 'ArrowUp' },
  {
    id: 'calendar.down',
    title: t('cmd.down'),
    group: 'calendar',
    keys: ['ArrowDown'],
    reads: 'ArrowDown',
  },
  {
    id: 'calendar.enter',
    title: t('cmd.enter'),
    group: 'calendar',
    keys: ['Enter'],
    reads: 'Enter',
  },
  { id: 'calendar.tab', title: t('cmd.tab'), group: 'calendar', keysShown: 'Tab, Shift Tab' },
  { id: 'calendar.first', title: t('cmd.first'), group: 'calendar', keys: ['Home'], reads: 'Home' },
  { id: 'calendar.last', title: t('cmd.last'), group: 'calendar', keys: ['End'], reads: 'End' },
  { id: 'post.pickUp', title: t('cmd.pickUp'), group: 'post', keys: ['Space'], reads: 'Space' },
  {
    id: 'post.carryPage',
    title: t('cmd.carryPage'),
    group: 'post',
    keysShown: 'Page Up, Page Down',
  },
  { id: 'post.carryCopy', title: t('cmd.carryCopy'), group: 'post', keysShown: 'Ctrl Enter' },
  { id: 'post.moveDay', title: t('cmd.moveDay'), group: 'post', keysShown: 'Alt arrows' },
  { id: 'post.moveHour', title: t('cmd.moveHour'), group: 'post', keysShown: 'Alt Shift arrows' },
  {
    id: 'post.menu',
    title: t('cmd.menu'),
    group: 'post',
    keys: ['ContextMenu', 'Shift+F10'],
    keysShown: 'Menu, Shift F10',
    reads: 'ContextMenu',
  },
];

export type ActId = (typeof ACTS)[number]['id'];

/** The key of something the calendar does, as this person has it. */
export function keyOf(app: App, id: ActId): string {
  return app.keyOf(ACTS.find((line) => line.id === id) ?? { id });
}

/** Everything the calendar can do. */
export const calendarTable: Line[] = [...ACTS, ...READ];
