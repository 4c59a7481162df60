import type { Id } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { type IsoDate, instantOf } from '$lib/time';

/** Free slots of days, asked once and remembered until posts change. */
export class SlotTimes {
  #known = new Map<string, string | null>();
  #asked = new Map<string, Promise<string | null>>();
  #told = -1;
  /** Grows with every answer, so that what was computed without it is computed again. */
  #answers = $state(0);

  /** `answered` runs when something that was asked for is known. */
  constructor(
    private readonly app: App,
    private readonly answered: () => void,
  ) {}

  #key(date: IsoDate, accounts: readonly Id[]): string {
    // A slot that was free may be taken after any change the program told of.
    if (this.#told !== this.app.posts.told) {
      this.#told = this.app.posts.told;
      this.#known.clear();
      this.#asked.clear();
    }
    return `${date} ${accounts.join(' ')}`;
  }

  /** What is known of a day now: its slot, or null where it has none or has yet to be asked for. */
  get(date: IsoDate, accounts: readonly Id[]): string | null {
    if (accounts.length === 0) return null;
    void this.#answers;
    const known = this.#known.get(this.#key(date, accounts));
    if (known === undefined) void this.ask(date, accounts);
    return known ?? null;
  }

  /** Nothing is left to wait for. */
  knows(date: IsoDate, accounts: readonly Id[]): boolean {
    return accounts.length === 0 || this.#known.has(this.#key(date, accounts));
  }

  /** The first free slot of a day, once it is known. */
  async ask(date: IsoDate, accounts: readonly Id[]): Promise<string | null> {
    if (accounts.length === 0) return null;
    const key = this.#key(date, accounts);
    const asked = this.#asked;
    const running = asked.get(key) ?? this.#ask(date, accounts, key);
    asked.set(key, running);
    return running;
  }

  async #ask(date: IsoDate, accounts: readonly Id[], key: string): Promise<string | null> {
    const told = this.#told;
    const after = instantOf(date, '00:00', this.app.session.zone);
    const time = await this.app.api.queue.next_free({ accountIds: [...accounts], after }).then(
      ({ slot }) => (slot?.wall.startsWith(date) ? slot.wall.slice(11, 16) : null),
      // Without an answer the day's usual time is used, as where there is no plan.
      () => null,
    );
    if (told === this.#told) this.#known.set(key, time);
    this.#answers += 1;
    this.answered();
    return time;
  }
}
