/** The one table of commands and keys: the palette, the shortcut sheet and the handler read it. */
import type { ViewId } from './router.svelte';

export type CommandGroup = 'app' | 'go' | 'calendar' | 'post' | 'library' | 'select';

export interface Command {
  /** `calendar.month`; unique. */
  id: string;
  title: string;
  group: CommandGroup;
  /** `Ctrl+Shift+Z`, `N`, `?`, `PageUp`. Letters are written in capitals and mean the unshifted key. */
  keys?: readonly string[];
  /** How the sheet writes the keys where the list would be long; default: the keys. */
  keysShown?: string;
  /** Also while typing in a field and under an open window, by those of its keys that write nothing. */
  whileTyping?: boolean;
  /** The room it belongs to. Chosen from another room, that one is opened first. */
  room?: ViewId;
  /**
   * The area reads this key by itself, with and without Alt and Shift: what it means depends on the
   * focus. A key the person chose instead stands for it.
   */
  reads?: string;
  /** Not in the palette: only makes sense with the thing under the focus. */
  sheetOnly?: boolean;
  /** False hides the command from the palette and lets the key pass. */
  when?: () => boolean;
  /** Returns false to let the key pass on. */
  run?: (event: KeyboardEvent | null) => unknown;
}

/** Known here since every change tells which key takes it back. */
export const UNDO = { id: 'app.undo', keys: ['Ctrl+Z'] } as const;

const MAC = /Mac|iP(hone|ad)/.test(globalThis.navigator?.platform ?? '');

/** True for Ctrl, or Cmd on a Mac. */
export function primary(event: { ctrlKey: boolean; metaKey: boolean }): boolean {
  return MAC ? event.metaKey : event.ctrlKey;
}

/**
 * The name of the pressed keys in the table's writing. Tab comes from `code`: with Shift its `key`
 * is not "Tab" in every engine; digits too, since some layouts need Shift for them.
 */
export function keyName(event: KeyboardEvent): string {
  const { key, writes, letter } = bareKey(event);
  const mods = [
    primary(event) ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    // A shifted sign such as "?" already is its own key.
    event.shiftKey && (!writes || letter) ? 'Shift' : '',
  ].filter(Boolean);
  return [...mods, key].join('+');
}

/** The key without Ctrl, Alt and Shift. */
function bareKey(event: KeyboardEvent): { key: string; writes: boolean; letter: boolean } {
  let key = event.key;
  if (event.code === 'Tab') key = 'Tab';
  else if (primary(event) && /^Digit\d$/.test(event.code)) key = event.code.slice(5);
  else if (key === ' ') key = 'Space';
  const writes = key.length === 1;
  const letter = writes && key.toLowerCase() !== key.toUpperCase();
  if (letter) key = key.toUpperCase();
  return { key, writes, letter };
}

/** Keys that neither write nor edit: they may act while someone types. */
const SILENT = /^(Ctrl|Alt)\+|^F\d+$/;

/** True where letters are being typed. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return (
    target instanceof HTMLInputElement &&
    !['checkbox', 'radio', 'button', 'color', 'range', 'submit', 'reset'].includes(target.type)
  );
}

const ofField = (name: string) => ['Ctrl+Z', 'Ctrl+Shift+Z', 'Ctrl+Y'].includes(name);

/**
 * Undo and redo of the field one types in. WebKitGTK binds no keys to them; where an engine does,
 * this takes their place.
 */
function fieldHistory(name: string): boolean {
  const redo = name === 'Ctrl+Shift+Z' || name === 'Ctrl+Y';
  if (!ofField(name)) return false;
  return document.execCommand?.(redo ? 'redo' : 'undo') ?? false;
}

export class Keymap {
  /** Keys a person chose instead of the usual ones, by command id. */
  overrides: Readonly<Record<string, string>> = {};
  /** Known for good, whether the room that does it is open or not. */
  #defined: Command[] = [];
  #commands: Command[] = [];
  /** Runs as soon as its room has registered it. */
  #wanted: string | null = null;
  /** Open windows above the frame; the topmost takes all keys but those of "app". */
  #layers: symbol[] = [];

  /** Names what rooms can do, so that keys are shown and can be changed while a room is shut. */
  define(commands: readonly Command[]): void {
    this.#defined.push(...commands);
  }

  /** Adds commands; a later one wins a shared key. Returns how to take them away again. */
  register(commands: Command[]): () => void {
    this.#commands.push(...commands);
    const wanted = commands.find((c) => c.id === this.#wanted);
    if (wanted) {
      this.#wanted = null;
      queueMicrotask(() => wanted.run?.(null));
    }
    return () => {
      this.#commands = this.#commands.filter((c) => !commands.includes(c));
    };
  }

  /** A dialog or sheet is open: single keys of the rooms below rest. Returns how to close it. */
  layer(): () => void {
    const me = Symbol('layer');
    this.#layers.push(me);
    return () => {
      this.#layers = this.#layers.filter((l) => l !== me);
    };
  }

  get blocked(): boolean {
    return this.#layers.length > 0;
  }

  /** Every command once, of open and of shut rooms. */
  all(): readonly Command[] {
    return [...new Map([...this.#defined, ...this.#commands].map((c) => [c.id, c])).values()];
  }

  /** Commands that can be chosen right now. */
  available(): Command[] {
    return this.#commands.filter((c) => c.run && !c.sheetOnly && (c.when?.() ?? true));
  }

  /** Commands of rooms that are shut; see `runWhenThere`. */
  elsewhere(): Command[] {
    const here = new Set(this.#commands.map((c) => c.id));
    return this.#defined.filter((c) => c.room !== undefined && !here.has(c.id));
  }

  /** Runs a command once its room, which is about to open, has registered it. */
  runWhenThere(id: string): void {
    this.#wanted = id;
  }

  find(id: string): Command | undefined {
    return this.all().find((c) => c.id === id);
  }

  /** The keys of a command: those the person chose, else the usual ones. */
  keysOf(command: Command): readonly string[] {
    const chosen = this.overrides[command.id];
    return chosen === undefined ? (command.keys ?? []) : [chosen];
  }

  /**
   * The key an area should read: the person may have chosen `H` for `ArrowLeft`, which then is free.
   * Alt and Shift are left to the area.
   */
  read(event: KeyboardEvent): string {
    const { key } = bareKey(event);
    const reading = this.#defined.filter((c) => c.reads !== undefined);
    const chosen = reading.find((c) => this.overrides[c.id] === key);
    if (chosen?.reads) return chosen.reads;
    const gone = reading.some((c) => c.reads === key && this.overrides[c.id] !== undefined);
    return gone ? '' : key;
  }

  /** Whether these keys are a command's already; one that an area reads takes them with Alt and Shift. */
  takes(command: Command, keys: string): boolean {
    const own = this.keysOf(command);
    const bare = keys.replace(/^(Alt\+)?(Shift\+)?/, '');
    return own.includes(keys) || (command.reads !== undefined && own.includes(bare));
  }

  /** Whether a command answers to this key press also while someone types in a field. */
  answers(event: KeyboardEvent): boolean {
    const name = keyName(event);
    return (
      SILENT.test(name) &&
      !ofField(name) &&
      this.#commands.some((c) => c.run && c.whileTyping && this.keysOf(c).includes(name))
    );
  }

  /** Handles a key press of the window; true when a command took it. */
  handle(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing) return false;
    const name = keyName(event);
    const typing = isTyping(event.target);
    if (typing && fieldHistory(name)) {
      event.preventDefault();
      return true;
    }
    for (const command of this.#commands.toReversed()) {
      if (!command.run || !this.keysOf(command).includes(name)) continue;
      if ((typing || this.blocked) && !(command.whileTyping && SILENT.test(name))) continue;
      if (command.when && !command.when()) continue;
      if (command.run(event) === false) continue;
      event.preventDefault();
      return true;
    }
    return false;
  }
}
