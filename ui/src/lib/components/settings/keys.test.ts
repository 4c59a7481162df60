import { expect, it } from 'vitest';
import { normalKeys } from './keys';

it.each([
  ['g', 'G'],
  ['shift + ctrl+m', 'Ctrl+Shift+M'],
  ['alt+pageup', 'Alt+PageUp'],
  ['F5', 'F5'],
  ['?', '?'],
])('writes %s as the keymap does', (text, keys) => expect(normalKeys(text)).toBe(keys));

it.each(['', 'meta+x', 'ctrl+', 'hello', 'F13'])('does not take %j', (text) =>
  expect(normalKeys(text)).toBeNull(),
);
