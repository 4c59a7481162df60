/** Sorted lists of chips: where one goes, how one leaves, and when two are alike. */
import type { Chip, Id } from '$lib/api';

/** Orders posts as the day shows them: by time, then by id, so that equal minutes never swap. */
export function byTime(a: Chip, b: Chip): number {
  return (a.at ?? 0) - (b.at ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** In order; the program answers in order already, so usually nothing is moved. */
export function sorted(chips: readonly Chip[]): readonly Chip[] {
  const inOrder = chips.every((chip, i) => {
    const before = chips[i - 1];
    return before === undefined || byTime(before, chip) <= 0;
  });
  return inOrder ? chips : chips.toSorted(byTime);
}

/** Where a chip goes in a sorted list. */
export function indexFor(list: readonly Chip[], chip: Chip): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    const at = list[mid];
    if (at && byTime(at, chip) < 0) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** Up to here posts are looked for one by one. */
const FEW = 32;

/**
 * A copy of a sorted list without some posts. A few are found by search, since a copy costs much less
 * than asking each of ten thousand; many are asked for in one pass.
 */
export function without(
  list: readonly Chip[],
  ids: readonly Id[],
  byId: ReadonlyMap<Id, Chip>,
): Chip[] {
  if (ids.length > FEW) {
    const out = new Set(ids);
    return list.filter((c) => !out.has(c.id));
  }
  const copy = list.slice();
  for (const id of ids) {
    const old = byId.get(id);
    if (!old) continue;
    const at = indexFor(copy, old);
    const found = copy[at]?.id === id ? at : copy.findIndex((c) => c.id === id);
    if (found >= 0) copy.splice(found, 1);
  }
  return copy;
}

/** Nothing is to be told anew: alike, and of the same version. */
export function same(a: Chip | undefined, b: Chip | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.version === b.version && alike(a, b);
}

/** The same post, equal as far as the screen shows it: nothing is to be drawn anew. */
export function alike(a: Chip, b: Chip): boolean {
  if (a === b) return true;
  return (
    a.id === b.id &&
    a.at === b.at &&
    a.status === b.status &&
    a.words === b.words &&
    a.allDay === b.allDay &&
    a.editing === b.editing &&
    a.mediaCount === b.mediaCount &&
    a.labels.join('\n') === b.labels.join('\n') &&
    a.targets.length === b.targets.length &&
    a.targets.every((t, i) => {
      const u = b.targets[i];
      return u?.accountId === t.accountId && u.state === t.state;
    })
  );
}
