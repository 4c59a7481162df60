import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type Draft, type Post } from '$lib/api';
import { postOf } from '$lib/demo/state';
import { emptyDraft, isBlank, SHARED, withSegment } from './draft';
import { type Desk, LONGEST_MS, PAUSE_MS, Saver } from './saver.svelte';

const typed = (text: string, draft = emptyDraft()): Draft =>
  withSegment(draft, SHARED, 0, { text });
const textOf = (post: Post) => post.segments[0]?.text;
const stored = (draft: Draft, version: number): Post =>
  postOf({ id: 'p', version, ...draft, targets: [] });

/** A desk whose answers come when the test says so. */
class SlowDesk implements Desk {
  post: Post | null = null;
  calls: string[] = [];
  /** What the next calls throw, in order. */
  faults: (ApiError | null)[] = [];
  #waiting: (() => void)[] = [];
  slow = false;

  async #turn(call: string) {
    this.calls.push(call);
    if (this.slow) await new Promise<void>((go) => this.#waiting.push(go));
    const fault = this.faults.shift();
    if (fault) throw fault;
  }
  release() {
    for (const go of this.#waiting.splice(0)) go();
  }
  worth(draft: Draft) {
    return !isBlank(draft);
  }
  async create(draft: Draft) {
    await this.#turn(`create ${draft.segments[0]?.text}`);
    return (this.post = stored(draft, 1));
  }
  async save(_: string, draft: Draft, version: number, holdsKept: boolean) {
    await this.#turn(`save ${draft.segments[0]?.text}${holdsKept ? ', all of it' : ''}`);
    if (this.post?.version !== version) throw new ApiError('conflict', 'Changed elsewhere.');
    return (this.post = stored(draft, version + 1));
  }
  async read() {
    await Promise.resolve();
    if (!this.post) throw new ApiError('not_found', 'Gone.');
    return this.post;
  }
  /** Somebody else writes. */
  elsewhere(change: Partial<Draft>) {
    if (this.post) this.post = { ...this.post, ...change, version: this.post.version + 1 } as Post;
  }
}

let desk: SlowDesk;
let took: Draft[];
let saver: Saver;
const start = (post: Post | null = null) => {
  const draft = post ? typed(textOf(post) ?? '') : emptyDraft();
  saver = new Saver(desk, draft, post, (d) => took.push(d));
};

beforeEach(() => {
  vi.useFakeTimers();
  desk = new SlowDesk();
  took = [];
  start();
});
afterEach(() => vi.useRealTimers());

describe('saving', () => {
  it('waits for a pause, then writes once', async () => {
    for (const text of ['H', 'He', 'Hey']) {
      saver.change(typed(text));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(desk.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(desk.calls).toEqual(['create Hey']);
    expect(saver.state).toBe('saved');
  });

  it('is on disk within a second even when nobody pauses', async () => {
    for (let i = 0; i * 100 < LONGEST_MS + 100; i += 1) {
      saver.change(typed('x'.repeat(i + 1)));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(desk.calls.length).toBeGreaterThan(0);
  });

  it('makes no post of nothing', async () => {
    saver.change(emptyDraft(['acc-ana']));
    expect(await saver.flush()).toBe(true);
    expect(desk.calls).toEqual([]);
    expect(saver.state).toBe('new');
  });

  it('keeps what is typed while the post is being made', async () => {
    desk.slow = true;
    saver.change(typed('First'));
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    saver.change(typed('First and more'));
    const done = saver.flush();
    desk.slow = false;
    desk.release();
    expect(await done).toBe(true);
    expect(desk.calls).toEqual(['create First', 'save First and more']);
    expect(desk.post && textOf(desk.post)).toBe('First and more');
  });

  it('never makes two posts, however often it is asked', async () => {
    desk.slow = true;
    saver.change(typed('Once'));
    const both = [saver.flush(), saver.flush()];
    await vi.advanceTimersByTimeAsync(LONGEST_MS);
    desk.release();
    await Promise.all(both);
    expect(desk.calls.filter((c) => c.startsWith('create'))).toHaveLength(1);
  });

  it('writes what is left when closed in the middle of a write', async () => {
    desk.post = stored(typed('Old'), 3);
    start(desk.post);
    desk.slow = true;
    saver.change(typed('New'));
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    saver.change(typed('Newest'));
    const closing = saver.flush();
    desk.slow = false;
    desk.release();
    expect(await closing).toBe(true);
    expect(textOf(desk.post)).toBe('Newest');
  });

  it('tells what went wrong, keeps the words and tries again by itself', async () => {
    desk.faults = [new ApiError('storage', 'The disk is full.')];
    saver.change(typed('Precious'));
    expect(await saver.flush()).toBe(false);
    expect(saver.state).toBe('failed');
    expect(saver.error?.message).toBe('The disk is full.');
    await vi.advanceTimersByTimeAsync(1000);
    expect(saver.state).toBe('saved');
    expect(desk.post && textOf(desk.post)).toBe('Precious');
  });

  it('saves an emptied post as well', async () => {
    desk.post = stored(typed('Old'), 1);
    start(desk.post);
    saver.change(typed(''));
    expect(await saver.flush()).toBe(true);
    expect(textOf(desk.post)).toBe('');
  });
});

describe('a change elsewhere', () => {
  beforeEach(() => {
    desk.post = stored(typed('Old'), 1);
    start(desk.post);
  });

  it('that only moved the post does not get in the way', async () => {
    desk.elsewhere({});
    saver.change(typed('Mine'));
    expect(await saver.flush()).toBe(true);
    expect(desk.post && textOf(desk.post)).toBe('Mine');
    expect(took).toEqual([]);
  });

  it('of another field is laid together with mine', async () => {
    desk.elsewhere({ labels: ['sale'] });
    saver.change(typed('Mine'));
    expect(await saver.flush()).toBe(true);
    expect(desk.post?.labels).toEqual(['sale']);
    expect(desk.post && textOf(desk.post)).toBe('Mine');
    expect(took.at(-1)?.labels).toEqual(['sale']);
  });

  it('of the same words keeps both until one is chosen: mine', async () => {
    desk.elsewhere({ segments: [{ text: 'Theirs', media: [] }] });
    saver.change(typed('Mine'));
    expect(await saver.flush()).toBe(false);
    expect(saver.state).toBe('clash');
    expect(saver.theirs?.segments[0]?.text).toBe('Theirs');
    expect(desk.post && textOf(desk.post)).toBe('Theirs');
    saver.keepMine();
    expect(await saver.flush()).toBe(true);
    expect(desk.post && textOf(desk.post)).toBe('Mine');
  });

  it('of the same words keeps both until one is chosen: theirs', async () => {
    desk.elsewhere({ segments: [{ text: 'Theirs', media: [] }] });
    saver.change(typed('Mine'));
    await saver.flush();
    const mine = saver.takeTheirs();
    expect(mine?.segments[0]?.text).toBe('Mine');
    expect(saver.shown.segments[0]?.text).toBe('Theirs');
    expect(await saver.flush()).toBe(true);
    expect(desk.post && textOf(desk.post)).toBe('Theirs');
  });

  it('shows in the open sheet when nothing was typed', () => {
    desk.elsewhere({ segments: [{ text: 'Undone', media: [] }] });
    if (desk.post) saver.news(desk.post);
    expect(took.at(-1)?.segments[0]?.text).toBe('Undone');
  });

  it('of how it goes is shown, though no word of it changed', () => {
    if (!desk.post) throw new Error('there is a post');
    saver.news({ ...desk.post, status: 'published' });
    expect(saver.post?.status).toBe('published');
    expect(took).toEqual([]);
  });

  it('that locks the post leaves the words unsaved instead of trying without end', async () => {
    desk.elsewhere({});
    const refused = new ApiError('conflict', 'It is going out right now.');
    desk.faults = [refused, refused];
    saver.change(typed('Too late'));
    expect(await saver.flush()).toBe(false);
    expect(saver.state).toBe('failed');
    expect(saver.error?.message).toBe('It is going out right now.');
    expect(saver.shown.segments[0]?.text).toBe('Too late');
  });
});

describe('a program that puts things in order', () => {
  it('does not take its own answer for a change elsewhere', async () => {
    desk.post = stored(typed('Old'), 1);
    start(desk.post);
    saver.change({ ...typed('New'), labels: ['b', 'a'] });
    await saver.flush();
    // As if the answer came back sorted.
    const sorted = { ...typed('New'), labels: ['a', 'b'] };
    desk.save = (_id, _draft, version) =>
      Promise.resolve((desk.post = stored(sorted, version + 1)));
    saver.change({ ...typed('Newer'), labels: ['b', 'a'] });
    await saver.flush();
    if (desk.post) saver.news({ ...desk.post, version: desk.post.version + 1 });
    expect(took).toEqual([]);
    expect(saver.state).toBe('saved');
  });

  it('tells when what it refused lies on the shelf already', async () => {
    desk.post = stored(typed('Old'), 1);
    start(desk.post);
    desk.elsewhere({ segments: [{ text: 'Theirs', media: [] }] });
    desk.faults = [new ApiError('conflict', 'Changed elsewhere.', 'version')];
    saver.change(typed('Mine'));
    await saver.flush();
    expect(saver.state).toBe('clash');
    expect(saver.putAside).toBe(true);
    saver.change(typed('Mine, and more'));
    expect(saver.putAside).toBe(false);
  });

  describe('and put aside', () => {
    beforeEach(async () => {
      desk.post = stored(typed('Old'), 1);
      start(desk.post);
      desk.elsewhere({ segments: [{ text: 'Theirs', media: [] }] });
      desk.faults = [new ApiError('conflict', 'Changed elsewhere.', 'version')];
      saver.change(typed('Mine'));
      await saver.flush();
    });

    it('hears when all of it is in the post after all', async () => {
      saver.keepMine();
      expect(await saver.flush()).toBe(true);
      saver.change(typed('Mine, later'));
      await saver.flush();
      expect(desk.calls.slice(-2)).toEqual(['save Mine, all of it', 'save Mine, later']);
    });

    it('keeps what was put aside when their words are taken', async () => {
      saver.takeTheirs();
      saver.change(typed('Theirs, and more'));
      await saver.flush();
      expect(desk.calls.at(-1)).toBe('save Theirs, and more');
    });
  });
});
