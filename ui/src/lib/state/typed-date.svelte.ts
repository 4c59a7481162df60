/** A typed date and what the program understood of it, while it is being typed. */
import { ApiError, type DateParse, type DateParsed } from '$lib/api';
import type { App } from './app.svelte';

/** A rest in typing after which is said what was not understood: half a word is no mistake. */
const REST_MS = 300;
const SUNDAY = 7;

export class TypedDate {
  text = $state('');
  /** What was understood; stays while more is typed. Null when that is no date. */
  found = $state.raw<DateParsed | null>(null);
  /** Why nothing was understood. */
  problem = $state<string | null>(null);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  /** The text that the rest is about. */
  #read = '';

  constructor(
    private readonly app: App,
    /** The zone it is meant in, and the time the post has already. */
    private readonly context: () => Pick<DateParse, 'zone' | 'base'>,
  ) {}

  /** What is known is about an older text. */
  get stale(): boolean {
    return this.#read !== this.text.trim();
  }

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (text.trim() === '') this.#know(null, null);
    else void this.#ask(REST_MS);
  }

  /** Reads it to the end; what was understood, or null. */
  async read(): Promise<DateParsed | null> {
    clearTimeout(this.#timer);
    if (this.text.trim() === '') return null;
    await this.#ask(0);
    return this.stale ? null : this.found;
  }

  clear(): void {
    this.type('');
  }

  /** The newest question wins, however late an older answer comes. */
  async #ask(rest: number): Promise<void> {
    const mine = ++this.#asked;
    const { formats } = this.app.session;
    try {
      const found = await this.app.api.dates.parse({
        ...this.context(),
        text: this.text,
        order: formats.order,
        weekStart: formats.weekStart || SUNDAY,
      });
      if (mine === this.#asked) this.#know(found, null);
    } catch (thrown) {
      if (mine !== this.#asked) return;
      const { message } = ApiError.from(thrown);
      if (rest === 0) this.#know(null, message);
      else this.#timer = setTimeout(() => this.#know(null, message), rest);
    }
  }

  #know(found: DateParsed | null, problem: string | null): void {
    this.#read = this.text.trim();
    this.found = found;
    this.problem = problem;
  }
}
