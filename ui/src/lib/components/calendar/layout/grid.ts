import { addDays, addMonths, datesFrom, type IsoDate, startOfMonth, startOfWeek } from '$lib/time';

export type ViewName = 'month' | 'week' | 'day' | 'list';
export const VIEWS: ViewName[] = ['month', 'week', 'day', 'list'];

/** The days a view shows. The list has no grid of its own: its days are those with posts. */
export function daysOf(view: ViewName, date: IsoDate, weekStart: number): IsoDate[] {
  if (view === 'month') return datesFrom(startOfWeek(startOfMonth(date), weekStart), 42);
  if (view === 'week') return datesFrom(startOfWeek(date, weekStart), 7);
  return [date];
}

/** The date one leaf on or back: a month, a week or a day. */
export function leaf(view: ViewName, date: IsoDate, by: number): IsoDate {
  if (view === 'week') return addDays(date, 7 * by);
  if (view === 'day') return addDays(date, by);
  return addMonths(date, by);
}

/** How many chips a cell holds: what fits its height, never more than the person wants. */
export function capFor(height: number, wanted: number, head = 24, line = 19): number {
  if (height <= 0) return wanted;
  return Math.max(1, Math.min(wanted, Math.floor((height - head) / line)));
}
