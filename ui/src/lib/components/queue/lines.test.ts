import { describe, expect, it } from 'vitest';
import type { QueueColumn, ShownStatus } from '$lib/api';
import { chipOf, postOf } from '$lib/demo/state';
import { linesOf, mergedLines, nextNone } from './lines';

const slot = (slotId: string, at: number) => ({
  at,
  slot: { slotId, accountId: 'a', at, wall: '', zone: '' },
  chip: null,
});
const column = (accountId: string, starts: number[]): QueueColumn => ({
  accountId,
  entries: [slot(`${accountId}1`, 5), slot(`${accountId}2`, 20)],
  pausedDays: starts.map((at) => ({ date: `day-${at}`, starts: at, reason: '' })),
  hasSlots: true,
});
const keys = (lines: { key: string }[]) => lines.map((l) => l.key);

describe('lines of the queue', () => {
  it('puts a paused day where it starts, before what stands at that instant', () => {
    expect(keys(linesOf(column('a', [5, 10])))).toEqual(['a:day-5', 'a1:5', 'a:day-10', 'a2:20']);
  });
  it('keeps the paused days of every account in one list', () => {
    const queue = { columns: [column('a', [10]), column('b', [10])], next: null };
    expect(keys(mergedLines(queue)).slice(2, 4)).toEqual(['a:day-10', 'b:day-10']);
  });
});

describe('a queue of which nothing goes out next', () => {
  const queue = (...statuses: ShownStatus[]) => ({
    columns: [
      {
        ...column('a', []),
        entries: statuses.map((status, at) => ({
          at,
          slot: null,
          chip: chipOf(postOf({ id: `${at}`, status })),
        })),
      },
    ],
    next: null,
  });

  it.each([
    ['nothing waits', queue(), false, 'queue.nextNone'],
    ['posts stand still', queue('placed', 'scheduled'), false, 'queue.nextStill'],
    ['what is paused may hold later ones', queue(), true, 'queue.nextStill'],
    ['networks have them all', queue('placed'), false, 'queue.nextHeld'],
    ['the last one is under way', queue('publishing'), false, 'queue.nextNone'],
  ] as const)('is called what it is where %s', (_, value, stopped, words) => {
    expect(nextNone(value, stopped)).toBe(words);
  });
});
