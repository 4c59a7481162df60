/** The few ways of writing a date that this program in memory knows; the real one knows many more. */
import { addDays, addMonths, isDate, type IsoDate, weekday } from '$lib/time';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const NEAR: Record<string, number> = { today: 0, tomorrow: 1, yesterday: -1 };

function readDay(word: string, today: IsoDate, from: IsoDate): IsoDate | null {
  const near = NEAR[word];
  if (near !== undefined) return addDays(today, near);
  const day = DAYS.indexOf(word.slice(0, 3));
  if (day >= 0) return addDays(today, (day - weekday(today) + 7) % 7 || 7);
  const step = /^\+(\d+)([dwm])$/.exec(word);
  if (step) {
    const n = Number(step[1]);
    return step[2] === 'm' ? addMonths(from, n) : addDays(from, step[2] === 'w' ? 7 * n : n);
  }
  if (isDate(word)) return word;
  const dotted = /^(\d{1,2})\.(\d{1,2})\.?$/.exec(word);
  if (!dotted) return null;
  const [d = '', m = ''] = [dotted[1]?.padStart(2, '0'), dotted[2]?.padStart(2, '0')];
  const date = `${today.slice(0, 4)}-${m}-${d}`;
  return isDate(date) ? date : null;
}

function readTime(word: string): string | null {
  const time = /^(\d{1,2})(?::(\d{2}))?$/.exec(word);
  if (!time || Number(time[1]) > 23) return null;
  return `${time[1]?.padStart(2, '0') ?? ''}:${time[2] ?? '00'}`;
}

/** A day, a time of day, or both in this order; null for anything else. */
export function readDate(
  text: string,
  today: IsoDate,
  from: IsoDate,
): { date: IsoDate; time: string | null; dateGiven: boolean } | null {
  const [one = '', two, more] = text.trim().toLowerCase().split(/\s+/);
  if (more !== undefined) return null;
  const date = readDay(one, today, from);
  const time = readTime(two ?? (date ? '' : one));
  if (two !== undefined && (!date || !time)) return null;
  return date || time ? { date: date ?? from, time, dateGiven: date !== null } : null;
}
