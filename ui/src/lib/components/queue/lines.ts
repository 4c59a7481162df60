import type { Id, PausedDay, Queue, QueueColumn, QueueEntry } from '$lib/api';
import type { WordKey } from '$lib/words';

/** A line of the queue: a slot or post, or a day that is paused. */
export type Line =
  | { key: string; at: number; entry: QueueEntry; day?: undefined }
  | { key: string; at: number; day: PausedDay; accountId: Id };

/** Slots, posts and paused days of one account in order of time. */
export function linesOf(column: QueueColumn): Line[] {
  const days = column.pausedDays.map((day): Line => {
    const { accountId } = column;
    return { key: `${accountId}:${day.date}`, at: day.starts, day, accountId };
  });
  const entries = column.entries.map((entry): Line => {
    const key = entry.chip?.id ?? `${entry.slot?.slotId}:${entry.at}`;
    return { key, at: entry.at, entry };
  });
  // What is first at one instant stays first: the day before what stands in it.
  return [...days, ...entries].toSorted((a, b) => a.at - b.at);
}

/** The same of all accounts; a post to several of them stands there once. */
export function mergedLines(queue: Queue): Line[] {
  const seen = new Map<string, Line>();
  for (const line of queue.columns.flatMap(linesOf)) seen.set(line.key, line);
  return [...seen.values()].toSorted((a, b) => a.at - b.at);
}

/**
 * What is said where no post goes out next: posts that stand still are no empty queue. `stopped` where
 * something is paused or signed out, for what waits beyond the weeks that are shown.
 */
export function nextNone({ columns }: Queue, stopped: boolean): WordKey {
  const shown = columns.flatMap((c) => c.entries).flatMap((e) => e.chip?.status ?? []);
  if (stopped || shown.includes('scheduled')) return 'queue.nextStill';
  return shown.includes('placed') ? 'queue.nextHeld' : 'queue.nextNone';
}
