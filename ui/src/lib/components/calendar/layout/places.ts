import type { Chip, Id } from '$lib/api';
import type { IsoDate } from '$lib/time';

/** Which element of a cell shows which post: one key for each post that is shown, in its order. */
export interface Places {
  date: IsoDate;
  ids: readonly Id[];
  keys: readonly number[];
  /** The key that the next new element gets. */
  next: number;
}

/** What an element that has the focus, or may get it back, keeps its post: one, or all of them. */
export type Spared = Id | 'all' | null;

/**
 * Gives the posts that a cell shows now their elements. While it shows the same day each post keeps
 * its own, and with it the focus. When another day takes the cell, its posts take the elements over
 * that stand there, but for those that are spared.
 */
export function placesOf(
  before: Places | null,
  date: IsoDate,
  shown: readonly Chip[],
  spared: Spared,
): Places {
  const ids = shown.map((chip) => chip.id);
  let next = before?.next ?? 0;
  const turned = before?.date !== date;
  const keys = ids.map((id, i) => {
    const at = turned ? i : (before?.ids.indexOf(id) ?? -1);
    const key = before?.keys[at];
    const free = !turned || (spared !== 'all' && before?.ids[at] !== spared);
    if (key !== undefined && free) return key;
    next += 1;
    return next;
  });
  return { date, ids, keys, next };
}
