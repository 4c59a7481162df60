/** Where a post stands in time, between what the program stores and what the sheet shows. */
import type { Place, Post, SlotTime, WallTime, Zone } from '$lib/api';
import {
  addDays,
  daysBetween,
  type Formats,
  type IsoDate,
  isPast,
  place as resolve,
  wallAt,
  weekday,
} from '$lib/time';
import { t } from '$lib/words';

/** A date, and a time of day once one was chosen. */
export interface Moment {
  date: IsoDate;
  /** `HH:MM` */
  time: string | null;
  zone: Zone;
}

/** What the person wants to happen with the post. */
export type Choice = 'slot' | 'time' | 'now' | 'draft';

export function momentOf(post: Post | null): Moment | null {
  const when = post?.when;
  if (!when || when.kind === 'unplanned') return null;
  if (when.kind === 'planned')
    return { date: when.date, time: when.time?.slice(0, 5) ?? null, zone: when.zone };
  return { ...fromWall(when.wall), zone: when.zone };
}

export function fromWall(wall: WallTime): { date: IsoDate; time: string } {
  return { date: wall.slice(0, 10), time: wall.slice(11, 16) };
}

export function toWall(date: IsoDate, time: string): WallTime {
  return `${date}T${time}:00`;
}

export function placeOf(moment: Moment | null): Place {
  if (!moment) return { kind: 'shelf' };
  const { date, time, zone } = moment;
  return time === null
    ? { kind: 'day', date, zone }
    : { kind: 'wall', wall: toWall(date, time), zone };
}

/** A slot in words: "Thu 14:30", with the day of the month once it is a week away. */
export function slotText({ wall, zone }: SlotTime, now: number, formats: Formats): string {
  const { date, time } = fromWall(wall);
  const ahead = daysBetween(wallAt(now, zone).date, date);
  if (ahead === 0) return t('composer.todayAt', { time: formats.time(time) });
  if (ahead < 7) return `${formats.weekday(weekday(date))} ${formats.time(time)}`;
  return formats.moment(date, time);
}

export function slotMoment(slot: SlotTime): Moment {
  return { ...fromWall(slot.wall), zone: slot.zone };
}

/** A moment that is still to come; null where it is over. */
export function stillAhead(moment: Moment | null, now: number): Moment | null {
  return moment && isPast(moment, wallAt(now, moment.zone)) ? null : moment;
}

export function instantOfMoment(moment: Moment): number {
  return resolve(moment.date, moment.time ?? '00:00', moment.zone).at;
}

/**
 * A time to begin with when a person asks for one: that of the last post on its day, or where that
 * is over, the same time on the first day on which it still lies ahead.
 */
export function near(last: { date: IsoDate; time: string } | null, now: number, zone: Zone) {
  const time = last?.time ?? '09:00';
  const today = wallAt(now, zone).date;
  let date = last && last.date > today ? last.date : today;
  if (resolve(date, time, zone).at <= now) date = addDays(date, 1);
  return { date, time, zone };
}
