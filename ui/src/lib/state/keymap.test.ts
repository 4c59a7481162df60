import { describe, expect, it, vi } from 'vitest';
import { Keymap, keyName } from './keymap';

const press = (init: KeyboardEventInit, target: EventTarget = document.body) => {
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
  Object.defineProperty(event, 'target', { value: target });
  return event;
};

describe('names of keys', () => {
  it.each([
    [{ key: 'm' }, 'M'],
    [{ key: 'z', ctrlKey: true }, 'Ctrl+Z'],
    [{ key: 'Z', ctrlKey: true, shiftKey: true }, 'Ctrl+Shift+Z'],
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: ' ' }, 'Space'],
    // With Shift some engines name the Tab key otherwise.
    [{ key: 'Unidentified', code: 'Tab', shiftKey: true }, 'Shift+Tab'],
    // A layout where digits need Shift.
    [{ key: '&', code: 'Digit1', ctrlKey: true }, 'Ctrl+1'],
    [{ key: 'ArrowLeft', altKey: true, shiftKey: true }, 'Alt+Shift+ArrowLeft'],
  ])('reads %o as %s', (init, name) => {
    expect(keyName(press(init))).toBe(name);
  });
});

describe('the keymap', () => {
  it('rests while someone types, except for keys that say otherwise', () => {
    const keymap = new Keymap();
    const month = vi.fn();
    const find = vi.fn();
    keymap.register([
      { id: 'month', title: '', group: 'calendar', keys: ['M'], run: month },
      { id: 'find', title: '', group: 'app', keys: ['Ctrl+K'], whileTyping: true, run: find },
    ]);
    const field = document.createElement('textarea');
    keymap.handle(press({ key: 'm' }, field));
    keymap.handle(press({ key: 'k', ctrlKey: true }, field));
    expect([month.mock.calls.length, find.mock.calls.length]).toEqual([0, 1]);
    keymap.handle(press({ key: 'm' }));
    expect(month).toHaveBeenCalledOnce();
  });

  it('rests under an open window and wakes when it closes', () => {
    const keymap = new Keymap();
    const month = vi.fn();
    keymap.register([{ id: 'month', title: '', group: 'calendar', keys: ['M'], run: month }]);
    const close = keymap.layer();
    keymap.handle(press({ key: 'm' }));
    close();
    expect(month).not.toHaveBeenCalled();
    keymap.handle(press({ key: 'm' }));
    expect(month).toHaveBeenCalledOnce();
  });

  it('lets the later command win, and passes on where it declines', () => {
    const keymap = new Keymap();
    const first = vi.fn();
    const second = vi.fn(() => false);
    keymap.register([{ id: 'a', title: '', group: 'app', keys: ['N'], run: first }]);
    const stop = keymap.register([{ id: 'b', title: '', group: 'app', keys: ['N'], run: second }]);
    const event = press({ key: 'n' });
    expect(keymap.handle(event)).toBe(true);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
    expect(event.defaultPrevented).toBe(true);
    stop();
    expect(keymap.all()).toHaveLength(1);
  });

  it('writes letters while someone types, also where such a key was chosen for a command', () => {
    const keymap = new Keymap();
    const find = vi.fn();
    keymap.register([
      { id: 'find', title: '', group: 'app', keys: ['Ctrl+K'], whileTyping: true, run: find },
    ]);
    keymap.overrides = { find: 'G' };
    keymap.handle(press({ key: 'g' }, document.createElement('textarea')));
    expect(find).not.toHaveBeenCalled();
    keymap.handle(press({ key: 'g' }));
    expect(find).toHaveBeenCalledOnce();
  });

  it('knows the keys of a shut room, and runs what is chosen there once it is open', async () => {
    const keymap = new Keymap();
    keymap.define([{ id: 'week', title: '', group: 'calendar', keys: ['W'], room: 'calendar' }]);
    expect(keymap.all().map((c) => c.keys)).toEqual([['W']]);
    expect(keymap.elsewhere().map((c) => c.id)).toEqual(['week']);
    keymap.runWhenThere('week');
    const run = vi.fn();
    const stop = keymap.register([{ id: 'week', title: '', group: 'calendar', run }]);
    await Promise.resolve();
    expect(run).toHaveBeenCalledOnce();
    expect([keymap.all().length, keymap.elsewhere().length]).toEqual([1, 0]);
    stop();
    keymap.register([{ id: 'week', title: '', group: 'calendar', run }]);
    await Promise.resolve();
    expect(run).toHaveBeenCalledOnce();
  });

  it('reads a chosen key for one that an area reads itself, and frees the usual one', () => {
    const keymap = new Keymap();
    keymap.define([
      { id: 'left', title: '', group: 'calendar', keys: ['ArrowLeft'], reads: 'ArrowLeft' },
    ]);
    expect(keymap.read(press({ key: 'ArrowLeft' }))).toBe('ArrowLeft');
    keymap.overrides = { left: 'H' };
    expect(keymap.read(press({ key: 'H', altKey: true, shiftKey: true }))).toBe('ArrowLeft');
    expect(keymap.read(press({ key: 'ArrowLeft' }))).toBe('');
  });
});
