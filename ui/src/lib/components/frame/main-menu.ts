import type { MenuGroups } from '$lib/components/shared/menu';
import type { App } from '$lib/state/app.svelte';

/** What stands in the menu of the window, by command: all that else has only a key. */
const GROUPS = [
  ['post.new', 'app.palette'],
  ['app.undo', 'app.redo'],
  ['app.hold', 'app.release', 'app.bin', 'app.log'],
  ['data.importCsv', 'data.exportCsv', 'data.exportIcs', 'data.exportAll', 'data.importAll'],
  ['app.keys'],
];

/** The menu of the window, as it is right now. */
export function mainMenu(app: App): MenuGroups {
  const available = new Map(app.keymap.available().map((c) => [c.id, c]));
  return GROUPS.map((ids) =>
    ids.flatMap((id) => {
      const command = available.get(id);
      if (!command) return [];
      const [keys] = app.keymap.keysOf(command);
      return {
        id,
        label: command.title,
        run: () => command.run?.(null),
        ...(keys === undefined ? {} : { keys }),
      };
    }),
  );
}
