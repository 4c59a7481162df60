import type { Chip } from '$lib/api';
import { alike } from '$lib/state/posts-list';
import type { IsoDate } from '$lib/time';
import { cuts } from './slices';

/** What one cell shows: a day of the month, or an hour of a day. */
export interface Cell {
  date: IsoDate;
  /** Null for a whole day; -1 for posts with a day but no time. */
  hour: number | null;
  start: number;
  end: number;
  count: number;
  shown: readonly Chip[];
  /** Place among all posts of the cell, from 1, of the last one shown. */
  last: number;
}

/** The first `cap` posts; one that must be seen takes the last place where it would be hidden. */
function capped(
  posts: readonly Chip[],
  cap: number,
  keep: string | null,
): Pick<Cell, 'count' | 'shown' | 'last'> {
  const count = posts.length;
  const kept = keep === null || count <= cap ? -1 : posts.findIndex((c) => c.id === keep);
  const hidden = kept >= cap ? posts[kept] : undefined;
  const shown = posts.slice(0, cap);
  if (hidden && cap > 0) shown[cap - 1] = hidden;
  return { count, shown, last: hidden ? kept + 1 : shown.length };
}

/**
 * Shows the same. A post whose version alone is another does: the answer to one's own move, and all that is
 * read again, must draw nothing.
 */
export function sameCell(a: Cell | undefined, b: Cell): boolean {
  return (
    a !== undefined &&
    a.date === b.date &&
    a.hour === b.hour &&
    a.start === b.start &&
    a.end === b.end &&
    a.count === b.count &&
    a.last === b.last &&
    a.shown.length === b.shown.length &&
    a.shown.every((chip, i) => {
      const other = b.shown[i];
      return other !== undefined && alike(chip, other);
    })
  );
}

/**
 * Keeps the old object of every cell that did not change, so that only changed cells are drawn, and the old
 * list where none did, so that no cell is even asked.
 */
export function share(before: readonly Cell[], after: readonly Cell[]): readonly Cell[] {
  const kept = after.map((cell, i) => {
    const old = before[i];
    return old && sameCell(old, cell) ? old : cell;
  });
  const all = kept.length === before.length && kept.every((cell, i) => cell === before[i]);
  return all ? before : kept;
}

/** Where a post stands between two places of a list; -1 when it does not. */
function indexOf(list: readonly Chip[], id: string, from: number, to: number): number {
  for (let i = from; i < to; i += 1) if (list[i]?.id === id) return i;
  return -1;
}

/** Days as cells: `borders` has one instant more than `dates`. */
export function fillDays(
  list: readonly Chip[],
  dates: readonly IsoDate[],
  borders: readonly number[],
  cap: number,
  keep: string | null = null,
): Cell[] {
  const at = cuts(list, borders);
  const kept = keep === null ? -1 : indexOf(list, keep, at[0] ?? 0, at.at(-1) ?? 0);
  return dates.map((date, i) => {
    const [from = 0, to = 0] = [at[i], at[i + 1]];
    // Only what is shown is copied: a day may hold hundreds.
    const shown = list.slice(from, Math.min(to, from + cap));
    const hidden = kept >= from + cap && kept < to ? list[kept] : undefined;
    if (hidden && cap > 0) shown[cap - 1] = hidden;
    return {
      date,
      hour: null,
      start: borders[i] ?? 0,
      end: borders[i + 1] ?? 0,
      count: to - from,
      shown,
      last: hidden ? kept - from + 1 : shown.length,
    };
  });
}

/**
 * Hours of one day: 25 cells, first the posts without a time (hour -1), then hours 0 to 23.
 * `borders` are the 24 hour starts and the end of the day. An hour the clock skips has no length;
 * one that happens twice holds both.
 */
export function fillHours(
  list: readonly Chip[],
  date: IsoDate,
  borders: readonly number[],
  cap: number,
  keep: string | null = null,
): Cell[] {
  const at = cuts(list, borders);
  const whole = list.slice(at[0] ?? 0, at[24] ?? 0);
  const allDay = whole.filter((c) => c.allDay);
  const cells: Cell[] = [
    {
      date,
      hour: -1,
      start: borders[0] ?? 0,
      end: borders[24] ?? 0,
      ...capped(allDay, cap, keep),
    },
  ];
  for (let hour = 0; hour < 24; hour += 1) {
    const slice = list.slice(at[hour] ?? 0, at[hour + 1] ?? 0);
    const posts = allDay.length > 0 ? slice.filter((c) => !c.allDay) : slice;
    cells.push({
      date,
      hour,
      start: borders[hour] ?? 0,
      end: borders[hour + 1] ?? 0,
      ...capped(posts, cap, keep),
    });
  }
  return cells;
}
