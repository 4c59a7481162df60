import { type IsoDate, timeOfMinute } from '$lib/time';
import { t } from '$lib/words';
import type { CalendarController } from './controller.svelte';
import { defaultTime, isPast, timeInHour } from './drag/plan';

/** The time a new post gets on a day: next full hour today, else the accounts' next slot, else 09:00. */
export async function newTime(calendar: CalendarController, date: IsoDate): Promise<string> {
  const { app, usualTime } = calendar;
  const now = app.wallNow;
  if (date === now.date) return defaultTime(date, now);
  const slot = await calendar.carrying.slots.ask(date, app.session.accountsForNew());
  return slot ?? defaultTime(date, now, usualTime);
}

/** Opens the composer for a day, or for an exact hour. A day that is over takes no new posts. */
export async function newPost(
  calendar: CalendarController,
  date: IsoDate,
  hour: number | null,
): Promise<void> {
  const { app } = calendar;
  const now = app.wallNow;
  const running = Number(now.time.slice(0, 2));
  const timed = hour !== null && hour >= 0;
  if (date < now.date || (date === now.date && timed && hour < running)) {
    app.messages.info(t('cal.newInPast'));
    return;
  }
  // The running hour is still open, but not for its first minute.
  const time = !timed
    ? await newTime(calendar, date)
    : date === now.date && hour === running
      ? timeInHour(now.time)
      : timeOfMinute(hour * 60);
  // The minute may have come while the slot was asked for.
  const late = isPast({ date, time }, app.wallNow);
  app.router.newPost({ date, time: late ? defaultTime(date, app.wallNow) : time });
}
