import type { Id } from '$lib/api';
import type { Anchor } from '$lib/components/shared/menu';
import type { IsoDate } from '$lib/time';

/** A small window over the calendar that asks for one thing. */
export type Ask =
  | { kind: 'moveTo'; ids: Id[] }
  | { kind: 'goTo' }
  | { kind: 'labels'; ids: Id[] }
  | { kind: 'publish'; ids: Id[] }
  | { kind: 'deleteOn'; id: Id; targetId: Id; network: string };

/** The menu of a post, or of a day or an hour of it; at most one is open. */
export type OpenMenu = { anchor: Anchor; restore: HTMLElement | null } & (
  { kind: 'post'; id: Id } | { kind: 'day'; date: IsoDate; hour: number | null }
);

/** What lies over the calendar right now; at most one of each. */
export class Surfaces {
  ask = $state.raw<Ask | null>(null);
  menu = $state.raw<OpenMenu | null>(null);
  /** The last press asked for a menu, closed one or ended carrying: the click it may end in is none. */
  spentPress = false;
  /** The last press ended carrying by keys: it asks for no menu either. */
  endedCarry = false;
  filter = $state(false);
  /** The day whose posts stand in the day window, and the hour it was opened from. */
  day = $state.raw<{ date: IsoDate; hour: number | null; anchor: DOMRect } | null>(null);
  /** The post whose card shows, and where. */
  peek = $state.raw<{ id: Id; anchor: HTMLElement; pinned: boolean } | null>(null);
  /** The pointer rests on the card itself. */
  peekHeld = false;
  shelf = $state(true);
  /** Drafts without a date, or files of the library. */
  shelfShows = $state<'drafts' | 'library'>('drafts');
  /** The card of the first start was not closed yet. */
  welcome = $state(true);
}
