import type { Id } from '$lib/api';

/** Changes of one post reach the program one after the other, in the order a person made them. */
export class Turns {
  #last = new Map<Id, Promise<unknown>>();

  /** Runs `work` when all that was begun on these posts has ended, however it ended. */
  run<T>(ids: readonly Id[], work: () => Promise<T>): Promise<T> {
    const before = new Set(ids.flatMap((id) => this.#last.get(id) ?? []));
    const mine = before.size === 0 ? work() : Promise.allSettled(before).then(work);
    for (const id of ids) this.#last.set(id, mine);
    const over = () => {
      for (const id of ids) if (this.#last.get(id) === mine) this.#last.delete(id);
    };
    void mine.then(over, over);
    return mine;
  }

  /** Waits until nothing is under way any more. */
  async rest(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(new Set(this.#last.values()));
  }
}
