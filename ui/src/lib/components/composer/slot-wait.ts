/** How long a new post waits for its time to be known before it is kept, in milliseconds. */
const LONGEST_MS = 1_500;

/** A new post is not kept before its time is known; but what is written does not wait for long. */
export class SlotWait {
  #over = Promise.resolve();

  /** Begins to wait until this is done, however it ends. A page that goes waits for nothing. */
  begin(work: Promise<unknown>): void {
    this.#over = new Promise((done) => {
      const end = () => {
        clearTimeout(timer);
        removeEventListener('pagehide', end);
        removeEventListener('beforeunload', end);
        done();
      };
      const timer = setTimeout(end, LONGEST_MS);
      addEventListener('pagehide', end);
      addEventListener('beforeunload', end);
      work.then(end, end);
    });
  }

  over(): Promise<void> {
    return this.#over;
  }
}
