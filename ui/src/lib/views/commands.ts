import type { App } from '$lib/state/app.svelte';
import type { Command } from '$lib/state/keymap';
import { t } from '$lib/words';
import type { Room } from './rooms';

/** Commands of the frame, in reach from every room. */
export function frameCommands(
  app: App,
  rooms: Room[],
  open: { palette: () => void; keys: () => void },
): Command[] {
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
      id: 'app.undo',
      title: t('command.undo'),
      group: 'app',
      keys: ['Ctrl+Z'],
      run: () => void app.undo(),
    },
    {
      id: 'app.redo',
      title: t('command.redo'),
      group: 'app',
      keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
      run: () => void app.redo(),
    },
    {
      id: 'app.newPost',
      title: t('command.newPost'),
      group: 'post',
      keys: ['Ctrl+N'],
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
      run: () => app.router.go(room.id),
    })),
  ];
}
