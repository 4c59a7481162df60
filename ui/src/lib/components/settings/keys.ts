const NAMED = [
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

/** Keys as the keymap writes them (`Ctrl+Alt+Shift+M`), whatever the case and order typed; or null. */
export function normalKeys(text: string): string | null {
  const parts = text
    .trim()
    .split('+')
    .map((p) => p.trim());
  const last = parts.pop() ?? '';
  const mods = new Set(parts.map((p) => p.toLowerCase()));
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
