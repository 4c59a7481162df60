import { type IsoDate, timeOfMinute, type Wall } from '$lib/time';
import { t } from '$lib/words';
import type { CalendarController } from './controller.svelte';
import { defaultTime, timeInHour } from './drag/plan';

/** The time a new post gets on a day: next full hour today, else the accounts' next slot, else 09:00. */
export async function newTime(calendar: CalendarController, date: IsoDate): Promise<string> {
  const { app, usualTime } = calendar;
  const now = app.wallNow;
  if (date === now.date) return defaultTime(date, now);
  const slot = await calendar.carrying.slots.ask(date, app.session.accountsForNew());
  return slot ?? defaultTime(date, now, usualTime);
}

/** A day or an hour that takes no new posts any more; the one that runs still does. */
export function isOver(now: Wall, date: IsoDate, hour: number | null): boolean {
  const timed = hour !== null && hour >= 0;
  return date < now.date || (date === now.date && timed && hour < hourOf(now));
}

/** The time a new post gets in an hour; null for a day as a whole. */
export function timeOf(now: Wall, date: IsoDate, hour: number | null): string | null {
  if (hour === null || hour < 0) return null;
  // The running hour is still open, but not for its first minute.
  const open = date === now.date && hour === hourOf(now);
  return open ? timeInHour(now.time) : timeOfMinute(hour * 60);
}

const hourOf = (now: Wall) => Number(now.time.slice(0, 2));

/**
 * Opens the composer for a day, or for an exact hour. A day that is over takes no new posts. It opens at
 * once, so that what is typed next is its text; a slot that has to be looked up comes later.
 */
export function newPost(
  { app, carrying, usualTime }: CalendarController,
  date: IsoDate,
  hour: number | null,
): void {
  const now = app.wallNow;
  if (isOver(now, date, hour)) {
    app.messages.info(t('cal.newInPast'));
    return;
  }
  const exact = timeOf(now, date, hour);
  if (exact !== null) {
    app.router.newPost({ date, time: exact });
    return;
  }
  const time = defaultTime(date, now, usualTime);
  if (date === now.date) app.router.newPost({ date, time });
  else {
    const slot = carrying.slots.ask(date, app.session.accountsForNew());
    app.router.newPost({ date, time, slot });
  }
}
