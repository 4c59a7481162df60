import { ApiError, type Id } from '$lib/api';
import type { App } from './app.svelte';

const NONE: ReadonlySet<Id> = new Set();

/**
 * Which posts have the words that are typed, anywhere in them, as the program's index knows. What was
 * found last stays until the next answer, so that nothing blinks while a person types.
 */
export class Finder {
  found = $state.raw<ReadonlySet<Id>>(NONE);
  /** An answer is on its way: what is not found yet may still be there. */
  asking = $state(false);
  #wanted: { calendarId: Id; text: string } | null = null;
  /** One question at a time; the newest words are asked for next. */
  #running = false;
  #stale = false;

  constructor(private readonly app: App) {}

  /** Looks for these words now, and again after every change of posts. Returns how to stop. */
  follow(calendarId: Id, text: string): () => void {
    const asked = text.trim();
    this.#wanted = asked === '' || calendarId === '' ? null : { calendarId, text: asked };
    if (this.#wanted === null) {
      this.found = NONE;
      this.asking = false;
      return () => undefined;
    }
    this.#ask();
    return this.app.host.on('changes', (batch) => {
      if (batch.reload || batch.changes.some((c) => c.subject === 'post')) this.#ask();
    });
  }

  #ask(): void {
    this.#stale = true;
    this.asking = true;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#stale && this.#wanted) {
      const mine = this.#wanted;
      this.#stale = false;
      try {
        const { ids } = await this.app.api.posts.find({
          calendars: [mine.calendarId],
          query: mine.text,
        });
        if (this.#wanted === mine) this.found = new Set(ids);
      } catch (error) {
        if (this.#wanted !== mine) continue;
        // What was found for other words would be wrong under these.
        this.found = NONE;
        this.app.messages.failed(ApiError.from(error));
      }
    }
    this.#running = false;
    this.asking = false;
  }
}
