import type { SlotDraft } from '$lib/api';

export function sameSlot(a: SlotDraft, b: SlotDraft): boolean {
  return a.weekday === b.weekday && a.time === b.time;
}

/** With one slot more, in order; null when it is there already. */
export function addSlot(slots: SlotDraft[], slot: SlotDraft): SlotDraft[] | null {
  if (slots.some((s) => sameSlot(s, slot))) return null;
  return [...slots, slot].toSorted((a, b) => a.weekday - b.weekday || a.time.localeCompare(b.time));
}

export function byDay(slots: SlotDraft[], weekday: number): SlotDraft[] {
  return slots.filter((s) => s.weekday === weekday);
}
