/** A typed date and what the program understood of it, while it is being typed. */
import { ApiError, type DateParse, type DateParsed } from '$lib/api';
import { readTime } from '$lib/time/clock';
import { t } from '$lib/words';
import type { App } from './app.svelte';

/** A rest in typing after which is said what was not understood: half a word is no mistake. */
const REST_MS = 300;
const SUNDAY = 7;

/** What a typed date is read with: the zone it is meant in, and the day and the time there are already. */
export interface TypedContext extends Pick<DateParse, 'zone' | 'base'> {
  /** The day that a time alone belongs to; the next one that has it still to come when null. */
  day?: string | null;
}

export class TypedDate {
  text = $state('');
  /** It stands in a field for times of day: "9.10" is no day there. */
  timeOnly = $state(false);
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
    private readonly context: () => TypedContext,
  ) {}

  /** What is known is about an older text. */
  get stale(): boolean {
    return this.#read !== this.text.trim();
  }

  type(text: string, timeOnly = false): void {
    this.text = text;
    this.timeOnly = timeOnly;
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
    try {
      const found = await this.#parse();
      if (mine === this.#asked) this.#know(found, null);
    } catch (thrown) {
      if (mine !== this.#asked) return;
      const { message } = ApiError.from(thrown);
      if (rest === 0) this.#know(null, message);
      else this.#timer = setTimeout(() => this.#know(null, message), rest);
    }
  }

  async #parse(): Promise<DateParsed> {
    const { zone, base, day } = this.context();
    const { formats } = this.app.session;
    let { text } = this;
    if (this.timeOnly) {
      const time = readTime(text)?.slice(0, 5);
      if (!time) throw new ApiError('validation', t('common.noTime'));
      text = day ? `${day} ${time}` : time;
    }
    return this.app.api.dates.parse({
      zone,
      base,
      text,
      order: formats.order,
      weekStart: formats.weekStart || SUNDAY,
    });
  }

  #know(found: DateParsed | null, problem: string | null): void {
    this.#read = this.text.trim();
    this.found = found;
    this.problem = problem;
  }
}
