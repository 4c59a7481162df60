import { getContext, setContext } from 'svelte';
import type { Chip, Id, Move } from '$lib/api';
import type { MenuItem } from '$lib/components/shared/menu';
import type { IsoDate } from '$lib/time';
import type { CalendarController } from './controller.svelte';
import type { Carried, Plan, PlanInput } from './drag/plan';
import type { Moves } from './moves';
import type { Surfaces } from './surfaces.svelte';

const KEY = Symbol('desk');

/** What the menu of a post and the windows it opens act on: the calendar, or a list in another room. */
export interface Desk {
  readonly moves: Moves;
  readonly surfaces: Pick<Surfaces, 'menu' | 'ask'>;
  readonly zone: string;
  /** The keys that stand beside the lines of the menu work here. */
  readonly keyed: boolean;
  /** What only this room can do with the post a menu was opened on. */
  own?(id: Id): MenuItem[];
  /** The posts that are known here. */
  chips(ids: readonly Id[]): Chip[];
  /** What a menu opened on this post is for; that post is the first. */
  around(id: Id): Id[];
  /** Where the focus goes when these posts leave. */
  afterGone(ids: Id[]): () => void;
  planInput(posts: readonly Carried[], leadId: Id): PlanInput;
  /** Carries a plan out; `again` plans anew where a draft's time had yet to be asked for. */
  land(plan: Plan, leadId: Id, again: (() => Plan) | null): void;
  /** Moves a post with all later ones. */
  moveAlong(moves: Move[], leadId: Id, date: IsoDate | null): void;
  /** Turns to a date. */
  turnTo(date: IsoDate): void;
}

/** The desk of the calendar: what moved is seen there and has the focus. */
export function calendarDesk(calendar: CalendarController): Desk {
  const { app, moves, surfaces } = calendar;
  return {
    moves,
    surfaces,
    get zone() {
      return calendar.zone;
    },
    keyed: true,
    chips: (ids) => ids.flatMap((id) => app.posts.get(id) ?? []),
    around: (id) => app.selection.led(id),
    afterGone: (ids) => calendar.afterGone(ids),
    planInput: (posts, leadId) => calendar.carrying.input(posts, leadId),
    land: (plan, leadId, again) => void calendar.carrying.land(plan, false, leadId, again),
    moveAlong: (all, leadId, date) => {
      if (date !== null) calendar.reveal(date);
      void moves.moveAlong(all).then(() => calendar.focus.chipSoon(leadId));
    },
    turnTo: (date) => {
      calendar.goTo(date);
      void calendar.focus.daySoon(date);
    },
  };
}

export function provideDesk<D extends Desk>(desk: D): D {
  return setContext(KEY, desk);
}

export function getDesk(): Desk {
  return getContext<Desk>(KEY);
}
