import { calendarTable } from '$lib/components/calendar/command-table';
import { composerTable } from '$lib/components/composer/command-table';
import { libraryTable } from '$lib/components/library/command-table';
import type { App } from '$lib/state/app.svelte';
import type { Zoom } from '$lib/state/zoom.svelte';
import { type Command, UNDO } from '$lib/state/keymap';
import { t } from '$lib/words';
import type { Room } from './rooms';

/** What rooms and the composer can do, known while they are shut. */
export const keyTable: Command[] = [...calendarTable, ...composerTable, ...libraryTable];

/** Commands of the frame, in reach from every room. */
export function frameCommands(
  app: App,
  rooms: Room[],
  open: { palette: () => void; keys: () => void },
  zoom: Zoom,
): Command[] {
  const size = (id: string, title: string, keys: string[], run: () => void): Command => ({
    id: `app.${id}`,
    title,
    group: 'app',
    keys,
    whileTyping: true,
    run,
  });
  return [
    {
      id: 'app.palette',
      title: t('command.palette'),
      group: 'app',
      keys: ['Ctrl+K'],
      whileTyping: true,
      run: open.palette,
    },
    { id: 'app.keys', title: t('command.keys'), group: 'app', keys: ['?'], run: open.keys },
    {
      ...UNDO,
      title: t('command.undo'),
      group: 'app',
      run: () => void app.undo(),
    },
    {
      id: 'app.redo',
      title: t('command.redo'),
      group: 'app',
      keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
      run: () => void app.redo(),
    },
    size('larger', t('command.larger'), ['Ctrl++', 'Ctrl+='], () => zoom.step(1)),
    size('smaller', t('command.smaller'), ['Ctrl+-'], () => zoom.step(-1)),
    size('usualSize', t('command.usualSize'), ['Ctrl+0'], () => zoom.reset()),
    {
      id: 'post.new',
      title: t('command.newPost'),
      group: 'post',
      keys: ['N', 'Ctrl+N'],
      whileTyping: true,
      // The calendar has its own, with the focused day.
      when: () => app.router.view !== 'calendar',
      run: () => app.router.newPost(),
    },
    ...rooms.map((room): Command => ({
      id: `go.${room.id}`,
      title: t('command.go', { view: room.label }),
      group: 'go',
      keys: [room.keys],
      whileTyping: true,
      run: () => void app.router.goTo(room.id),
    })),
  ];
}
