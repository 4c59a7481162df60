import { SvelteSet } from 'svelte/reactivity';
import { daysBetween, type Formats, type IsoDate } from '$lib/time';
import { type Carried, type Plan, planStep, type PlanInput } from './plan';
import { backText, pickedUpText, stepText } from './words';

/** What carrying by keys needs of the calendar around it. */
export interface CarryWorld {
  input(posts: readonly Carried[], leadId: string): PlanInput;
  formats(): Formats;
  /** Shows the carried posts at their new places; returns how to take that back. */
  show(plan: Plan): () => void;
  /** `again` plans anew, once what was waited for is known. */
  drop(plan: Plan, copy: boolean, leadId: string, again: () => Plan): void;
  say(text: string): void;
  wordsOf(post: Carried): string;
}

/**
 * Posts carried by keys: Space picks up, arrows step, Enter or Space drops, with Ctrl a copy, Escape puts
 * back.
 */
export class KeyCarry {
  readonly ids = new SvelteSet<string>();
  active = $state(false);
  plan = $state.raw<Plan | null>(null);
  /** What was spoken last: where it all stands, or why it cannot be dropped there. */
  told = $state('');
  leadId = '';

  #posts: readonly Carried[] = [];
  #days = 0;
  #minutes = 0;
  #takeBack: (() => void) | null = null;

  constructor(private readonly world: CarryWorld) {}

  pickUp(posts: readonly Carried[], leadId: string): void {
    const lead = posts.find((p) => p.id === leadId);
    if (!lead) return;
    this.#posts = posts;
    this.leadId = leadId;
    this.#days = 0;
    this.#minutes = 0;
    for (const p of posts) this.ids.add(p.id);
    this.active = true;
    this.#tell(pickedUpText(posts, this.world.wordsOf(lead)));
    // A draft from the shelf has no day yet: it starts on one at once, so there is something to step from.
    if (lead.date === null) this.#show(this.#planned()());
  }

  /** Where the post in hand stands now; null for a draft that was not moved yet. */
  get place(): Plan['lead'] {
    if (this.plan?.lead) return this.plan.lead;
    const lead = this.#posts.find((p) => p.id === this.leadId);
    return lead?.date ? { date: lead.date, time: lead.time } : null;
  }

  /** Steps to a day, at the same time of it. */
  stepTo(date: IsoDate): void {
    const from = this.place?.date;
    if (from) this.step(daysBetween(from, date), 0);
  }

  step(days: number, minutes: number): Plan | null {
    if (!this.active) return null;
    this.#days += days;
    this.#minutes += minutes;
    const plan = this.#planned()();
    this.#show(plan);
    this.#tell(stepText(plan, this.world.formats()));
    return plan;
  }

  /** Plans what stands now; later calls keep to these posts and steps. */
  #planned(copy = false): () => Plan {
    const [days, minutes, posts, leadId] = [this.#days, this.#minutes, this.#posts, this.leadId];
    return () => planStep(days, minutes, { ...this.world.input(posts, leadId), copy });
  }

  /** Something that times depend on became known: shows and says what is different now. */
  replan(): void {
    if (!this.active || !this.plan) return;
    const plan = this.#planned()();
    const before = this.plan.lead;
    if (before?.date === plan.lead?.date && before?.time === plan.lead?.time) return;
    this.#show(plan);
    this.#tell(stepText(plan, this.world.formats()));
  }

  #tell(text: string): void {
    this.told = text;
    this.world.say(text);
  }

  #show(plan: Plan): void {
    this.#takeBack?.();
    this.plan = plan;
    this.#takeBack = this.world.show(plan);
  }

  /** Drops what is carried, or a copy of it, where it stands; false when that is not allowed. */
  drop(copy = false): boolean {
    const { leadId } = this;
    if (!this.active) return false;
    const again = this.#planned(copy);
    const plan = copy ? again() : this.plan;
    if (plan?.refusal) {
      this.#tell(stepText(plan, this.world.formats()));
      return false;
    }
    if (!plan || plan.nothing) {
      this.cancel();
      return true;
    }
    this.#end();
    this.world.drop(plan, copy, leadId, again);
    return true;
  }

  cancel(): void {
    if (!this.active) return;
    const lead = this.#posts.find((p) => p.id === this.leadId);
    this.#end();
    if (lead) this.#tell(backText(lead, this.world.formats()));
  }

  #end(): void {
    this.#takeBack?.();
    this.#takeBack = null;
    this.active = false;
    this.plan = null;
    this.ids.clear();
    this.#posts = [];
  }
}
