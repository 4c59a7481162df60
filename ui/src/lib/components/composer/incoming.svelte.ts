import type { App } from '$lib/state/app.svelte';
import { t } from '$lib/words';

/** How long a closing window waits for files; the program waits a little longer for the window. */
const CLOSING_MS = 8000;

/**
 * Files on their way into the open post. Until they are in, nothing goes out without them and no
 * window closes over them.
 */
export class Incoming {
  #running = $state.raw<readonly Promise<unknown>[]>([]);
  #waiting: (() => void)[] = [];
  /** Counts how often what was on its way was given up. */
  #givenUp = 0;

  /** Some are still on their way. */
  get any(): boolean {
    return this.#running.length > 0;
  }

  /** Follows what takes files in. It asks at its end whether the person still wants them in the post. */
  add(run: (wanted: () => boolean) => Promise<void>): Promise<void> {
    const turn = this.#givenUp;
    const work = run(() => turn === this.#givenUp);
    this.#running = [...this.#running, work];
    const over = () => this.#keep(this.#running.filter((one) => one !== work));
    work.then(over, over);
    return work;
  }

  /** Nobody waits for them any more, and what still comes stays out of the post. */
  forget(): void {
    this.#givenUp += 1;
    this.#keep([]);
  }

  /** Waits until none is on its way; false when that takes longer than `ms`. */
  settled(ms: number | null = null): Promise<boolean> {
    if (!this.any) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => resolve(false), ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /**
   * The window may go: all are in. Says why when it stays for them; `without` runs when the person
   * gives them up.
   */
  async letsGo(app: App, without: () => void): Promise<boolean> {
    if (await this.settled(CLOSING_MS)) return true;
    const run = () => {
      this.forget();
      without();
    };
    const actions = [{ label: t('composer.media.letGo'), run }];
    const over = app.messages.problem(t('composer.media.stays'), { actions });
    void this.settled().then(over);
    return false;
  }

  #keep(running: readonly Promise<unknown>[]): void {
    this.#running = running;
    if (running.length > 0) return;
    for (const tell of this.#waiting.splice(0)) tell();
  }
}
