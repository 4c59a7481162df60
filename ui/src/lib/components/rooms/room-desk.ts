import { getContext, hasContext, setContext } from 'svelte';
import type { Chip, Id, Move } from '$lib/api';
import { type Desk, provideDesk } from '$lib/components/calendar/desk';
import {
  type Carried,
  defaultTime,
  type Plan,
  type PlanInput,
} from '$lib/components/calendar/drag/plan';
import { refusalText } from '$lib/components/calendar/drag/words';
import { Moves } from '$lib/components/calendar/moves';
import { SlotTimes } from '$lib/components/calendar/slot-times.svelte';
import { type Ask, Surfaces } from '$lib/components/calendar/surfaces.svelte';
import type { MenuItem } from '$lib/components/shared/menu';
import type { App } from '$lib/state/app.svelte';
import type { IsoDate } from '$lib/time';

const KEY = Symbol('room-desk');

/** The menu of a post in a room of lists: it is for the one row, and the room's list follows the feed. */
export class RoomDesk implements Desk {
  readonly surfaces: { menu: Surfaces['menu']; ask: Ask | null } = new Surfaces();
  readonly moves: Moves;
  readonly keyed = false;
  readonly #slots: SlotTimes;
  /** Posts whose menu was opened, as they stood then. */
  readonly #chips = new Map<Id, Chip>();
  /** What the row can do beside what every post can. */
  #own: readonly MenuItem[] = [];

  constructor(private readonly app: App) {
    this.moves = new Moves(app, (id) => this.#chips.get(id));
    this.#slots = new SlotTimes(app, () => undefined);
  }

  get zone(): string {
    return this.app.session.zone;
  }

  /** Opens the menu of a row; `own` are lines of this row alone. */
  open(
    chip: Chip,
    row: HTMLElement,
    point: { x: number; y: number } | null,
    own: readonly MenuItem[] = [],
  ): void {
    this.#chips.set(chip.id, chip);
    this.#own = own;
    row.focus();
    this.surfaces.menu = { kind: 'post', id: chip.id, anchor: point ?? row, restore: row };
  }

  chips(ids: readonly Id[]): Chip[] {
    return ids.flatMap((id) => this.#chips.get(id) ?? []);
  }

  own(): MenuItem[] {
    return [...this.#own];
  }

  around(id: Id): Id[] {
    return [id];
  }

  /** The list hands the focus on by itself. */
  afterGone(): () => void {
    return () => undefined;
  }

  planInput(posts: readonly Carried[], leadId: Id): PlanInput {
    const now = this.app.wallNow;
    const usual = this.app.session.data?.settings.usualTime.slice(0, 5);
    return {
      posts,
      leadId,
      now,
      copy: false,
      timeFor: (date, post) =>
        this.#slots.get(date, this.#accounts(post.id)) ?? defaultTime(date, now, usual),
    };
  }

  land(plan: Plan, leadId: Id, again: (() => Plan) | null): void {
    void this.#land(plan, leadId, again);
  }

  async #land(plan: Plan, leadId: Id, again: (() => Plan) | null): Promise<void> {
    let final = plan;
    if (again) {
      await Promise.all(
        plan.places
          .filter(({ id }) => this.#chips.get(id)?.at === null)
          .map(({ id, date }) => this.#slots.ask(date, this.#accounts(id))),
      );
      final = again();
    }
    if (final.refusal) this.app.messages.info(refusalText(final.refusal));
    else await this.moves.drop(final, false, leadId);
  }

  moveAlong(moves: Move[]): void {
    void this.moves.moveAlong(moves);
  }

  turnTo(date: IsoDate): void {
    this.app.router.go('calendar', { date });
  }

  #accounts(id: Id): Id[] {
    return this.#chips.get(id)?.targets.map((target) => target.accountId) ?? [];
  }
}

/** For the rows of a room; the room draws `RoomMenus`. */
export function provideRoomDesk(app: App): RoomDesk {
  return setContext(KEY, provideDesk(new RoomDesk(app)));
}

/** None where a row stands in something that has no menus. */
export function roomDesk(): RoomDesk | null {
  return hasContext(KEY) ? getContext<RoomDesk>(KEY) : null;
}
