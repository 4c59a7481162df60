import type { QueueColumn } from '$lib/api';

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

/** The order after a post moved one place; null at the end. */
export function stepped(order: string[], id: string, by: -1 | 1): string[] | null {
  const other = order[order.indexOf(id) + by];
  return other === undefined ? null : putAt(order, id, other);
}
