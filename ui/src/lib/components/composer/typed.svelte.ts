/** A typed date and what the program understood of it, while it is being typed. */
import { ApiError, type DateParse, type ResolvedPlace } from '$lib/api';

const PAUSE_MS = 120;

export class TypedDate {
  text = $state('');
  /** What was understood; null while nothing was. */
  found = $state.raw<ResolvedPlace | null>(null);
  /** Why nothing was understood. */
  problem = $state<string | null>(null);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(
    private readonly parse: (input: DateParse) => Promise<ResolvedPlace>,
    private readonly context: () => Omit<DateParse, 'text'>,
  ) {}

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (text.trim() === '') {
      this.found = null;
      this.problem = null;
      return;
    }
    this.#timer = setTimeout(() => void this.read(), PAUSE_MS);
  }

  /** Reads it at once; what was understood, or null. */
  async read(): Promise<ResolvedPlace | null> {
    clearTimeout(this.#timer);
    if (this.text.trim() === '') return null;
    const mine = ++this.#asked;
    try {
      const found = await this.parse({ ...this.context(), text: this.text });
      if (mine !== this.#asked) return null;
      this.found = found;
      this.problem = null;
      return found;
    } catch (thrown) {
      if (mine !== this.#asked) return null;
      this.found = null;
      this.problem = ApiError.from(thrown).message;
      return null;
    }
  }

  clear(): void {
    this.type('');
  }
}
