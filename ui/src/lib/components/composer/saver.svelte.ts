/**
 * Keeps what is typed on disk. One write is under way at a time; what is typed meanwhile follows in
 * the next one, so neither a slow first write nor closing in the middle of one loses a letter.
 */
import { ApiError, type Draft, type Post } from '$lib/api';
import { draftOf, merge, sameDraft } from './draft';

/** A pause in typing after which is saved. */
export const PAUSE_MS = 400;
/** Typing without a pause is saved this often. */
export const LONGEST_MS = 900;
const RETRY_MS = [1000, 3000, 10_000];

/** `new`: nothing worth a post was written yet. */
export type SaveState = 'new' | 'dirty' | 'saving' | 'saved' | 'failed' | 'clash';

/** Where drafts go. */
export interface Desk {
  /** Whether there is anything in a draft that a post should be made for. */
  worth(draft: Draft): boolean;
  create(draft: Draft): Promise<Post>;
  /** `holdsKept`: all that the program put aside meanwhile is in this draft. */
  save(id: string, draft: Draft, version: number, holdsKept: boolean): Promise<Post>;
  read(id: string): Promise<Post>;
}

export class Saver {
  state = $state<SaveState>('new');
  /** Why the last write did not happen. */
  error = $state.raw<ApiError | null>(null);
  /** The post as it stands, once there is one. */
  post = $state.raw<Post | null>(null);
  /** What somebody else wrote over the same words; waits for a choice. */
  theirs = $state.raw<Draft | null>(null);

  /** Told once, when everything is on disk again. */
  onsaved: (() => void) | null = null;

  #mine: Draft;
  /** What is on disk, as it was sent. */
  #stored: Draft;
  /** The same as the program gave it back: it may put labels or accounts in order. */
  #known: Draft;
  /**
   * What the program put aside by itself, as a draft of its own, when it refused a write. Until it is
   * given up for somebody else's words, all of it is in what is written here as well.
   */
  #aside: Draft | null = null;
  #running: Promise<boolean> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since: number | null = null;
  #failures = 0;
  /** Nothing more is to be kept. */
  #over = false;

  constructor(
    private readonly desk: Desk,
    draft: Draft,
    post: Post | null,
    /** Somebody else's words came in and nothing of one's own was lost. */
    private readonly took: (draft: Draft) => void,
  ) {
    this.#mine = draft;
    this.#stored = draft;
    this.#known = draft;
    this.post = post;
    if (post) this.state = 'saved';
  }

  /** What is written, as the saver holds it. */
  get shown(): Draft {
    return this.#mine;
  }

  /** What is written lies on the shelf already: the program keeps what it refuses. */
  get putAside(): boolean {
    return this.#aside !== null && sameDraft(this.#aside, this.#mine);
  }

  get #dirty(): boolean {
    return !sameDraft(this.#mine, this.#stored);
  }

  /** There is something that is not on disk. */
  get pending(): boolean {
    return this.#running !== null || this.theirs !== null || this.#due;
  }

  /** A post that holds nothing is not made; one that exists may be emptied. */
  get #due(): boolean {
    return this.#dirty && (this.post !== null || this.desk.worth(this.#mine));
  }

  /** What is written now. Saved after a pause. */
  change(draft: Draft): void {
    if (this.#over) return;
    this.#mine = draft;
    if (!this.#due) {
      if (this.state === 'dirty') this.state = this.post ? 'saved' : 'new';
      return;
    }
    if (this.theirs) return;
    if (this.state !== 'saving' && this.state !== 'failed') this.state = 'dirty';
    this.#since ??= Date.now();
    this.#plan(Math.min(PAUSE_MS, Math.max(0, this.#since + LONGEST_MS - Date.now())));
  }

  #plan(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), delay);
  }

  /** Writes what is left; true once everything is on disk. Never rejects. */
  flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<boolean> {
    while (this.#due && !this.theirs) {
      const sending = this.#mine;
      this.#since = null;
      this.state = 'saving';
      try {
        const at = this.post;
        const post = at
          ? await this.desk.save(at.id, sending, at.version, this.#aside !== null)
          : await this.desk.create(sending);
        this.#aside = null;
        this.#stored = sending;
        this.#known = draftOf(post);
        this.#failures = 0;
        this.error = null;
        this.#newer(post);
      } catch (thrown) {
        const error = ApiError.from(thrown);
        if (error.code === 'conflict' && error.field === 'version') this.#aside = sending;
        if (error.code === 'conflict' && this.post && (await this.#meet(this.post.id))) continue;
        this.#fail(error);
        return false;
      }
    }
    if (this.theirs) return false;
    this.state = this.post ? 'saved' : 'new';
    this.onsaved?.();
    this.onsaved = null;
    return true;
  }

  #fail(error: ApiError): void {
    this.error = error;
    this.state = this.theirs ? 'clash' : 'failed';
    if (this.theirs) return;
    const delay = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 10_000;
    this.#failures += 1;
    // Goes on after the sheet is gone as well: the words still stand in memory.
    this.#plan(delay);
  }

  /** Reads what somebody else wrote and lays both together; true when writing may go on. */
  async #meet(id: string): Promise<boolean> {
    try {
      const post = await this.desk.read(id);
      // The same version refused again: not somebody else's words, so reading on would not end.
      if (post.version === this.post?.version) return false;
      this.#join(post);
      return this.theirs === null;
    } catch {
      return false;
    }
  }

  #join(post: Post): void {
    const theirs = draftOf(post);
    this.post = post;
    if (sameDraft(theirs, this.#known)) return;
    const { merged, clash } = merge(this.#known, this.#mine, theirs);
    if (clash) {
      this.theirs = theirs;
      this.state = 'clash';
      return;
    }
    this.#stored = theirs;
    this.#known = theirs;
    if (!sameDraft(merged, this.#mine)) {
      this.#mine = merged;
      this.took(merged);
    }
  }

  /** The post changed on disk, by an action here or elsewhere. Older news is dropped. */
  news(post: Post): void {
    if (this.#running) {
      void this.#running.then(() => this.news(post));
      return;
    }
    if (this.theirs || (this.post && post.version < this.post.version)) return;
    // The same words: how it goes on its networks is no new version of them.
    if (!this.post || post.version === this.post.version) this.post = post;
    else this.#join(post);
    if (this.#due && !this.theirs) this.#plan(PAUSE_MS);
  }

  #newer(post: Post): void {
    if (!this.post || post.version >= this.post.version) this.post = post;
  }

  /** After an action of the composer: what it answered is the truth, words included. */
  adopt(post: Post): Draft {
    const draft = draftOf(post);
    this.#newer(post);
    // Typed while the action ran: stays, and is saved next.
    const typed = this.#dirty;
    this.#stored = draft;
    this.#known = draft;
    if (typed) this.change(this.#mine);
    else this.#mine = draft;
    if (!this.pending) this.state = 'saved';
    return this.#mine;
  }

  /** What is written lies elsewhere now: no more tries. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** What is not on disk is given up. */
  giveUp(): void {
    this.stop();
    this.#over = true;
    this.#mine = this.#stored;
    this.theirs = null;
  }

  /** Ends a clash: their words replace mine, which come back as the answer. */
  takeTheirs(): Draft | null {
    if (!this.theirs) return null;
    const mine = this.#mine;
    this.#aside = null;
    this.#mine = this.theirs;
    this.#stored = this.theirs;
    this.#known = this.theirs;
    this.theirs = null;
    this.state = 'saved';
    return mine;
  }

  /** Ends a clash: mine are written over theirs, which come back as the answer. */
  keepMine(): Draft | null {
    const { theirs } = this;
    if (!theirs) return null;
    this.#stored = theirs;
    this.#known = theirs;
    this.theirs = null;
    this.state = 'dirty';
    void this.flush();
    return theirs;
  }
}
