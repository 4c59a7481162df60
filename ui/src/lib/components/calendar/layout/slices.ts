import type { Chip } from '$lib/api';

/** Index of the first post at or after an instant in a list sorted by time, looking from an index on. */
export function firstAt(list: readonly Chip[], at: number, from = 0): number {
  let low = from;
  let high = list.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((list[mid]?.at ?? 0) < at) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** Posts from `from` up to, not including, `to`. */
export function between(list: readonly Chip[], from: number, to: number): readonly Chip[] {
  return list.slice(firstAt(list, from), firstAt(list, to));
}

/** Where each stretch between borders begins; as many as borders, each found from the one before. */
export function cuts(list: readonly Chip[], borders: readonly number[]): number[] {
  let from = 0;
  return borders.map((border) => (from = firstAt(list, border, from)));
}
