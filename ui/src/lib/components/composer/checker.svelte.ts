/** Asks the program, while one types, how every chosen network sees the draft. */
import { ApiError, type Checked, type PostCheck } from '$lib/api';

/** Long enough to spare a check for every letter of a quick word, too short to be seen. */
export const CHECK_MS = 60;

export class Checker {
  checked = $state.raw<Checked | null>(null);
  /** The check itself did not work; the last answer stays. */
  error = $state.raw<ApiError | null>(null);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #answered = 0;
  #last: PostCheck | null = null;
  #busy = false;
  /** Another question came while one was under way. */
  #again = false;

  constructor(private readonly check: (input: PostCheck) => Promise<Checked>) {}

  /** Asks after a short pause. */
  soon(input: PostCheck): void {
    this.#last = input;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#next(), CHECK_MS);
  }

  /** One at a time: checks of a very long text must not pile up behind each other while one types. */
  async #next(): Promise<void> {
    this.#again = this.#busy;
    if (this.#busy) return;
    this.#busy = true;
    do {
      this.#again = false;
      await this.now();
    } while (this.#again);
    this.#busy = false;
  }

  /** Asks at once; the newest question wins, however late an older answer comes. */
  async now(input = this.#last): Promise<Checked | null> {
    clearTimeout(this.#timer);
    if (!input) return null;
    this.#last = input;
    const mine = ++this.#asked;
    try {
      const checked = await this.check(input);
      if (mine > this.#answered) {
        this.#answered = mine;
        this.checked = checked;
        this.error = null;
      }
      return checked;
    } catch (thrown) {
      if (mine > this.#answered) this.error = ApiError.from(thrown);
      return null;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#again = false;
    this.#answered = Number.POSITIVE_INFINITY;
  }
}
