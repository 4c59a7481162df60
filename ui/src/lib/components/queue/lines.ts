import type { Id, PausedDay, Queue, QueueColumn, QueueEntry } from '$lib/api';

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
