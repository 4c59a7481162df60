import type { Subject } from '$lib/api';
import type { App } from './app.svelte';

/** Something read from the program and read again when the feed tells of a change to it. */
export class Live<T> {
  /** The last good answer; stays on screen while it is read again. */
  value = $state.raw<T | null>(null);
  /** Why the last reading failed. */
  error = $state.raw<unknown>(null);
  #turn = 0;

  constructor(private readonly read: () => Promise<T>) {}

  /** Reads it; of several readings the latest started wins. */
  async load(): Promise<void> {
    const mine = ++this.#turn;
    try {
      const value = await this.read();
      if (mine !== this.#turn) return;
      this.value = value;
      this.error = null;
    } catch (error) {
      if (mine === this.#turn) this.error = error;
    }
  }

  /** Another thing is asked for: what was known of the one before is not shown for it. */
  clear(): void {
    this.#turn += 1;
    this.value = null;
    this.error = null;
  }

  /** Reads it now and after every change of these subjects. Returns how to stop. */
  follow(app: App, subjects: readonly Subject[]): () => void {
    void this.load();
    return app.host.on('changes', (batch) => {
      if (batch.reload || batch.changes.some((c) => subjects.includes(c.subject))) void this.load();
    });
  }
}
