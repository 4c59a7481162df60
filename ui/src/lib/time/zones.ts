/** Zone maths. The only module that knows Temporal; callers see instants, dates and times. */
import { Temporal } from 'temporal-polyfill';
import { type IsoDate, timeOfMinute } from './dates';

/** Something on the wall of a zone. */
export interface Wall {
  date: IsoDate;
  /** `HH:MM` */
  time: string;
}

/** A place before now. A day without a time is past only when the day is. */
export function isPast(to: { date: IsoDate; time: string | null }, now: Wall): boolean {
  if (to.date !== now.date) return to.date < now.date;
  return to.time !== null && to.time <= now.time;
}

/** What a wall time became: in a gap it moved forward, in a fall-back hour it is the first of two. */
export interface Placed {
  at: number;
  note: 'gap' | 'twice' | null;
  /** The wall time it really is; differs from the typed one only in a gap. */
  wall: Wall;
}

export function wallAt(at: number, zone: string): Wall {
  const z = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return { date: z.toPlainDate().toString(), time: timeOfMinute(z.hour * 60 + z.minute) };
}

export function instantOf(date: IsoDate, time: string, zone: string): number {
  return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone).epochMilliseconds;
}

/** Like `instantOf`, and says when the clock change made the typed time special. */
export function place(date: IsoDate, time: string, zone: string): Placed {
  const plain = Temporal.PlainDateTime.from(`${date}T${time}`);
  const early = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const late = plain.toZonedDateTime(zone, { disambiguation: 'later' });
  if (early.epochMilliseconds === late.epochMilliseconds)
    return { at: early.epochMilliseconds, note: null, wall: { date, time } };
  const gap = !late.toPlainDateTime().equals(plain);
  const chosen = gap ? late : early;
  return {
    at: chosen.epochMilliseconds,
    note: gap ? 'gap' : 'twice',
    wall: wallAt(chosen.epochMilliseconds, zone),
  };
}

/** Starts of `count` days and the end of the last: `count + 1` instants. */
export function dayBorders(first: IsoDate, count: number, zone: string): number[] {
  let day = Temporal.PlainDate.from(first);
  const borders: number[] = [];
  for (let i = 0; i <= count; i += 1) {
    borders.push(day.toZonedDateTime(zone).epochMilliseconds);
    day = day.add({ days: 1 });
  }
  return borders;
}

/** Starts of the 24 hours of a day on the wall, and the start of the next day: 25 instants. */
export function hourBorders(date: IsoDate, zone: string): number[] {
  const plain = Temporal.PlainDate.from(date);
  const hours: number[] = [];
  for (let h = 0; h < 24; h += 1)
    hours.push(plain.toZonedDateTime({ timeZone: zone, plainTime: { hour: h } }).epochMilliseconds);
  hours.push(plain.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds);
  return hours;
}

/** True for a zone this machine knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** All zones this machine knows by name. */
export function zones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')];
}

/** `UTC+2`, for showing beside a zone's name. */
export function offsetName(at: number, zone: string): string {
  const ns = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds;
  const minutes = Math.round(ns / 60e9);
  const sign = minutes < 0 ? '−' : '+';
  const abs = Math.abs(minutes);
  const rest = abs % 60 ? `:${String(abs % 60).padStart(2, '0')}` : '';
  return abs === 0 ? 'UTC' : `UTC${sign}${Math.floor(abs / 60)}${rest}`;
}

/** A zone as it is read: `America/New York`. */
export function zoneName(zone: string): string {
  return zone.replaceAll('_', ' ');
}

/** Its name and, where that says something else, its offset at an instant: one after the other. */
export function zoneWords(at: number, zone: string): [name: string, offset?: string] {
  const [name, offset] = [zoneName(zone), offsetName(at, zone)];
  return name === offset ? [name] : [name, offset];
}
