/** The open post: what is written, where it stands, and everything one can do with it. */
import {
  ApiError,
  type Draft,
  type Id,
  type MediaInfo,
  type Place,
  type Post,
  type PostCheck,
  type Written,
} from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import type { ComposerTarget } from '$lib/state/router.svelte';
import { TypedDate } from '$lib/state/typed-date.svelte';
import { t } from '$lib/words';
import { Checker } from './checker.svelte';
import {
  confirmedDraft,
  draftOf,
  emptyDraft,
  emptyTarget,
  isBlank,
  isUntouched,
  mediaIds,
  sameDraft,
  segmentsOf,
  SHARED,
  type Tab,
  targetOf,
} from './draft';
import { Incoming } from './incoming.svelte';
import { nameOf } from './names';
import { NextSlot } from './next-slot.svelte';
import type { Choice, Moment } from './place';
import { momentOf, near, placeOf, slotMoment, stillAhead, toWall } from './place';
import { Rescue } from './rescue';
import { Saver } from './saver.svelte';
import { SlotWait } from './slot-wait';
import { goesOut, isOver, lockOf } from './standing';

export type Phase = 'loading' | 'ready' | 'failed' | 'gone';
/** Something that asks first, since it cannot be undone. */
export type Asking = { kind: 'now' } | { kind: 'deleteThere'; targetId: Id; accountId: Id };

export class Composer {
  phase = $state<Phase>('loading');
  error = $state.raw<unknown>(null);
  draft = $state.raw<Draft>(emptyDraft());
  tab = $state<Tab>(SHARED);
  /** The part the cursor was in last. */
  part = $state(0);
  choice = $state<Choice>('draft');
  /** A time that was chosen for a post not yet on disk, or proposed and not yet taken. */
  pending = $state.raw<Moment | null>(null);
  asking = $state.raw<Asking | null>(null);
  busy = $state(false);
  readonly incoming = new Incoming();
  readonly nextSlot: NextSlot;
  readonly rescue = new Rescue(this);
  /** Why the last action did not happen. */
  refused = $state.raw<ApiError | null>(null);
  /** Facts on files, by id. */
  media = $state.raw<ReadonlyMap<Id, MediaInfo>>(new Map());
  /** The part whose list of hashtag groups is open. */
  tagsFor = $state<number | null>(null);
  /** Where the cursor should go: the part, and where in it. Gone once it is there. */
  caret = $state.raw<{ part: number; at: number | null } | null>(null);

  saver = $state.raw() as Saver;
  /** The field for dates as one would say them. */
  readonly typed: TypedDate;
  readonly checker = new Checker((input) => this.app.api.posts.check(input));
  /** All saves of one opening are one step of the history. */
  readonly session = [...crypto.getRandomValues(new Uint32Array(4))].join('-');
  readonly post = $derived(this.phase === 'loading' ? null : this.saver.post);
  readonly moment = $derived(this.pending ?? momentOf(this.post));
  /** The moment with the time of day the program gives it where none was chosen. */
  readonly shown = $derived.by((): Moment | null => {
    const { moment } = this;
    const resolved = this.checker.checked?.resolved;
    if (moment?.time !== null || resolved?.wall.slice(0, 10) !== moment.date) return moment;
    return { ...moment, time: resolved.wall.slice(11, 16) };
  });
  readonly zone = $derived.by(() => this.moment?.zone ?? this.app.session.zone);
  readonly scheduled = $derived(this.post?.editorial === 'scheduled');
  /** An edit of a scheduled post that waits for "Update". */
  readonly edited = $derived(
    this.post !== null &&
      (this.post.workingCopy !== null || goesOut(this.post)) &&
      !sameDraft(this.draft, confirmedDraft(this.post)),
  );
  readonly locked = $derived(this.#lock(this.post));
  /** Its minute came: it was sent, or missed, or did not work. */
  readonly over = $derived(isOver(this.post));
  /** The way back that was offered last. */
  #back: (() => void) | null = null;
  readonly #timed = new SlotWait();
  /** The sheet is gone; what still runs only finishes its writing. */
  left = false;
  #stops: (() => void)[] = [];
  #newsTurn = 0;

  constructor(
    readonly app: App,
    readonly target: ComposerTarget,
  ) {
    this.saver = this.#saver(null);
    this.nextSlot = new NextSlot(app.api);
    this.typed = new TypedDate(app, () => ({
      zone: this.zone,
      base: this.shown?.time ? toWall(this.shown.date, this.shown.time) : null,
      day: this.shown?.date ?? null,
    }));
  }

  #lock(post: Post | null) {
    return lockOf(post, (permission) => this.app.may(permission));
  }

  #saver(post: Post | null): Saver {
    const { api } = this.app;
    return new Saver(
      {
        worth: (draft) => !isUntouched(draft, (id) => this.freshOptions(id)),
        create: async (draft) => {
          await this.#timed.over();
          // A time that passed meanwhile stays chosen: it keeps nothing from being stored.
          const taken = stillAhead(this.pending, this.app.host.now());
          const place = placeOf(taken);
          const calendarId = this.app.session.data?.calendarId ?? '';
          const made = await api.posts.create({ calendarId, draft, place, scheduling: 'plan' });
          // A time chosen meanwhile still has to be given to the post.
          if (this.pending === taken) this.pending = null;
          // A check that ran meanwhile may have met the post itself, without knowing that it is this one.
          void this.saver.flush().then(() => this.recheck());
          return made.value;
        },
        save: async (id, draft, version, holdsKept) =>
          (await api.posts.save({ id, draft, version, session: this.session, holdsKept })).value,
        read: (id) => api.posts.get({ id }),
      },
      this.draft,
      post,
      (draft) => {
        this.draft = draft;
        this.app.announcer.say(t('composer.changedElsewhere'));
        this.recheck();
      },
    );
  }

  /** Reads the post, or lays out a new one. */
  async open(): Promise<void> {
    this.phase = 'loading';
    try {
      if (this.target.kind === 'new') this.#begin(this.target);
      else await this.#read(this.target);
      this.phase = 'ready';
    } catch (thrown) {
      const error = ApiError.from(thrown);
      this.error = error;
      this.phase = error.code === 'not_found' ? 'gone' : 'failed';
      return;
    }
    this.recheck();
    void this.findSlot();
    void this.readMedia();
  }

  #begin(start: Extract<ComposerTarget, { kind: 'new' }>): void {
    const { session } = this.app;
    const accounts =
      start.accounts?.filter((id) => session.accountById.has(id)) ?? session.accountsForNew();
    const targets = accounts.map((id) => emptyTarget(id, this.freshOptions(id)));
    const draft = { ...emptyDraft(), targets };
    this.draft = draft;
    if (start.date)
      this.pending = { date: start.date, time: start.time ?? null, zone: session.zone };
    if (start.slot) this.#timed.begin(this.#slotComes(start.slot));
    this.choice = start.date ? 'time' : 'draft';
    this.saver = this.#saver(null);
    const text = `${start.text ?? ''}${this.app.router.takeFirstWords()}`;
    if (!text) return;
    // A text brought along is worth keeping at once.
    this.draft = { ...draft, segments: [{ text, media: [] }] };
    this.saver.change(this.draft);
  }

  /** The time the post begins with, once it is known, unless another one was chosen meanwhile. */
  async #slotComes(slot: Promise<string | null>): Promise<void> {
    const { pending } = this;
    const time = await slot;
    if (!time || !pending || this.pending !== pending) return;
    this.pending = { ...pending, time };
    this.recheck();
  }

  async #read({ id, at }: Extract<ComposerTarget, { kind: 'post' }>): Promise<void> {
    let post = await this.app.api.posts.get({ id });
    if (post.deletedAt !== null) throw new ApiError('not_found', t('composer.gone'));
    if (!this.#lock(post)) post = await this.app.api.posts.open({ id });
    this.draft = draftOf(post);
    this.saver = this.#saver(post);
    this.choice = post.when.kind === 'unplanned' ? 'draft' : 'time';
    const failed = post.targets.find((x) => x.failure !== null);
    if (failed?.overrideSegments) this.tab = failed.accountId;
    if (!at) return;
    this.tab = this.hasOwnText(at.tab) ? at.tab : SHARED;
    this.part = Math.min(at.part, segmentsOf(this.draft, this.tab).length - 1);
  }

  /** Follows the change feed and the window; returns how to let go. */
  connect(): () => void {
    const { host } = this.app;
    const save = () => void this.saver.flush();
    const hidden = () => document.visibilityState === 'hidden' && save();
    this.#stops = [
      host.on('changes', (batch) => {
        const { post } = this.saver;
        if (post && (batch.reload || batch.changes.some((c) => c.id === post.id)))
          void this.#news(post.id);
        if (batch.changes.some((c) => c.subject === 'slots' || c.subject === 'post'))
          void this.findSlot();
        if (batch.changes.some((c) => c.subject === 'account')) this.recheck();
      }),
      host.on('quitting', save),
    ];
    const closing = this.app.onClosing(
      async () =>
        (await this.incoming.letsGo(this.app, () => void (this.left || this.close()))) &&
        ((await this.saver.flush()) || (await this.rescue.keep())),
    );
    const closer = () => this.close();
    this.app.router.closer = closer;
    addEventListener('blur', save);
    addEventListener('pagehide', save);
    addEventListener('beforeunload', save);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      for (const stop of this.#stops) stop();
      // The next sheet may be here already.
      if (this.app.router.closer === closer) this.app.router.closer = null;
      removeEventListener('blur', save);
      removeEventListener('pagehide', save);
      removeEventListener('beforeunload', save);
      document.removeEventListener('visibilitychange', hidden);
      this.checker.stop();
      // What is still on its way keeps the window as well.
      void this.#leave().finally(closing);
    };
  }

  /** The sheet is gone, however that came about: nothing typed may go with it. */
  async #leave(): Promise<void> {
    this.left = true;
    await this.incoming.settled();
    if (!(await this.saver.flush())) await this.rescue.keep();
    const { post } = this.saver;
    // Only lets a post go out at its minute again; the program forgets an opening by itself too.
    if (post && !this.#lock(post))
      await this.app.api.posts.close({ id: post.id }).catch(() => undefined);
  }

  async #news(id: Id): Promise<void> {
    const turn = ++this.#newsTurn;
    try {
      const post = await this.app.api.posts.get({ id });
      // A later question has the later answer, whichever comes first.
      if (turn !== this.#newsTurn) return;
      if (post.deletedAt !== null) this.phase = 'gone';
      else {
        if (this.phase === 'gone') this.phase = 'ready';
        this.saver.news(post);
      }
    } catch (thrown) {
      if (ApiError.from(thrown).code === 'not_found') this.phase = 'gone';
    }
  }

  /** The one way a draft changes: shown, saved, checked. */
  edit(draft: Draft): void {
    if (this.locked || sameDraft(draft, this.draft)) return;
    this.draft = draft;
    this.refused = null;
    this.saver.change(draft);
    this.recheck();
  }

  /** A change that takes something away, with a way back that keeps what was typed since. */
  editUndoable(draft: Draft, message: string, back: (draft: Draft) => Draft): void {
    this.edit(draft);
    this.offer(message, () => this.edit(back(this.draft)));
  }

  /** Says what was done, with the way back: a button, and Ctrl+Z outside the fields. */
  offer(message: string, back: () => void): void {
    this.#back = back;
    this.app.messages.info(message, {
      actions: [{ label: t('common.undo'), run: () => this.takeBack() }],
    });
  }

  /** Takes back what was offered last. */
  takeBack(): void {
    const back = this.#back;
    this.#back = null;
    if (back) back();
    else this.app.messages.info(t('undo.nothing'));
  }

  #question(): PostCheck {
    const place = this.#checkPlace();
    return {
      calendarId: this.post?.calendarId ?? this.app.session.data?.calendarId ?? '',
      id: this.saver.post?.id ?? null,
      draft: this.draft,
      place,
    };
  }

  #checkPlace(): Place | null {
    const slot = this.nextSlot.found;
    if (this.choice === 'slot') return slot ? placeOf(slotMoment(slot)) : null;
    if (this.choice === 'now') return null;
    // A post that had its minute stands in the past, which is no fault of what is written.
    if (!this.moment || (this.over && !this.pending)) return null;
    return placeOf(this.moment);
  }

  recheck(): void {
    if (!this.left) this.checker.soon(this.#question());
  }

  /** Asks which place in the weekly plan comes next for the chosen accounts. */
  async findSlot(): Promise<void> {
    const stands = await this.nextSlot.find(this.draft.targets.map((x) => x.accountId));
    if (stands && this.nextSlot.found && this.choice === 'slot') this.recheck();
  }

  async readMedia(): Promise<void> {
    const ids = mediaIds(this.draft).filter((id) => !this.media.has(id));
    if (ids.length === 0) return;
    try {
      this.learn(await this.app.api.media.info({ ids }));
    } catch (thrown) {
      this.refused = ApiError.from(thrown);
    }
  }

  learn(files: readonly MediaInfo[]): void {
    const media = new Map(this.media);
    for (const file of files) media.set(file.id, file);
    this.media = media;
  }

  choose(choice: Choice): void {
    this.choice = choice;
    this.refused = null;
    if (choice === 'time' && !this.moment)
      this.pending = near(
        this.app.session.remembered('composer.last', null),
        this.app.now,
        this.app.session.zone,
      );
    this.recheck();
  }

  /** Puts the cursor into a part. */
  focusPart(part: number, at: number | null = null): void {
    this.caret = { part, at };
  }

  /** Runs an action on the stored post: what is typed goes to disk first. */
  async act(run: (post: Post) => Promise<Written<Post>>): Promise<Written<Post> | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refused = null;
    try {
      if (!(await this.saver.flush())) return null;
      const { post } = this.saver;
      if (!post) return null;
      const written = await run(post);
      this.draft = this.saver.adopt(written.value);
      // What it set off may have gone on before its answer was here.
      if (written.value.targets.length > 0) void this.#news(written.value.id);
      this.recheck();
      return written;
    } catch (thrown) {
      this.refuse(ApiError.from(thrown));
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Says why something did not happen: in the sheet, or below once that is gone. */
  refuse(error: ApiError): void {
    if (this.left) return this.app.messages.failed(error);
    this.refused = error;
    this.app.announcer.say(error.message);
  }

  /** Closes once everything is on disk; stays open, with the reason, when it is not. */
  async close(): Promise<void> {
    if (!(await this.saver.flush())) {
      this.app.announcer.say(this.saver.error?.message ?? t('composer.clash'));
      return;
    }
    this.rememberLast();
    this.app.router.closeComposer();
  }

  rememberLast(): void {
    if (isBlank(this.draft)) return;
    const { session } = this.app;
    session.remember(
      'composer.accounts',
      this.draft.targets.map((x) => x.accountId),
    );
    if (this.moment?.time)
      session.remember('composer.last', { date: this.moment.date, time: this.moment.time });
  }

  /** The name a person knows an account by. */
  accountName(id: Id): string {
    return nameOf(this.app.session.account(id));
  }

  /** Options a new target starts with: the language the person usually writes in. */
  freshOptions(accountId: Id): Record<string, unknown> {
    const { data } = this.app.session;
    const network = this.app.session.account(accountId)?.network;
    const entry = data?.catalogue.find((n) => n.key === network);
    const language = data?.settings.language;
    return language && entry?.options.some((o) => o.name === 'langs') ? { langs: language } : {};
  }

  hasOwnText(accountId: Id): boolean {
    return targetOf(this.draft, accountId)?.overrideSegments != null;
  }
}
