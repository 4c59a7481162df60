/** Dates and times as people read them. Formatters are made once for a set of preferences. */
import { dayNumber, type IsoDate, minuteOfTime, startOfWeek, timeOfMinute } from './dates';

export interface FormatChoice {
  hours: 'system' | 'h12' | 'h24';
  weekStart: 'system' | number;
  dateOrder: 'system' | 'dmy' | 'mdy' | 'ymd';
  /** The system's language tag, such as `en-US` or `de-AT`. */
  locale: string;
}

export interface Formats {
  hour12: boolean;
  /** 0 is Sunday. */
  weekStart: number;
  order: 'dmy' | 'mdy' | 'ymd';
  /** `09:05` or `9:05 AM` for `HH:MM`. */
  time(time: string): string;
  minute(minute: number): string;
  /** As short as it gets, for chips: `09:05` or `9:05a`. */
  minuteShort(minute: number): string;
  /** `09` or `9 AM` for a row of hours. */
  hour(hour: number): string;
  /** `Tue 14 May` */
  day(date: IsoDate): string;
  /** `14 May` */
  dayMonth(date: IsoDate): string;
  /** `Tuesday 14 May` */
  dayLong(date: IsoDate): string;
  /** `Tuesday 14 May 2026` */
  dayFull(date: IsoDate): string;
  /** `May 2026` */
  month(date: IsoDate): string;
  /** `May` */
  monthName(date: IsoDate): string;
  /** `May` in short form */
  monthShort(date: IsoDate): string;
  /** `Tue`; 0 is Sunday. */
  weekday(day: number): string;
  weekdayLong(day: number): string;
  /** `11 – 17 May 2026`, `27 Apr – 3 May 2026` */
  span(first: IsoDate, last: IsoDate): string;
  /** `Tue 14 May, 09:05` */
  moment(date: IsoDate, time: string | null): string;
  momentLong(date: IsoDate, time: string | null): string;
  /** `Tue 14 May 2026, 09:05` */
  momentFull(date: IsoDate, time: string | null): string;
  startOfWeek(date: IsoDate): IsoDate;
  number(n: number): string;
  list(items: string[]): string;
}

interface WeekLocale {
  getWeekInfo?: () => { firstDay: number };
  weekInfo?: { firstDay: number };
}

function systemWeekStart(locale: string): number {
  try {
    const l = new Intl.Locale(locale) as unknown as WeekLocale;
    return (l.getWeekInfo?.() ?? l.weekInfo ?? { firstDay: 1 }).firstDay % 7;
  } catch {
    return 1;
  }
}

function systemOrder(locale: string): 'dmy' | 'mdy' | 'ymd' {
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: 'short' }).formatToParts(0);
  const order = parts
    .map((p) => p.type[0])
    .filter((c) => c === 'd' || c === 'm' || c === 'y')
    .join('');
  return order === 'mdy' || order === 'ymd' ? order : 'dmy';
}

function systemHour12(locale: string): boolean {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12 ?? false;
}

/** A plain system calls its language `C`, which is no language tag: then the engine's own is used. */
function usable(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en-GB';
  } catch {
    return Intl.DateTimeFormat().resolvedOptions().locale;
  }
}

/** Lists that are remembered in words. */
const MOST_LISTS = 200;

/** The words are English, so the language is; order, hours and week follow the choice. */
export function createFormats(choice: FormatChoice): Formats {
  const locale = usable(choice.locale);
  const order = choice.dateOrder === 'system' ? systemOrder(locale) : choice.dateOrder;
  const hour12 = choice.hours === 'system' ? systemHour12(locale) : choice.hours === 'h12';
  const weekStart = choice.weekStart === 'system' ? systemWeekStart(locale) : choice.weekStart;

  const utc = (options: Intl.DateTimeFormatOptions) => {
    const f = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    return (date: IsoDate) => f.format(dayNumber(date) * 86_400_000);
  };
  const wdShort = utc({ weekday: 'short' });
  const wdLong = utc({ weekday: 'long' });
  const moShort = utc({ month: 'short' });
  const moLong = utc({ month: 'long' });
  const dayOf = (date: IsoDate) => String(Number(date.slice(8)));

  const dayMonth = (date: IsoDate, month: (d: IsoDate) => string) =>
    order === 'dmy' ? `${dayOf(date)} ${month(date)}` : `${month(date)} ${dayOf(date)}`;

  const clock = new Map<number, string>();
  const minute = (m: number) => {
    let text = clock.get(m);
    if (text === undefined) {
      if (hour12) {
        const h = Math.floor(m / 60);
        text = `${h % 12 || 12}:${String(m % 60).padStart(2, '0')} ${h < 12 ? 'AM' : 'PM'}`;
      } else text = timeOfMinute(m);
      clock.set(m, text);
    }
    return text;
  };
  const time = (t: string) => minute(minuteOfTime(t));
  const day = (date: IsoDate) => `${wdShort(date)} ${dayMonth(date, moShort)}`;
  const dayLong = (date: IsoDate) => `${wdLong(date)} ${dayMonth(date, moLong)}`;
  const numbers = new Intl.NumberFormat('en-GB');
  const lists = new Intl.ListFormat('en-GB', { type: 'conjunction' });
  // The same few networks stand on every post of a month.
  const listed = new Map<string, string>();
  const list = (items: string[]) => {
    if (items.length < 2) return items[0] ?? '';
    const key = items.join('\0');
    const text = listed.get(key) ?? lists.format(items);
    if (listed.size < MOST_LISTS) listed.set(key, text);
    return text;
  };
  // 1970-01-04 was a Sunday.
  const ofWeek = (n: number) => `1970-01-${String(4 + n).padStart(2, '0')}`;

  return {
    hour12,
    weekStart,
    order,
    time,
    minute,
    minuteShort: (m) =>
      hour12 ? minute(m).replace(/ ([AP])M$/, (_, c: string) => c.toLowerCase()) : minute(m),
    hour: (h) => (hour12 ? `${h % 12 || 12} ${h < 12 ? 'AM' : 'PM'}` : timeOfMinute(h * 60)),
    day,
    dayMonth: (date) => dayMonth(date, moShort),
    dayLong,
    dayFull: (date) => `${dayLong(date)}${order === 'mdy' ? ',' : ''} ${date.slice(0, 4)}`,
    month: (date) => `${moLong(date)} ${date.slice(0, 4)}`,
    monthName: moLong,
    monthShort: moShort,
    weekday: (n) => wdShort(ofWeek(n)),
    weekdayLong: (n) => wdLong(ofWeek(n)),
    span: (first, last) => {
      const year = last.slice(0, 4);
      if (first.slice(0, 7) !== last.slice(0, 7))
        return `${dayMonth(first, moShort)} – ${dayMonth(last, moShort)} ${year}`;
      return order === 'dmy'
        ? `${dayOf(first)} – ${dayMonth(last, moShort)} ${year}`
        : `${dayMonth(first, moShort)} – ${dayOf(last)}, ${year}`;
    },
    moment: (date, t) => (t === null ? day(date) : `${day(date)}, ${time(t)}`),
    momentLong: (date, t) => (t === null ? dayLong(date) : `${dayLong(date)}, ${time(t)}`),
    momentFull: (date, t) => {
      const whole = `${day(date)}${order === 'mdy' ? ',' : ''} ${date.slice(0, 4)}`;
      return t === null ? whole : `${whole}, ${time(t)}`;
    },
    startOfWeek: (date) => startOfWeek(date, weekStart),
    number: (n) => numbers.format(n),
    list,
  };
}
