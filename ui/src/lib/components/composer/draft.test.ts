import { describe, expect, it } from 'vitest';
import type { Draft } from '$lib/api';
import {
  accountsOf,
  addMedia,
  backToShared,
  emptyDraft,
  insertSegment,
  isBlank,
  isUntouched,
  merge,
  moveItem,
  replaceSegment,
  sameDraft,
  segmentsOf,
  setOption,
  SHARED,
  tailor,
  targetOf,
  toggleAccount,
  withSegment,
} from './draft';

const base = (): Draft => ({
  ...emptyDraft(['a', 'b']),
  segments: [{ text: 'Hello', media: [] }],
});

describe('a draft', () => {
  it('keeps a text of its own apart from the shared one', () => {
    const own = withSegment(tailor(base(), 'b'), 'b', 0, { text: 'Hello, folder' });
    expect(segmentsOf(own, SHARED)[0]?.text).toBe('Hello');
    expect(segmentsOf(own, 'a')[0]?.text).toBe('Hello');
    expect(segmentsOf(own, 'b')[0]?.text).toBe('Hello, folder');
    expect(accountsOf(own, SHARED)).toEqual(['a']);
    const shared = withSegment(own, SHARED, 0, { text: 'Changed' });
    expect(segmentsOf(shared, 'b')[0]?.text).toBe('Hello, folder');
    expect(segmentsOf(backToShared(shared, 'b'), 'b')[0]?.text).toBe('Changed');
  });

  it('never changes the draft it was given', () => {
    const before = base();
    const copy = structuredClone(before);
    addMedia(tailor(before, 'a'), 'a', 0, [{ mediaId: 'm', alt: '' }]);
    setOption(before, 'a', 'langs', 'en');
    expect(before).toEqual(copy);
  });

  it('becomes a thread with a second part and a post with one', () => {
    const thread = insertSegment(base(), SHARED, 1);
    expect(thread.contentType).toBe('thread');
    expect(replaceSegment(thread, SHARED, 1, []).contentType).toBe('post');
    const story = { ...base(), contentType: 'story' as const };
    expect(insertSegment(story, SHARED, 1).contentType).toBe('story');
  });

  it('keeps one part when the last is taken away', () => {
    expect(replaceSegment(base(), SHARED, 0, []).segments).toEqual([{ text: '', media: [] }]);
  });

  it('takes an option back to the default', () => {
    const set = setOption(base(), 'a', 'langs', 'en');
    expect(targetOf(set, 'a')?.options).toEqual({ langs: 'en' });
    expect(targetOf(setOption(set, 'a', 'langs', undefined), 'a')?.options).toEqual({});
  });

  it('is blank until something is written', () => {
    expect(isBlank(emptyDraft(['a']))).toBe(true);
    expect(isBlank(toggleAccount(emptyDraft(), 'a'))).toBe(true);
    expect(isBlank({ ...emptyDraft(), labels: ['sale'] })).toBe(false);
    expect(isBlank(base())).toBe(false);
  });

  it('is touched by a name and by options other than those it began with', () => {
    const fresh = (id: string) => (id === 'a' ? { langs: 'de' } : {});
    const begun = setOption(emptyDraft(['a', 'b']), 'a', 'langs', 'de');
    expect(isUntouched(begun, fresh)).toBe(true);
    expect(isUntouched(setOption(begun, 'b', 'firstComment', 'Hello'), fresh)).toBe(false);
    expect(isUntouched(setOption(begun, 'a', 'langs', 'en'), fresh)).toBe(false);
    expect(isUntouched({ ...begun, assignee: 'Ana' }, fresh)).toBe(false);
    expect(isUntouched(base(), () => ({}))).toBe(false);
  });

  it('does not attach the same file twice', () => {
    const file = { mediaId: 'm', alt: 'A press' };
    const once = addMedia(base(), SHARED, 0, [file]);
    expect(addMedia(once, SHARED, 0, [{ mediaId: 'm', alt: '' }]).segments[0]?.media).toEqual([
      file,
    ]);
  });

  it('moves within bounds only', () => {
    expect(moveItem(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moveItem(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
    expect(moveItem(['a', 'b'], 1, 2)).toEqual(['a', 'b']);
  });
});

describe('two changes of one draft', () => {
  it('are laid together when they touch different fields', () => {
    const mine = withSegment(base(), SHARED, 0, { text: 'Mine' });
    const theirs = { ...base(), labels: ['sale'] };
    const { merged, clash } = merge(base(), mine, theirs);
    expect(clash).toBe(false);
    expect(merged.segments[0]?.text).toBe('Mine');
    expect(merged.labels).toEqual(['sale']);
  });

  it('clash in the same field, and mine stays in place', () => {
    const mine = withSegment(base(), SHARED, 0, { text: 'Mine' });
    const theirs = withSegment(base(), SHARED, 0, { text: 'Theirs' });
    expect(merge(base(), mine, theirs)).toEqual({ merged: mine, clash: true });
  });

  it('do not clash when both wrote the same', () => {
    const same = withSegment(base(), SHARED, 0, { text: 'Same' });
    expect(merge(base(), same, structuredClone(same)).clash).toBe(false);
  });

  it('compares whatever the order of keys', () => {
    const a = setOption(base(), 'a', 'x', { one: 1, two: 2 });
    const b = setOption(base(), 'a', 'x', { two: 2, one: 1 });
    expect(sameDraft(a, b)).toBe(true);
  });
});
