/** What is done in an editor, step by step, until the editor hands it over as one. */
import type { App } from '$lib/state/app.svelte';
import { isTyping, UNDO } from '$lib/state/keymap';
import { t } from '$lib/words';

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

export class Steps<T> {
  #all = $state.raw<readonly T[]>([]);
  #at = $state(0);
  /** What the hand holds: until it lets go, all that it does is one step. */
  #held: string | null = null;

  constructor(first: T) {
    this.#all = [first];
  }

  get now(): T {
    return this.#all[this.#at] as T;
  }

  get some(): boolean {
    return this.#at > 0;
  }

  get undone(): boolean {
    return this.#at < this.#all.length - 1;
  }

  /** Takes a step. Those of the same `held` follow each other as one until `letGo`. */
  put(next: T, held: string | null = null): void {
    const goesOn = held !== null && held === this.#held;
    const before = this.#all.slice(0, goesOn ? this.#at : this.#at + 1);
    this.#held = held;
    if (same(before.at(-1), next)) {
      // Nothing, or back to where the hand began, is no step.
      this.#all = goesOn ? before : this.#all;
      this.#at = before.length - 1;
      this.#held = null;
      return;
    }
    this.#all = [...before, next];
    this.#at = before.length;
  }

  /** The hand holds nothing any more. */
  letGo(): void {
    this.#held = null;
  }

  /** Takes the last step back; false when there is none. */
  undo(): boolean {
    return this.#go(-1, this.some);
  }

  /** Takes a step again that was taken back; false when there is none. */
  redo(): boolean {
    return this.#go(1, this.undone);
  }

  #go(by: number, may: boolean): boolean {
    this.letGo();
    if (may) this.#at += by;
    return may;
  }
}

/**
 * Has the keys for undo and redo go to an editor as long as it is open: they would take back what was done in
 * what lies under it. Returns how to end that.
 */
export function stepKeys(app: App, undo: () => void, redo: () => void): () => void {
  const line = (id: string, like: string, usual: readonly string[], run: () => void) => {
    const known = app.keymap.find(like);
    return {
      id,
      title: known?.title ?? '',
      group: 'post' as const,
      keys: known ? app.keymap.keysOf(known) : usual,
      whileTyping: true,
      sheetOnly: true,
      // In a field the keys belong to what is typed there.
      run: (event: KeyboardEvent | null) => (isTyping(event?.target ?? null) ? false : run()),
    };
  };
  return app.keymap.register([
    line('editor.undo', UNDO.id, UNDO.keys, undo),
    line('editor.redo', 'app.redo', ['Ctrl+Shift+Z', 'Ctrl+Y'], redo),
  ]);
}

/** Takes a step of an editor back or again, and says so to those who do not see it. */
export function sayStep(app: App, moved: boolean, which: 'undo' | 'redo'): void {
  if (which === 'undo') app.announcer.say(t(moved ? 'picture.undone' : 'undo.nothing'));
  else app.announcer.say(t(moved ? 'picture.redone' : 'undo.nothingRedo'));
}
