import type { QueueColumn, SlotTime } from '$lib/api';

/** The queued posts of a column in order: those that stand in slots, not those with a time of their own. */
export function queued(column: QueueColumn): string[] {
  return column.entries.flatMap((e) => (e.chip?.timeSource === 'slot' ? [e.chip.id] : []));
}

/** The order after a post is put before or after another; null when nothing changes. */
export function putAt(order: string[], id: string, over: string): string[] | null {
  const from = order.indexOf(id);
  const to = order.indexOf(over);
  if (from < 0 || to < 0 || from === to) return null;
  const next = order.filter((x) => x !== id);
  next.splice(to, 0, id);
  return next;
}

/** Where a queued post goes by one place: another order, or the free slot next to it. */
export type Step = { kind: 'order'; ids: string[] } | { kind: 'slot'; slot: SlotTime };

/** One place earlier or later among the slots of a column, filled or free; null at the end. */
export function stepped(column: QueueColumn, id: string, by: -1 | 1): Step | null {
  const order = queued(column);
  // Posts with times of their own are no places of the queue.
  const places = column.entries.filter((e) => e.chip === null || e.chip.timeSource === 'slot');
  const next = places[places.findIndex((e) => e.chip?.id === id) + by];
  if (!next) return null;
  if (next.chip) {
    const ids = putAt(order, id, next.chip.id);
    return ids && { kind: 'order', ids };
  }
  return next.slot && { kind: 'slot', slot: next.slot };
}

/** The name of a free slot as a place to drop on. */
export const freeKey = (slot: Pick<SlotTime, 'accountId' | 'at'>): string =>
  `${slot.accountId}@${slot.at}`;
