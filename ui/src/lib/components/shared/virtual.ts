/** Rows from the first to before the last. */
export interface Rows {
  first: number;
  last: number;
}

/** Which rows of equal height are needed: those seen and some spare ones on both sides. */
export function rowWindow(
  top: number,
  height: number,
  rowHeight: number,
  count: number,
  spare: number,
): Rows {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - spare));
  const last = Math.min(count, Math.ceil((top + Math.max(height, rowHeight)) / rowHeight) + spare);
  return { first, last: Math.max(first, last) };
}

/**
 * Which rows are alive: those needed, and of those that were alive up to `slack` more. WebKit paints all that lies
 * between two changes of one frame, so to let a row go above at each that comes below would paint the whole list.
 */
export function aliveRows(before: Rows, needed: Rows, slack: number, count: number): Rows {
  const first = Math.min(before.first, needed.first);
  const last = Math.min(count, Math.max(before.last, needed.last));
  const touch = before.first <= needed.last && needed.first <= before.last;
  const few = last - first <= needed.last - needed.first + slack;
  return touch && few ? { first, last } : needed;
}
