/** Where posts would go, and whether they may. Pure: pointer and keys share it. */
import type { Chip, Id, ShownStatus } from '$lib/api';
import {
  addDays,
  daysBetween,
  type IsoDate,
  isPast,
  minuteOfTime,
  timeOfMinute,
  type Wall,
  wallAt,
} from '$lib/time';

/** What the pointer stands on. */
export type DropTarget =
  | { kind: 'day'; date: IsoDate }
  /** Minute of the day, already snapped. */
  | { kind: 'time'; date: IsoDate; minute: number }
  | { kind: 'shelf' };

/** A post that is being carried, with its wall time where it has one. */
export interface Carried {
  id: string;
  words: string;
  status: ShownStatus;
  date: IsoDate | null;
  /** Null: it has a day only, or nothing. */
  time: string | null;
}

/** A post's new day and time; without a time it keeps to the day. */
export interface Spot {
  id: Id;
  date: IsoDate;
  time: string | null;
}

export type Refusal = 'past' | 'published' | 'sending' | 'placed' | 'unconfirmed' | 'your_turn';

export interface Plan {
  /** New places of the posts that really move. */
  places: Spot[];
  /** Posts that go to the shelf. */
  shelve: string[];
  refusal: Refusal | null;
  /** Where the post under the pointer would be; null for the shelf. */
  lead: { date: IsoDate; time: string | null } | null;
  /** Everything would stay as it is. */
  nothing: boolean;
}

export function carried(chip: Chip, zone: string): Carried {
  const wall = chip.at === null ? null : wallAt(chip.at, zone);
  return {
    id: chip.id,
    words: chip.words,
    status: chip.status,
    date: wall?.date ?? null,
    time: chip.allDay ? null : (wall?.time ?? null),
  };
}

/** A wall time some minutes on; crosses midnight. A post without a time keeps to its day. */
export function shifted(date: IsoDate, time: string | null, days: number, minutes: number) {
  if (time === null) return { date: addDays(date, days), time };
  const total = minuteOfTime(time) + minutes;
  const over = Math.floor(total / 1440);
  return { date: addDays(date, days + over), time: timeOfMinute(total - over * 1440) };
}

/** It is going out, or was handed over, and nobody knows yet whether it is there. */
export function isInFlight(status: ShownStatus): boolean {
  return ['publishing', 'placed', 'unconfirmed', 'your_turn'].includes(status);
}

/** Why these may not be moved at all; a copy of them may be. */
export function fixed(posts: readonly Carried[]): Refusal | null {
  for (const p of posts) {
    if (p.status === 'publishing') return 'sending';
    if (p.status === 'unconfirmed' || p.status === 'your_turn' || p.status === 'placed')
      return p.status;
    if (p.status === 'published' || p.status === 'partly_published') return 'published';
  }
  return null;
}

/** The default time of a post that had none: next full hour today, else the usual time of that day. */
export function defaultTime(date: IsoDate, now: Wall, usual = '09:00'): string {
  if (date !== now.date) return usual;
  const next = Math.floor(minuteOfTime(now.time) / 60) * 60 + 60;
  return timeOfMinute(Math.min(next, 23 * 60 + 59));
}

/** A time still to come in the hour that runs: the next quarter, else the next five minutes. */
export function timeInHour(now: string): string {
  const minute = minuteOfTime(now);
  const end = Math.floor(minute / 60) * 60 + 60;
  const next = [15, 5].map((step) => (Math.floor(minute / step) + 1) * step).find((m) => m < end);
  return timeOfMinute(next ?? Math.min(end, 23 * 60 + 59));
}

/** Minutes of an hour cell by the height in it: steps of 15, or of one with Alt. */
export function snap(hour: number, part: number, exact: boolean): number {
  const minute = Math.max(0, Math.min(0.9999, part)) * 60;
  return hour * 60 + (exact ? Math.floor(minute) : Math.floor(minute / 15) * 15);
}

export interface PlanInput {
  posts: readonly Carried[];
  /** The post under the pointer: the others keep their distance to it. */
  leadId: string;
  now: Wall;
  copy: boolean;
  /** The time an undated post gets on a day. */
  timeFor: (date: IsoDate, post: Carried) => string;
}

/** Where everything would go when dropped on `target`. */
export function planDrop(target: DropTarget, input: PlanInput): Plan {
  const { posts, leadId, copy } = input;
  const lead = posts.find((p) => p.id === leadId) ?? posts[0];
  if (!lead) return { places: [], shelve: [], refusal: null, lead: null, nothing: true };
  const stuck = copy ? null : fixed(posts);
  if (target.kind === 'shelf') {
    const shelve = copy
      ? posts.map((p) => p.id)
      : posts.filter((p) => p.date !== null).map((p) => p.id);
    return { places: [], shelve, refusal: stuck, lead: null, nothing: shelve.length === 0 };
  }
  const goal =
    target.kind === 'time'
      ? { date: target.date, time: timeOfMinute(target.minute) }
      : {
          date: target.date,
          time: lead.date === null ? input.timeFor(target.date, lead) : lead.time,
        };
  const days = lead.date === null ? 0 : daysBetween(lead.date, goal.date);
  const minutes =
    target.kind === 'time' && lead.time !== null && goal.time !== null
      ? minuteOfTime(goal.time) - minuteOfTime(lead.time)
      : 0;
  const whole = posts.map((p) => {
    if (p.id === lead.id) return { id: p.id, ...goal };
    if (p.date === null)
      return {
        id: p.id,
        date: goal.date,
        time: target.kind === 'time' ? goal.time : input.timeFor(goal.date, p),
      };
    return { id: p.id, ...shifted(p.date, p.time, days, minutes) };
  });
  return finish(whole, posts, goal, stuck, input);
}

/** Where everything would go when stepped on by days and minutes. */
export function planStep(days: number, minutes: number, input: PlanInput): Plan {
  const { posts, leadId, copy, now } = input;
  const whole = posts.map((p) => {
    if (p.date !== null) return { id: p.id, ...shifted(p.date, p.time, days, minutes) };
    // As by pointer: a draft gets the time of the day it comes to, not that of today.
    const date = addDays(now.date, days);
    return { id: p.id, ...shifted(date, input.timeFor(date, p), 0, minutes) };
  });
  const lead = whole.find((p) => p.id === leadId) ?? whole[0];
  if (!lead) return { places: [], shelve: [], refusal: null, lead: null, nothing: true };
  return finish(whole, posts, lead, copy ? null : fixed(posts), input);
}

function finish(
  whole: Spot[],
  posts: readonly Carried[],
  lead: { date: IsoDate; time: string | null },
  stuck: Refusal | null,
  input: PlanInput,
): Plan {
  const places = whole.filter((to, i) => {
    const from = posts[i];
    return input.copy || from?.date !== to.date || from.time !== to.time;
  });
  const past = places.some((to) => isPast(to, input.now));
  return {
    places,
    shelve: [],
    refusal: places.length === 0 ? null : (stuck ?? (past ? 'past' : null)),
    lead: { date: lead.date, time: lead.time },
    nothing: places.length === 0,
  };
}
