import {
  ApiError,
  type Chip,
  type EditorialStatus,
  type Id,
  type Move,
  type Place,
  type Scheduling,
  type Written,
} from '$lib/api';
import { keySpoken } from '$lib/components/shared/key-text';
import type { App } from '$lib/state/app.svelte';
import { UNDO } from '$lib/state/keymap';
import type { OpenGuess } from '$lib/state/posts.svelte';
import { instantOf, place } from '$lib/time';
import { t, withNotes, type WordKey } from '$lib/words';
import {
  type Carried,
  carried,
  fixed,
  isInFlight,
  type Plan,
  type Refusal,
  type Spot,
} from './drag/plan';
import { backText, refusalText } from './drag/words';

const SHELF: Place = { kind: 'shelf' };

/** A spot as the program takes it. The zone is the calendar's. */
export function placeOf(spot: { date: string; time: string | null }): Place {
  return spot.time === null
    ? { kind: 'day', date: spot.date, zone: null }
    : { kind: 'wall', wall: `${spot.date}T${spot.time}:00`, zone: null };
}

const movesOf = (spots: readonly Spot[]) =>
  spots.map((spot) => ({ id: spot.id, place: placeOf(spot) }));

/** Carries plans out: shown at once, rolled back with a reason when the program says no. */
export class Moves {
  /** `known` finds the posts that the room shows. */
  constructor(
    private readonly app: App,
    private readonly known: (id: Id) => Chip | undefined = (id) => app.posts.get(id),
  ) {}

  /** The keys that take a change back, as they are spoken. */
  get #undo(): string {
    return keySpoken(this.app.keyOf(UNDO));
  }

  /** Who may not publish puts ideas on the calendar as plans; what is scheduled stays where it is. */
  get #scheduling(): Scheduling {
    return this.app.may('publish_content') ? 'if_ready' : 'plan';
  }

  #words(id: Id): string {
    return this.known(id)?.words || t('common.noWords');
  }

  /** Shows a plan without doing it. */
  show(plan: Plan): OpenGuess {
    const { zone } = this.app.session;
    return this.app.posts.guess(
      plan.places.map((p) => ({
        id: p.id,
        at: instantOf(p.date, p.time ?? '00:00', zone),
        allDay: p.time === null,
      })),
    );
  }

  /** Does what was planned; answers the copies it put onto days. */
  async drop(plan: Plan, copy: boolean, leadId: Id): Promise<Id[]> {
    if (plan.shelve.length > 0)
      await (copy ? this.duplicate(plan.shelve) : this.unschedule(plan.shelve));
    else if (copy) return this.#copy(plan);
    else await this.#move(plan, leadId);
    return [];
  }

  cancelled(posts: readonly Carried[], leadId: Id, refusal: Refusal | null): void {
    const lead = posts.find((p) => p.id === leadId);
    if (!lead) return;
    const back = backText(lead, this.app.session.formats);
    if (refusal === null) this.app.announcer.say(back);
    else {
      const why = refusalText(refusal);
      this.app.messages.info(why, { spoken: `${why}. ${back}` });
    }
  }

  async #move(plan: Plan, leadId: Id): Promise<void> {
    const { app } = this;
    const words = this.#words(leadId);
    const ids = plan.places.map((p) => p.id);
    const guess = this.show(plan);
    try {
      const { notes } = await app.posts.turns.run(ids, () =>
        app.api.posts.move({ moves: movesOf(plan.places), scheduling: this.#scheduling }),
      );
      this.#say(plan, notes);
    } catch (error) {
      guess.drop();
      const fault = ApiError.from(error);
      app.messages.problem(t('move.failed', { words, why: fault.message }), {
        details: fault.detail,
      });
      return;
    }
    await this.#reread(ids, guess);
  }

  /** What was done, where it lies now, and what the program adds: a draft that is not ready to go out. */
  #say(plan: Plan, notes: readonly string[]): void {
    const { formats, zone } = this.app.session;
    const { lead, places } = plan;
    if (!lead) return;
    const n = places.length;
    const undo = this.#undo;
    const placed = lead.time === null ? null : place(lead.date, lead.time, zone);
    const at = placed?.wall ?? lead;
    const moment = formats.moment(at.date, at.time);
    const long = formats.momentLong(at.date, at.time);
    if (notes.length > 0) {
      const done = n === 1 ? t('move.moved', { moment }) : t('move.movedMany', { n });
      const more = notes.length > 1 ? ` ${t('cal.more', { n: notes.length - 1 })}` : '';
      const spoken =
        n === 1
          ? t('speak.moved', { moment: long, undo })
          : t('speak.movedMany', { n, moment: long, undo });
      this.app.done(`${done}. ${notes[0]}${more}`, `${spoken} ${notes[0]}${more}`);
    } else if (n === 1 && placed?.note === 'gap') this.app.done(t('move.gap', { moment }));
    else if (n === 1 && placed?.note === 'twice') this.app.done(t('move.twice', { moment }));
    else if (n === 1)
      this.app.done(t('move.moved', { moment }), t('speak.moved', { moment: long, undo }));
    else this.app.done(t('move.movedMany', { n }), t('speak.movedMany', { n, moment: long, undo }));
  }

  /** A post with all later ones, as the preview showed it. */
  async moveAlong(moves: Move[]): Promise<void> {
    const ids = moves.map((m) => m.id);
    await this.#run(async () => {
      const written = await this.app.posts.turns.run(ids, () =>
        this.app.api.posts.move({ moves, scheduling: this.#scheduling }),
      );
      this.app.wrote(written, t('move.movedMany', { n: moves.length }));
      return ids;
    });
  }

  async #copy(plan: Plan): Promise<Id[]> {
    const { app } = this;
    const { lead } = plan;
    let copies: Id[] = [];
    await this.#run(async () => {
      const written = await app.api.posts.copy({ copies: movesOf(plan.places) });
      const n = plan.places.length;
      const { formats } = app.session;
      if (n === 1 && lead)
        app.wrote(
          written,
          t('move.copied', { moment: formats.moment(lead.date, lead.time) }),
          t('speak.copied', { moment: formats.momentLong(lead.date, lead.time), undo: this.#undo }),
        );
      else app.wrote(written, t('move.copiedMany', { n }));
      copies = written.value.posts.map((p) => p.id);
      return copies;
    });
    return copies;
  }

  /** Takes the dates away. */
  async unschedule(ids: Id[]): Promise<void> {
    const { app } = this;
    const guess = app.posts.guess(ids.map((id) => ({ id, at: null, allDay: false })));
    await this.#run(async () => {
      const written = await app.posts.turns.run(ids, () =>
        app.api.posts.move({
          moves: ids.map((id) => ({ id, place: SHELF })),
          scheduling: 'plan',
        }),
      );
      const n = ids.length;
      if (n === 1)
        app.wrote(written, t('move.unscheduled'), t('speak.unscheduled', { undo: this.#undo }));
      else app.wrote(written, t('move.unscheduledMany', { n }));
      return ids;
    }, guess);
  }

  /** Like `unschedule`, after a look at what may not be moved. True: they go. */
  unscheduleThese(ids: Id[]): boolean {
    if (this.#refuses(ids)) return false;
    const dated = ids.filter((id) => this.known(id)?.at !== null);
    if (dated.length > 0) void this.unschedule(dated);
    return dated.length > 0;
  }

  /** Like `remove`; a post that is going out stays. True: they go. */
  removeThese(ids: Id[]): boolean {
    const busy = ids.find((id) => {
      const status = this.known(id)?.status;
      return status !== undefined && isInFlight(status);
    });
    if (busy !== undefined && this.#refuses([busy])) return false;
    void this.remove(ids);
    return true;
  }

  /** Says why these stay where they are; true when they do. */
  #refuses(ids: Id[]): boolean {
    const { zone } = this.app.session;
    const posts = ids.flatMap((id) => this.known(id) ?? []);
    const refusal = fixed(posts.map((chip) => carried(chip, zone)));
    if (refusal) this.app.messages.info(refusalText(refusal));
    return refusal !== null;
  }

  async duplicate(ids: Id[]): Promise<void> {
    const { app } = this;
    await this.#run(async () => {
      const written = await app.api.posts.copy({
        copies: ids.map((id) => ({ id, place: SHELF })),
      });
      app.wrote(written, t('done.duplicated', { n: ids.length }));
      return written.value.posts.map((p) => p.id);
    });
  }

  async remove(ids: Id[]): Promise<void> {
    const { app } = this;
    const first = ids[0];
    const text =
      ids.length === 1 && first
        ? t('done.deletedOne', { words: this.#words(first) })
        : t('done.deleted', { n: ids.length });
    const guess = app.posts.guessGone(ids);
    await this.#run(async () => {
      const written = await app.posts.turns.run(ids, () => app.api.posts.remove({ ids }));
      for (const id of ids) app.selection.ids.delete(id);
      app.wrote(written, text);
      return ids;
    }, guess);
  }

  async setLabels(ids: Id[], add: string[], remove: string[]): Promise<void> {
    const { app } = this;
    if (add.length + remove.length === 0) return;
    await this.#run(async () => {
      const written = await app.api.posts.label({ ids, add, remove });
      app.wrote(written, t('done.labels', { n: ids.length }));
      return ids;
    });
  }

  /** Takes posts back before they are sent, or after they were not. */
  callOff(ids: Id[]): Promise<void> {
    return this.#decide(ids, 'callOff.done', 'callOff.doneOne', () =>
      this.app.api.posts.cancel({ ids }),
    );
  }

  /** Calls posts for again that were called off. */
  useAgain(ids: Id[]): Promise<void> {
    return this.#decide(ids, 'callOff.usedAgain', 'callOff.usedAgainOne', () =>
      this.app.api.posts.use_again({ ids }),
    );
  }

  /** The same on one account of a post. */
  onTarget(id: Id, targetId: Id, command: 'cancel' | 'use_again'): Promise<void> {
    const one = command === 'cancel' ? 'callOff.doneOne' : 'callOff.usedAgainOne';
    return this.#decide([id], one, one, () => this.app.api.targets[command]({ id: targetId }));
  }

  /** How far the writing of posts is. */
  setEditorial(ids: Id[], status: Exclude<EditorialStatus, 'scheduled' | 'cancelled'>) {
    const done = `editorial.done.${status}` as const;
    return this.#decide(ids, done, done, () => this.app.api.posts.editorial({ ids, status }));
  }

  /** A step that can be undone, told with what the program adds. */
  async #decide(
    ids: Id[],
    many: WordKey,
    one: WordKey,
    step: () => Promise<Written<unknown>>,
  ): Promise<void> {
    const { app } = this;
    const words = this.#words(ids[0] ?? '');
    await this.#run(async () => {
      const written = await app.posts.turns.run(ids, step);
      const done = ids.length === 1 ? t(one, { words, n: 1 }) : t(many, { n: ids.length });
      app.wrote(written, done);
      return ids;
    });
  }

  /** Each by itself: one that is refused keeps no other from going out. */
  async publishNow(ids: Id[]): Promise<void> {
    const { app } = this;
    const notes = new Set<string>();
    const refused: { id: Id; error: ApiError }[] = [];
    for (const id of ids)
      try {
        const written = await app.api.posts.publish_now({ id });
        for (const note of written.notes) notes.add(note);
      } catch (thrown) {
        refused.push({ id, error: ApiError.from(thrown) });
      }
    const [first] = refused;
    const n = ids.length - refused.length;
    const done = n === 0 ? '' : withNotes(t('done.publishing', { n }), [...notes]);
    if (first === undefined) app.messages.info(done);
    else {
      const { id, error } = first;
      const holes = { n: refused.length, words: this.#words(id), why: error.message };
      app.messages.problem([t('publish.refused', holes), done].join(' ').trim(), {
        details: error.detail,
        actions: [{ label: t('common.open'), run: () => app.router.openPost(id) }],
      });
    }
    await this.#reread(ids, null);
  }

  /** What a network holds until its time waits here again. */
  async takeBack(id: Id, targetId: Id, network: string): Promise<void> {
    const { app } = this;
    const words = this.#words(id);
    await this.#run(async () => {
      const written = await app.api.targets.take_back({ id: targetId });
      app.wrote(written, t('done.takenBack', { words, network }));
      return [id];
    });
  }

  async deleteOnNetwork(id: Id, targetId: Id, network: string): Promise<void> {
    const { app } = this;
    const words = this.#words(id);
    await this.#run(async () => {
      const written = await app.api.targets.delete_on_network({ id: targetId });
      app.wrote(written, t('done.deletedOnNetwork', { words, network }));
      return [id];
    });
  }

  /** Runs a change and reads what it touched; a failure is told at the bottom and takes the guess back. */
  async #run(change: () => Promise<Id[]>, guess: OpenGuess | null = null): Promise<void> {
    let ids: Id[];
    try {
      ids = await change();
    } catch (error) {
      guess?.drop();
      this.app.messages.failed(ApiError.from(error));
      return;
    }
    await this.#reread(ids, guess);
  }

  /** The change is done; if it cannot be read back, what was guessed holds until the feed brings it. */
  async #reread(ids: Id[], guess: OpenGuess | null): Promise<void> {
    try {
      await this.app.posts.refresh(ids);
      guess?.drop();
    } catch (error) {
      guess?.keep();
      this.app.messages.failed(ApiError.from(error));
    }
  }
}
