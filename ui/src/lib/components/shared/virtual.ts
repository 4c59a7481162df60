/** Which rows of equal height are alive: those seen and some spare ones on both sides. */
export function rowWindow(
  top: number,
  height: number,
  rowHeight: number,
  count: number,
  spare: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - spare));
  const last = Math.min(count, Math.ceil((top + Math.max(height, rowHeight)) / rowHeight) + spare);
  return { first, last: Math.max(first, last) };
}
