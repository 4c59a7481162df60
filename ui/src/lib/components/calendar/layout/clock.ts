import type { Chip } from '$lib/api';
import { minuteOfTime, wallAt } from '$lib/time';
import type { Cell } from './fill';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/**
 * Minute of the day of a post, given the borders of its day. Only a day with a clock change needs
 * zone maths.
 */
export function minuteOf(chip: Chip, start: number, end: number, zone: string): number {
  const at = chip.at ?? start;
  return end - start === DAY
    ? Math.floor((at - start) / 60_000)
    : minuteOfTime(wallAt(at, zone).time);
}

/** Minute of the day of a post in an hour cell; zone maths only in an hour the clock changes. */
export function minuteIn(chip: Chip, cell: Cell, zone: string): number {
  const at = chip.at ?? cell.start;
  return cell.end - cell.start === HOUR && cell.hour !== null
    ? cell.hour * 60 + Math.floor((at - cell.start) / 60_000)
    : minuteOfTime(wallAt(at, zone).time);
}
