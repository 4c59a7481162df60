import { tick } from 'svelte';
import type { Chip, Id, MediaInfo } from '$lib/api';
import { t } from '$lib/words';
import { carriedFile, cellOf, isFileKey, landFile } from './carry-files';
import type { CalendarController } from './controller.svelte';
import { KeyCarry } from './drag/keys.svelte';
import {
  type Carried,
  carried,
  defaultTime,
  type Plan,
  planDrop,
  type PlanInput,
  planStep,
} from './drag/plan';
import { PointerDrag } from './drag/pointer.svelte';
import { refusalText } from './drag/words';
import { hitTest, scrollerAt } from './hit';
import { Moves } from './moves';
import { SlotTimes } from './slot-times.svelte';

/** How posts are moved about on the calendar, by pointer and by keys. */
export class Carrying {
  readonly drag: PointerDrag;
  readonly carry: KeyCarry;
  readonly moves: Moves;
  readonly slots: SlotTimes;
  /** Files of the library that may come into the hand, by the name they have there. */
  readonly files = new Map<Id, MediaInfo>();

  constructor(private readonly calendar: CalendarController) {
    const { app } = calendar;
    this.moves = new Moves(app);
    this.slots = new SlotTimes(app, () => {
      this.drag.retarget();
      this.carry.replan();
    });
    this.drag = new PointerDrag({
      hit: hitTest,
      carry: (id) => this.around(id),
      plan: (target, posts, leadId, copy) =>
        planDrop(target, { ...this.input(posts, leadId), copy: copy && !isFileKey(leadId) }),
      drop: (plan, copy, leadId, again) => void this.land(plan, copy, leadId, again),
      cancelled: (posts, leadId, refusal) => this.moves.cancelled(posts, leadId, refusal),
      bounds: () => calendar.root?.querySelector('[data-leaf]')?.getBoundingClientRect() ?? null,
      leaf: (by) => {
        calendar.leaf(by);
        requestAnimationFrame(() => this.drag.retarget());
      },
      scroller: scrollerAt,
    });
    this.carry = new KeyCarry({
      input: (posts, leadId) => this.input(posts, leadId),
      formats: () => app.session.formats,
      show: (plan) => {
        calendar.keep = this.carry.leadId;
        if (plan.lead) calendar.reveal(plan.lead.date);
        void tick().then(() => this.sight());
        if (isFileKey(this.carry.leadId)) return this.#light(plan);
        const guess = this.moves.show(plan);
        return () => guess.drop();
      },
      drop: (plan, copy, leadId, again) => void this.#landByKeys(plan, copy, leadId, again),
      say: (text) => app.announcer.say(text),
      wordsOf: (p) => p.words || t('common.noWords'),
    });
  }

  /** Brings what is carried by keys into sight: its hour, or its row. */
  sight(): void {
    const { active, plan, leadId } = this.carry;
    if (!active || !plan?.lead) return;
    const { time } = plan.lead;
    if (time !== null) this.calendar.showHour?.(Number(time.slice(0, 2)));
    this.calendar.showRow?.(leadId);
  }

  /** A post with the selection around it, as it is carried. */
  around(id: Id): Carried[] {
    const { app, zone } = this.calendar;
    const file = this.files.get(id);
    if (file) return [carriedFile(file)];
    return app.selection
      .around(id)
      .flatMap((each) => app.posts.get(each) ?? [])
      .map((chip) => carried(chip, zone));
  }

  input(posts: readonly Carried[], leadId: Id): PlanInput {
    const { app, usualTime } = this.calendar;
    const now = app.wallNow;
    return {
      posts,
      leadId,
      now,
      copy: false,
      timeFor: (date, post) =>
        this.slots.get(
          date,
          isFileKey(post.id) ? app.session.accountsForNew() : accountsOf(app.posts.get(post.id)),
        ) ?? defaultTime(date, now, usualTime),
    };
  }

  /** Moves a post, or the selection around it, without picking it up. */
  nudge(id: Id, days: number, minutes: number): void {
    const posts = this.around(id);
    const again = () => planStep(days, minutes, this.input(posts, id));
    const plan = again();
    if (plan.refusal) this.calendar.app.messages.info(refusalText(plan.refusal));
    else if (!plan.nothing) void this.land(plan, false, id, again);
  }

  /**
   * Carries a plan out. Where a draft's time hangs on a slot still being asked for, it is shown on
   * its day and waited for; `again` then plans anew. Answers the copies it made, in the plan's order.
   */
  async land(
    plan: Plan,
    copy: boolean,
    leadId: Id,
    again: (() => Plan) | null = null,
  ): Promise<Id[]> {
    const file = this.files.get(leadId);
    if (file) {
      await landFile(this.calendar, file, plan, again);
      return [];
    }
    // What was dropped is seen and has the focus, also on another page and where a full day hides it.
    if (!copy && plan.lead) {
      this.calendar.keep = leadId;
      this.calendar.reveal(plan.lead.date);
    }
    const drafts = new Set(plan.places.flatMap(({ id }) => (this.#undated(id) ? [id] : [])));
    let final = plan;
    if (again && this.#unknown(plan, drafts).length > 0) {
      const guess = copy ? null : this.moves.show(plan);
      this.#follow(plan, copy, leadId);
      // Twice at most: a change meanwhile makes an answer old, but a drop must not wait for ever.
      for (let i = 0; i < 2 && this.#unknown(plan, drafts).length > 0; i += 1)
        await Promise.all(this.#unknown(plan, drafts).map((ask) => ask()));
      guess?.drop();
      final = again();
    }
    if (final.refusal) {
      this.calendar.app.messages.info(refusalText(final.refusal));
      return [];
    }
    const copies = this.moves.drop(final, copy, leadId);
    this.#follow(final, copy, leadId);
    return copies;
  }

  async #landByKeys(plan: Plan, copy: boolean, leadId: Id, again: () => Plan): Promise<void> {
    const copies = await this.land(plan, copy, leadId, again);
    if (!copy) return;
    // Where none could be made, the post that was carried has the focus again.
    const made = copies[plan.places.findIndex((p) => p.id === leadId)] ?? copies[0] ?? leadId;
    void this.calendar.focus.chipSoon(made);
  }

  /** A file carried by keys is no post yet: the cell it would land in lights up. */
  #light(plan: Plan): () => void {
    const { drag } = this;
    drag.target = cellOf(this.calendar, plan);
    drag.plan = plan;
    return () => {
      drag.target = null;
      drag.plan = null;
    };
  }

  #undated(id: Id): boolean {
    return this.calendar.app.posts.get(id)?.at === null;
  }

  /** Days of drafts in a plan whose slots are not known yet, as what asks for them. */
  #unknown(plan: Plan, drafts: ReadonlySet<Id>): (() => Promise<unknown>)[] {
    return plan.places.flatMap(({ id, date }) => {
      if (!drafts.has(id)) return [];
      const accounts = accountsOf(this.calendar.app.posts.get(id));
      return this.slots.knows(date, accounts) ? [] : [() => this.slots.ask(date, accounts)];
    });
  }

  #follow(plan: Plan, copy: boolean, leadId: Id): void {
    if (!copy && plan.places.length > 0) void this.calendar.focus.chipSoon(leadId);
  }
}

const accountsOf = (chip: Chip | undefined): Id[] =>
  chip?.targets.map((target) => target.accountId) ?? [];
