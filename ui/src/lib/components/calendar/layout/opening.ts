import { minuteOfTime } from '$lib/time';

/**
 * The hour a week or a day opens at, as rows from the top: an hour before now where now is in view,
 * else just before the first post, else before work begins. Never midnight by default.
 */
export function openingHour(at: {
  /** Minute of the day, when today is in view. */
  now: number | null;
  firstPost: number | null;
  work: string;
}): number {
  if (at.now !== null) return Math.max(0, at.now / 60 - 1.5);
  if (at.firstPost !== null) return Math.max(0, at.firstPost - 0.25);
  return Math.max(0, minuteOfTime(at.work) / 60 - 1);
}
