const NAMED = [
  'ContextMenu',
  'Enter',
  'Space',
  'Tab',
  'Escape',
  'Delete',
  'Backspace',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
];

/** Whether more than one key has to be pressed. */
export function hasModifiers(keys: string): boolean {
  return /^(Ctrl|Alt|Shift)\+/.test(keys);
}

/** Keys as the keymap writes them (`Ctrl+Alt+Shift+M`), whatever the case and order typed; or null. */
export function normalKeys(text: string): string | null {
  // The sign itself is a key as well: "Ctrl++".
  const [, before = '', end = ''] = /^(?:(.*)\+)?(\+|[^+]+)$/s.exec(text.trim()) ?? [];
  const last = end.trim();
  const mods = new Set(before === '' ? [] : before.split('+').map((p) => p.trim().toLowerCase()));
  for (const m of mods) if (!['ctrl', 'cmd', 'alt', 'shift'].includes(m)) return null;
  const named = NAMED.find((n) => n.toLowerCase() === last.toLowerCase());
  const functionKey = /^f([1-9]|1[0-2])$/i.test(last);
  if (!named && !functionKey && [...last].length !== 1) return null;
  const key = named ?? last.toUpperCase();
  return [
    mods.has('ctrl') || mods.has('cmd') ? 'Ctrl' : '',
    mods.has('alt') ? 'Alt' : '',
    mods.has('shift') ? 'Shift' : '',
    key,
  ]
    .filter(Boolean)
    .join('+');
}
