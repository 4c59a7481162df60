/** What a network offers for an option: asked for while one types, the latest question wins. */
import { ApiError, type Choice } from '$lib/api';

const PAUSE_MS = 250;

export class Lookup {
  state = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  choices = $state.raw<readonly Choice[]>([]);
  error = $state.raw<ApiError | null>(null);
  /** What was asked for last. */
  query = $state('');
  #turn = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: (query: string) => Promise<readonly Choice[]>) {}

  /** Asks once the person pauses. What is shown meanwhile belongs to another question. */
  soon(query: string): void {
    this.stop();
    this.query = query;
    this.state = 'loading';
    this.#waiting = setTimeout(() => void this.now(query), PAUSE_MS);
  }

  async now(query = this.query): Promise<void> {
    this.stop();
    const mine = this.#turn;
    this.query = query;
    this.state = 'loading';
    try {
      const choices = await this.ask(query);
      if (mine !== this.#turn) return;
      this.choices = choices;
      this.state = 'ready';
    } catch (thrown) {
      if (mine !== this.#turn) return;
      this.choices = [];
      this.error = ApiError.from(thrown);
      this.state = 'failed';
    }
  }

  /** Whatever is on its way is not waited for. */
  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#waiting);
  }
}
