import { describe, expect, it } from 'vitest';
import type { QueueColumn, QueueEntry, SlotTime } from '$lib/api';
import { chipOf, postOf } from '$lib/demo/state';
import { putAt, stepped } from './reorder';

/** Queued posts, those with times of their own (`own:`), and free slots (null), at 0, 1, 2 … */
function column(...places: (string | null)[]): QueueColumn {
  const entries = places.map((place, at): QueueEntry => {
    const slot: SlotTime = { slotId: `s${at}`, accountId: 'acc', at, wall: '', zone: 'UTC' };
    if (place === null) return { at, slot, chip: null };
    const own = place.startsWith('own:');
    const chip = { ...chipOf(postOf({ id: place })), timeSource: own ? 'own' : 'slot' } as const;
    return { at, slot: own ? null : slot, chip };
  });
  return { accountId: 'acc', entries, pausedDays: [], hasSlots: true };
}

describe('order of the queue', () => {
  it('puts a post into the place it is dropped on, from both sides', () => {
    expect(putAt(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'c', 'a']);
    expect(putAt(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']);
  });
  it('changes nothing when dropped on itself or on a post with a time of its own', () => {
    expect(putAt(['a', 'b'], 'a', 'a')).toBeNull();
    expect(putAt(['a', 'b'], 'a', 'pinned')).toBeNull();
  });
  it('steps into the next place, filled or free, and stops at both ends', () => {
    const all = column('a', 'own:x', 'b', null, 'c');
    expect(stepped(all, 'a', -1)).toBeNull();
    expect(stepped(all, 'c', 1)).toBeNull();
    expect(stepped(all, 'a', 1)).toEqual({ kind: 'order', ids: ['b', 'a', 'c'] });
    expect(stepped(all, 'b', 1)).toMatchObject({ kind: 'slot', slot: { at: 3 } });
    expect(stepped(all, 'c', -1)).toMatchObject({ kind: 'slot', slot: { at: 3 } });
  });
});
