import type { FileQuery, Id, MediaInfo, MediaLabelCount, Subject } from '$lib/api';
import type { App } from '$lib/state/app.svelte';

/** Files read at a time. */
export const PAGE = 120;

/** What a file says of itself hangs on these: posts are out of sight with their calendar and workspace. */
export const USES: readonly Subject[] = ['media', 'post', 'calendar', 'workspace'];

/** The whole library, the newest file first. */
export const EVERYTHING: FileQuery = {
  words: '',
  sorts: [],
  usage: null,
  usedIn: null,
  label: null,
  fits: null,
  order: 'newest',
};

/** True when every file is shown, in whatever order. */
export function isWhole(query: FileQuery): boolean {
  return (
    query.words.trim() === '' &&
    query.sorts.length === 0 &&
    query.usage === null &&
    query.usedIn === null &&
    query.label === null &&
    query.fits === null
  );
}

/**
 * Files of the library as a query finds them, read in pages where they are looked at: a library of
 * twenty thousand is never held in full.
 */
export class Library {
  query = $state.raw<FileQuery>(EVERYTHING);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Why the last reading failed; what was read before stays on screen. */
  error = $state.raw<unknown>(null);
  /** How many files the query finds. */
  total = $state(0);
  /** How many the library has. */
  whole = $state(0);
  labels = $state.raw<readonly MediaLabelCount[]>([]);
  #pages = $state.raw<ReadonlyMap<number, readonly MediaInfo[]>>(new Map());
  /** Pages that are being read. */
  #asked = new Set<number>();
  /** The pages in sight or near. */
  #seen: [number, number] = [0, 0];
  #turn = 0;

  constructor(private readonly app: App) {}

  /** The file at a place of the order; undefined until it is read. */
  at(index: number): MediaInfo | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** A file by its id, among those that are read. */
  find(id: Id): MediaInfo | undefined {
    for (const page of this.#pages.values()) {
      const file = page.find((f) => f.id === id);
      if (file) return file;
    }
    return undefined;
  }

  /** Where a file stands, among those that are read; -1 for any other. */
  indexOf(id: Id): number {
    for (const [n, page] of this.#pages) {
      const at = page.findIndex((f) => f.id === id);
      if (at >= 0) return n * PAGE + at;
    }
    return -1;
  }

  /** These places are in sight or near. */
  look(first: number, last: number): void {
    this.#seen = [Math.floor(first / PAGE), Math.floor(Math.max(first, last - 1) / PAGE)];
    for (let n = this.#seen[0]; n <= this.#seen[1]; n += 1)
      if (!this.#pages.has(n) && !this.#asked.has(n)) void this.#read([n], this.#turn, false);
  }

  /** Another question: what stood there is no answer to it. */
  ask(query: FileQuery): void {
    this.query = query;
    this.#pages = new Map();
    this.#seen = [0, 0];
    this.state = 'loading';
    void this.load();
  }

  /** Reads what is in sight or near again; anything else is read when it comes into sight. */
  async load(): Promise<void> {
    this.#turn += 1;
    this.#asked.clear();
    const [first, last] = this.#seen;
    const pages = Array.from({ length: last - first + 1 }, (_, k) => first + k);
    await this.#read(pages, this.#turn, true);
  }

  async #read(pages: number[], turn: number, anew: boolean): Promise<void> {
    for (const n of pages) this.#asked.add(n);
    const { query } = this;
    try {
      const answers = await Promise.all(
        pages.map((n) => this.app.api.media.list({ query, offset: n * PAGE, limit: PAGE })),
      );
      if (turn !== this.#turn) return;
      const next = new Map(anew ? [] : this.#pages);
      answers.forEach((answer, k) => next.set(pages[k] ?? 0, answer.files));
      this.#pages = next;
      const newest = answers.at(-1);
      if (newest) {
        this.total = newest.total;
        this.whole = newest.whole;
        this.labels = newest.labels;
      }
      this.state = 'ready';
      this.error = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.error = error;
      if (this.#pages.size === 0) this.state = 'failed';
    } finally {
      if (turn === this.#turn) for (const n of pages) this.#asked.delete(n);
    }
  }

  /** Every file the query finds, in order. */
  ids(): Promise<Id[]> {
    return this.app.api.media.ids(this.query);
  }

  /** Reads it now and after every change. Returns how to stop. */
  follow(): () => void {
    void this.load();
    return this.app.host.on('changes', (batch) => {
      if (batch.reload || batch.changes.some((c) => USES.includes(c.subject))) void this.load();
    });
  }
}
