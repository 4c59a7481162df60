import { describe, expect, it, vi } from 'vitest';
import type { Api, Chip, Chips } from '$lib/api';
import { Posts } from './posts.svelte';
import { Turns } from './posts-turns';

const HOUR = 3_600_000;

function chip(id: string, at: number | null, more: Partial<Chip> = {}): Chip {
  return {
    id,
    calendarId: 'c',
    at,
    allDay: false,
    words: id,
    status: 'scheduled',
    targets: [],
    labels: [],
    mediaCount: 0,
    thumb: null,
    timeSource: 'own',
    editing: false,
    version: 1,
    ...more,
  };
}

/** A reading that is answered when the test says so. */
interface Reading {
  input: { from: number; to: number; ids: string[] };
  answer: (chips: Chip[], lastSeq: number) => Promise<void>;
  fail: () => Promise<void>;
}

/** Time for everything that waits on an answer. */
const rest = () => new Promise((done) => setTimeout(done));

function setUp() {
  const open: Record<'range' | 'shelf' | 'chips', Reading[]> = { range: [], shelf: [], chips: [] };
  const read = (of: keyof typeof open) => (input: unknown) =>
    new Promise<Chips>((resolve, reject) =>
      open[of].push({
        input: input as Reading['input'],
        answer: (chips, lastSeq) => {
          resolve({ chips, lastSeq });
          return rest() as Promise<void>;
        },
        fail: () => {
          reject(new Error('no'));
          return rest() as Promise<void>;
        },
      }),
    );
  const posts = new Posts({
    posts: { range: read('range'), shelf: read('shelf'), chips: read('chips') },
  } as unknown as Api);
  const next = (of: keyof typeof open) => {
    const reading = open[of].shift();
    if (!reading) throw new Error(`no reading of ${of}`);
    return reading;
  };
  const load = async (chips: Chip[], shelf: Chip[] = [], range = { from: 0, to: 100 * HOUR }) => {
    const done = posts.load({ calendarId: 'c', ...range });
    void next('shelf').answer(shelf, 1);
    await next('range').answer(chips, 1);
    await done;
  };
  const shown = () => posts.list.map((c) => `${c.id}@${(c.at ?? 0) / HOUR}`);
  return { posts, open, next, load, shown };
}

const at = (id: string, hour: number) => ({ id, at: hour * HOUR, allDay: false });

describe('guesses and answers', () => {
  it('shows the last guess while answers from before it arrive', async () => {
    const { posts, next, load, shown } = setUp();
    await load([chip('a', HOUR)]);
    const one = posts.guess([at('a', 2)]);
    const two = posts.guess([at('a', 3)]);
    void posts.refresh(['a']);
    await next('chips').answer([chip('a', 2 * HOUR, { version: 2, words: 'new' })], 2);
    one.drop();
    expect(shown()).toEqual(['a@3']);
    expect(posts.get('a')?.words).toBe('new');
    void posts.refresh(['a']);
    await next('chips').answer([chip('a', 3 * HOUR, { version: 3 })], 3);
    two.drop();
    expect(shown()).toEqual(['a@3']);
  });

  it('takes a failed guess back to what was told meanwhile, not to what was there before', async () => {
    const { posts, next, load } = setUp();
    await load([chip('a', HOUR)]);
    const guess = posts.guess([at('a', 2)]);
    void posts.refresh(['a']);
    await next('chips').answer([chip('a', HOUR, { version: 2, status: 'publishing' })], 2);
    guess.drop();
    expect(posts.get('a')).toMatchObject({ at: HOUR, status: 'publishing' });
    const gone = posts.guessGone(['a']);
    expect(posts.get('a')).toBeUndefined();
    gone.drop();
    expect(posts.get('a')).toMatchObject({ status: 'publishing' });
  });

  it('lets a kept guess count until more is told', async () => {
    const { posts, next, load, shown } = setUp();
    await load([chip('a', HOUR)]);
    posts.guess([at('a', 2)]).keep();
    expect(shown()).toEqual(['a@2']);
    void posts.refresh(['a']);
    await next('chips').answer([chip('a', 5 * HOUR)], 2);
    expect(shown()).toEqual(['a@5']);
  });

  it('does not let an older answer replace a newer one', async () => {
    const { posts, next, load, shown } = setUp();
    await load([chip('a', HOUR)]);
    void posts.refresh(['a']);
    void posts.refresh(['a']);
    const [slow, quick] = [next('chips'), next('chips')];
    await quick.answer([chip('a', 3 * HOUR, { version: 3 })], 3);
    await slow.answer([chip('a', 2 * HOUR, { version: 2 })], 2);
    expect(shown()).toEqual(['a@3']);
  });
});

describe('loading', () => {
  it('keeps what was told while a stretch was being read', async () => {
    const { posts, next, load, shown } = setUp();
    await load([chip('a', HOUR), chip('b', 2 * HOUR)], [chip('c', null)]);
    void posts.load({ calendarId: 'c', from: 0, to: 300 * HOUR });
    const old = next('range');
    void posts.refresh(['a', 'b', 'c']);
    // One went beyond the old stretch, one is deleted, one left the shelf.
    await next('chips').answer(
      [chip('a', 200 * HOUR, { version: 2 }), chip('c', 4 * HOUR, { version: 2 })],
      5,
    );
    await old.answer([chip('a', HOUR), chip('b', 2 * HOUR)], 4);
    expect(shown()).toEqual(['c@4', 'a@200']);
    expect(posts.shelf).toEqual([]);
  });

  it('reads a page once more when the one before came back first', async () => {
    const { posts, next, load } = setUp();
    const may = { calendarId: 'c', from: 0, to: 100 * HOUR };
    const june = { calendarId: 'c', from: 100 * HOUR, to: 200 * HOUR };
    await load([chip('a', HOUR)]);
    void posts.load(june);
    void posts.load(may);
    // June's answer is late: nobody looks at June any more.
    await next('range').answer([chip('b', 150 * HOUR)], 2);
    expect([posts.covers(may), posts.covers(june)]).toEqual([true, false]);
    expect(posts.get('a')).toBeDefined();
  });

  it('does not count a stretch as read before its answer, nor after its failure', async () => {
    const { posts, next, load } = setUp();
    await load([]);
    const june = { calendarId: 'c', from: 100 * HOUR, to: 200 * HOUR };
    void posts.load(june);
    expect(posts.covers(june)).toBe(false);
    await next('range').fail();
    expect([posts.state, posts.covers(june)]).toEqual(['failed', false]);
  });

  it('reads what lies around afterwards, and lets go of what is far', async () => {
    vi.useFakeTimers();
    const { posts, open, next } = setUp();
    const flush = () => vi.advanceTimersByTimeAsync(100);
    const first = { calendarId: 'c', from: 100, to: 200 };
    void posts.load(first, { from: 0, to: 300 });
    void next('shelf').answer([], 1);
    void next('range').answer([chip('here', 150)], 1);
    await flush();
    expect(open.range.map((r) => [r.input.from, r.input.to])).toEqual([
      [0, 100],
      [200, 300],
    ]);
    // What moves on between two readings must not stand there twice.
    void next('range').answer([chip('before', 50), chip('goes', 60)], 2);
    void next('range').answer([chip('goes', 240), chip('after', 250), chip('here', 260)], 3);
    await flush();
    expect(posts.list.map((c) => c.id)).toEqual(['before', 'goes', 'after', 'here']);
    void posts.load({ calendarId: 'c', from: 200, to: 300 }, { from: 100, to: 400 });
    await flush();
    expect(open.range.map((r) => [r.input.from, r.input.to])).toEqual([[300, 400]]);
    void next('range').answer([], 3);
    await flush();
    expect(posts.list.map((c) => c.id)).toEqual(['goes', 'after', 'here']);
    vi.useRealTimers();
  });

  it('keeps what is held and what is guessed when their page is left', async () => {
    const { posts, next, load, shown } = setUp();
    await load([chip('a', HOUR), chip('b', 2 * HOUR), chip('c', 3 * HOUR)]);
    const hand = new Set(['a']);
    const letGo = posts.hold(hand);
    const guess = posts.guess([at('b', 150)]);
    void posts.load({ calendarId: 'c', from: 100 * HOUR, to: 200 * HOUR });
    await next('range').answer([chip('z', 110 * HOUR)], 2);
    expect(shown()).toEqual(['z@110', 'b@150']);
    expect([posts.get('a')?.at, posts.get('c')]).toEqual([HOUR, undefined]);
    posts.guess([at('a', 120)]).keep();
    expect(shown()).toEqual(['z@110', 'a@120', 'b@150']);
    guess.drop();
    expect(shown()).toEqual(['z@110', 'a@120']);
    letGo();
  });

  it('tells which posts are gone, those that are held beside the page as well', async () => {
    const { posts, next, load } = setUp();
    await load([chip('a', HOUR), chip('b', 2 * HOUR)]);
    posts.hold(new Set(['a']));
    const gone: string[] = [];
    posts.ongone = (ids) => gone.push(...ids);
    void posts.refresh(['b']);
    await next('chips').answer([], 2);
    expect(gone).toEqual(['b']);
    void posts.load({ calendarId: 'c', from: 100 * HOUR, to: 200 * HOUR });
    await next('range').answer([], 2);
    void posts.reload();
    void next('shelf').answer([], 3);
    await next('range').answer([], 3);
    expect(posts.get('a')).toBeDefined();
    await next('chips').answer([], 3);
    expect([gone, posts.get('a')]).toEqual([['b', 'a'], undefined]);
  });

  it('empties the page at once when another calendar is looked at', async () => {
    const { posts, load } = setUp();
    await load([chip('a', HOUR)], [chip('b', null)]);
    void posts.load({ calendarId: 'd', from: 0, to: HOUR });
    expect([posts.list, posts.shelf, posts.state]).toEqual([[], [], 'loading']);
  });
});

describe('turns', () => {
  it('run one after the other for the same post, also after a failure, and side by side for others', async () => {
    const turns = new Turns();
    const log: string[] = [];
    let end: (() => void) | undefined;
    const first = turns.run(['a'], async () => {
      log.push('first');
      await new Promise<void>((_, reject) => (end = () => reject(new Error('no'))));
    });
    const second = turns.run(['a', 'b'], () => Promise.resolve(log.push('second')));
    void turns.run(['c'], () => Promise.resolve(log.push('other')));
    await rest();
    expect(log).toEqual(['first', 'other']);
    end?.();
    await expect(first).rejects.toThrow();
    await second;
    await turns.rest();
    expect(log).toEqual(['first', 'other', 'second']);
  });
});
