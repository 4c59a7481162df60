/** Dates as people type them: `fri 9`, `next mon`, `+2w`, `14.5. 16:30`, `tomorrow noon`. */
import {
  addDays,
  addMonths,
  type IsoDate,
  isDate,
  startOfWeek,
  timeOfMinute,
  weekday,
} from './dates';

export interface TypedContext {
  /** Today on the wall of the calendar's zone. */
  today: IsoDate;
  /** What relative steps such as `+2w` count from: the post's own date, else today. */
  from: IsoDate;
  /** How a bare `3/4` is read. */
  order: 'dmy' | 'mdy' | 'ymd';
  weekStart: number;
}

export interface TypedMoment {
  date: IsoDate;
  /** Null when no time was typed: the post keeps its own. */
  time: string | null;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY_WORD = /^(sun|mon|tue|wed|thu|fri|sat)(day|s|sday|nesday|rsday|urday)?$/;
const MONTH_WORD =
  /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?$/;

/** A clock time at the start of the words; how many words it took. */
function readTime(words: string[]): { time: string; used: number } | null {
  const [w = '', next = ''] = words;
  if (w === 'noon' || w === 'midday') return { time: '12:00', used: 1 };
  if (w === 'midnight') return { time: '00:00', used: 1 };
  const joined = /^(am|pm)$/.test(next) ? w + next : w;
  const used = joined === w ? 1 : 2;
  const m = /^(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?$/.exec(joined);
  if (!m) return null;
  let hour = Number(m[1]);
  const minute = Number(m[2] ?? 0);
  if (m[3]) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (m[3] === 'pm' ? 12 : 0);
  }
  if (hour > 23 || minute > 59) return null;
  return { time: timeOfMinute(hour * 60 + minute), used };
}

/** The next date after `today` with this day and month. */
function nextDayMonth(today: IsoDate, day: number, month: number, year?: number): IsoDate | null {
  const of = (y: number) =>
    `${String(y).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (year !== undefined) {
    const date = of(year < 100 ? 2000 + year : year);
    return isDate(date) ? date : null;
  }
  const y = Number(today.slice(0, 4));
  // 29 February may be up to eight years away.
  for (let i = 0; i <= 8; i += 1) {
    const date = of(y + i);
    if (isDate(date) && date >= today) return date;
  }
  return null;
}

function readNumeric(word: string, c: TypedContext): IsoDate | null {
  if (isDate(word)) return word;
  const m = /^(\d{1,2})([./-])(\d{1,2})(?:\2(\d{2}|\d{4})?)?\.?$/.exec(word);
  if (!m) return null;
  const [a, b] = [Number(m[1]), Number(m[3])];
  const year = m[4] === undefined ? undefined : Number(m[4]);
  // A dot is only ever written day first.
  const dayFirst = m[2] === '.' || c.order === 'dmy';
  return dayFirst ? nextDayMonth(c.today, a, b, year) : nextDayMonth(c.today, b, a, year);
}

function readRelative(word: string, c: TypedContext): IsoDate | null {
  const m = /^([+-])(\d{1,4})(d|w|m|y)?$/.exec(word);
  if (!m) return null;
  const n = Number(m[2]) * (m[1] === '-' ? -1 : 1);
  if (m[3] === 'w') return addDays(c.from, 7 * n);
  if (m[3] === 'm') return addMonths(c.from, n);
  if (m[3] === 'y') return addMonths(c.from, 12 * n);
  return addDays(c.from, n);
}

/** A date at the start of the words; how many words it took. */
function readDate(words: string[], c: TypedContext): { date: IsoDate; used: number } | null {
  const [w = '', next = '', third = ''] = words;
  const one = (date: IsoDate | null) => (date ? { date, used: 1 } : null);
  if (w === 'today' || w === 'tod') return { date: c.today, used: 1 };
  if (w === 'tomorrow' || w === 'tom') return { date: addDays(c.today, 1), used: 1 };
  if (w === 'yesterday') return { date: addDays(c.today, -1), used: 1 };
  if (w === 'in' && /^\d+$/.test(next)) {
    const unit = /^(day|week|month|year)s?$/.exec(third)?.[1];
    if (!unit) return null;
    const date = readRelative(`+${next}${unit[0] ?? 'd'}`, { ...c, from: c.today });
    return date ? { date, used: 3 } : null;
  }
  if (w === 'next' && /^(week|month|year)$/.test(next)) {
    const from = c.from;
    const date = next === 'week' ? addDays(from, 7) : addMonths(from, next === 'month' ? 1 : 12);
    return { date, used: 2 };
  }
  const nextWeek = w === 'next' || w === 'this';
  const dayWord = DAY_WORD.exec(nextWeek ? next : w);
  if (dayWord) {
    const target = DAYS.indexOf(dayWord[1] ?? '');
    let ahead = (target - weekday(c.today) + 7) % 7 || 7;
    // "next mon" is the Monday of the coming week, never one of this week.
    if (w === 'next') {
      const inWeek = (target - c.weekStart + 7) % 7;
      const start = addDays(startOfWeek(c.today, c.weekStart), 7);
      return { date: addDays(start, inWeek), used: 2 };
    }
    if (w === 'this' && target === weekday(c.today)) ahead = 0;
    return { date: addDays(c.today, ahead), used: nextWeek ? 2 : 1 };
  }
  const dayNum = (text: string) => /^(\d{1,2})(st|nd|rd|th|\.)?,?$/.exec(text)?.[1];
  const yearOf = (text: string) => (/^\d{4}$/.test(text) ? Number(text) : undefined);
  const month = (text: string) => MONTHS.indexOf(MONTH_WORD.exec(text)?.[1] ?? '-') + 1;
  const named = (d: string | undefined, m: number) => {
    if (d === undefined || m === 0) return null;
    const date = nextDayMonth(c.today, Number(d), m, yearOf(third));
    return date ? { date, used: yearOf(third) === undefined ? 2 : 3 } : null;
  };
  return (
    named(dayNum(w), month(next)) ??
    named(dayNum(next), month(w)) ??
    one(readRelative(w, c)) ??
    one(readNumeric(w, c))
  );
}

/** Reads what was typed; null when it is not understood as a whole. */
export function readMoment(text: string, context: TypedContext): TypedMoment | null {
  const words = text
    .toLowerCase()
    .replace(/\b(at|on)\b/g, ' ')
    .replace(/,/g, ' ')
    .split(/\s+/)
    .filter(Boolean);
  if (words.length === 0 || words.length > 7) return null;
  const head = readDate(words, context);
  if (head) {
    const rest = words.slice(head.used);
    if (rest.length === 0) return { date: head.date, time: null };
    const time = readTime(rest);
    return time && time.used === rest.length ? { date: head.date, time: time.time } : null;
  }
  const time = readTime(words);
  if (!time) return null;
  const rest = words.slice(time.used);
  if (rest.length === 0) return { date: context.from, time: time.time };
  const tail = readDate(rest, context);
  return tail && tail.used === rest.length ? { date: tail.date, time: time.time } : null;
}
