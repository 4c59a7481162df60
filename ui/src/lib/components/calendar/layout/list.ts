import type { Chip } from '$lib/api';
import { dayBorders, type IsoDate, addDays, wallAt } from '$lib/time';

export type Row =
  | { kind: 'day'; date: IsoDate; count: number; start: number }
  /** `k` is its place among the `n` posts of its day, from 1. */
  | { kind: 'post'; date: IsoDate; start: number; end: number; chip: Chip; k: number; n: number };

/** What a row is known by: a heading by its day, a line by its post. */
export const rowKey = (row: Row): string => (row.kind === 'day' ? row.date : row.chip.id);

/**
 * A line for each day that has posts and one for each post. Borders are asked for a stretch of days
 * at a time: zone maths for every post would take most of the time.
 */
export function listRows(list: readonly Chip[], zone: string): Row[] {
  const rows: Row[] = [];
  let i = 0;
  const STRETCH = 64;
  while (i < list.length) {
    const first = wallAt(list[i]?.at ?? 0, zone).date;
    const borders = dayBorders(first, STRETCH, zone);
    for (let d = 0; d < STRETCH && i < list.length; d += 1) {
      const [start = 0, end = 0] = [borders[d], borders[d + 1]];
      const from = i;
      while (i < list.length && (list[i]?.at ?? 0) < end) i += 1;
      if (i === from) continue;
      const date = addDays(first, d);
      rows.push({ kind: 'day', date, count: i - from, start });
      for (let k = from; k < i; k += 1) {
        const chip = list[k];
        if (chip) rows.push({ kind: 'post', date, start, end, chip, k: k - from + 1, n: i - from });
      }
    }
  }
  return rows;
}

/** The first row of a day, or of the next day that has posts. */
export function rowOfDay(rows: readonly Row[], date: IsoDate): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((rows[mid]?.date ?? '') < date) low = mid + 1;
    else high = mid;
  }
  return Math.min(low, Math.max(0, rows.length - 1));
}

/** The heading nearest to a day: its own, else the next one, or with `back` the one before. */
export function headingNear(rows: readonly Row[], date: IsoDate, back: boolean): IsoDate | null {
  const at = rowOfDay(rows, date);
  const found = rows[at]?.date ?? null;
  return back && found !== null && found > date ? (rows[at - 1]?.date ?? found) : found;
}
