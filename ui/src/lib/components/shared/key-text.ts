/** Keys as people read and hear them; they come as the keymap writes them: `Ctrl+Shift+Z`. */
const SHOWN: Record<string, string> = {
  ContextMenu: 'Menu',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
};

/** The plus between keys, not the key of that name. */
const parts = (keys: string) => keys.split(/(?<=.)\+(?=.)/);

/** `Ctrl+←`; with another sign between them, as on a key cap. */
export function keyText(keys: string, between = '+'): string {
  return parts(keys)
    .map((key) => SHOWN[key] ?? key)
    .join(between);
}

/** "Control Z". */
export function keySpoken(keys: string): string {
  return parts(keys)
    .map((key) => (key === 'Ctrl' ? 'Control' : key.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')))
    .join(' ');
}
