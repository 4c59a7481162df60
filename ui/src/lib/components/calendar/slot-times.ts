import type { Id } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { type IsoDate, instantOf } from '$lib/time';

/** Free slots of days, asked once and remembered until posts change. */
export class SlotTimes {
  #known = new Map<string, string | null>();
  #asked = new Map<string, Promise<string | null>>();
  #list: unknown = null;

  constructor(private readonly app: App) {}

  #key(date: IsoDate, accounts: Id[]): string {
    // A slot that was free may be taken after any change of posts.
    if (this.#list !== this.app.posts.list) {
      this.#list = this.app.posts.list;
      this.#known.clear();
      this.#asked.clear();
    }
    return `${date} ${accounts.join(' ')}`;
  }

  /** What is known now; an unknown day is asked for, and `then` runs when the answer is there. */
  get(date: IsoDate, accounts: Id[], then: () => void): string | null {
    if (accounts.length === 0) return null;
    const key = this.#key(date, accounts);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (!this.#asked.has(key)) void this.ask(date, accounts).then(then);
    return null;
  }

  async ask(date: IsoDate, accounts: Id[]): Promise<string | null> {
    if (accounts.length === 0) return null;
    const key = this.#key(date, accounts);
    const running =
      this.#asked.get(key) ??
      this.app.api.queue
        .next_free({ accountIds: accounts, after: instantOf(date, '00:00', this.app.session.zone) })
        .then(
          ({ slot }) => (slot?.wall.startsWith(date) ? slot.wall.slice(11, 16) : null),
          // Without an answer the day's usual time is used, as where there is no plan.
          () => null,
        );
    this.#asked.set(key, running);
    const time = await running;
    this.#known.set(key, time);
    return time;
  }
}
