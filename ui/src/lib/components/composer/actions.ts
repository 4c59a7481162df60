/** What the buttons and keys of the sheet do to the stored post. */
import {
  ApiError,
  type EditorialStatus,
  type Id,
  type Place,
  type Post,
  type Written,
} from '$lib/api';
import { wallAt } from '$lib/time';
import { t } from '$lib/words';
import { keySpoken } from '$lib/components/shared/key-text';
import { composerTable } from './command-table';
import type { Composer } from './composer.svelte';
import { isBlank, isUntouched } from './draft';
import { fromWall, type Moment, momentOf, placeOf, slotMoment, slotText } from './place';

/** Why the chosen thing cannot be done now, as a sentence; null when it can. */
export function blockedBy(c: Composer): string | null {
  const { checked } = c.checker;
  const primary = primaryOf(c);
  if (primary === 'done' || primary === 'draft') return null;
  if (!c.app.may('publish_content')) return t('composer.blocked.key');
  if (c.incoming.any) return t('composer.blocked.attaching');
  if (isBlank(c.draft)) return t('composer.blocked.empty');
  if (c.draft.targets.length === 0) return t('composer.blocked.noAccount');
  if (c.choice === 'slot' && !c.nextSlot.found) return slotReason(c);
  if (c.choice === 'time' && !c.moment) return t('composer.blocked.noTime');
  if (primary === 'update') {
    // A held post's own minute is over; that is no fault of the edit.
    const error = checked?.problems.find((p) => p.severity === 'error' && p.rule !== 'past');
    return error?.message ?? null;
  }
  if (checked?.resolved?.past && c.choice === 'time') return pastSentence(c);
  return checked?.blocked ?? null;
}

/** Why there is no slot to choose. */
function slotReason(c: Composer): string {
  if (c.nextSlot.found === null) return t('composer.blocked.noSlot');
  if (c.nextSlot.problem === null) return t('composer.blocked.slotSoon');
  return t('composer.blocked.slotFailed', { reason: c.nextSlot.problem });
}

/** "That is in the past", with the next free slot where there is one. */
export function pastSentence(c: Composer): string {
  if (!c.nextSlot.found) return t('composer.past');
  return t('composer.pastSlot', { slot: slotWords(c) });
}

/** "today 15:00" or "Thu 14 May, 14:30". */
export function momentWords(c: Composer, moment: Moment): string {
  const { formats } = c.app.session;
  const today = wallAt(c.app.now, moment.zone).date;
  if (moment.date !== today) return formats.moment(moment.date, moment.time);
  if (moment.time === null) return t('composer.today');
  return t('composer.todayAt', { time: formats.time(moment.time) });
}

/** The next free slot in words. */
export function slotWords(c: Composer): string {
  return c.nextSlot.found ? slotText(c.nextSlot.found, c.app.now, c.app.session.formats) : '';
}

/** The post a batch answered, in the shape of a single write. */
const single = (written: Written<{ posts: Post[] }>, post: Post): Written<Post> => ({
  ...written,
  value: written.value.posts.find((p) => p.id === post.id) ?? post,
});

/** Closes after an action and says what it did, with the way back where there is one. */
function finish(c: Composer, written: Written<Post>, text: string): void {
  c.rememberLast();
  c.app.router.closeComposer();
  c.app.wrote(written, text);
}

/** A fresh check before something leaves the desk: the shown one may be a blink behind. */
async function clear(c: Composer): Promise<boolean> {
  c.recheck();
  await c.checker.now();
  const blocked = blockedBy(c);
  if (blocked !== null) c.refuse(new ApiError('validation', blocked));
  return blocked === null;
}

/** The time the button names: what was typed and understood, else what stands. */
export function wanted(c: Composer): Moment | null {
  const { found } = c.typed;
  if (c.choice === 'time' && found && !found.past)
    return { ...fromWall(found.wall), zone: found.zone };
  return c.shown;
}

/** When it would go out as things are chosen; null for at once, or for not at all. */
export function goesOutAt(c: Composer): Moment | null {
  if (c.choice === 'slot') return c.nextSlot.found ? slotMoment(c.nextSlot.found) : null;
  return c.choice === 'now' ? null : wanted(c);
}

const taking = new WeakMap<Composer, Promise<boolean>>();

/**
 * Takes a typed date as the post's time; false when it cannot be. Leaving the field and pressing
 * the button below come together: both wait for the same.
 */
export function takeTyped(c: Composer): Promise<boolean> {
  const running = taking.get(c);
  if (running) return running;
  const take = async () => {
    if (c.typed.text.trim() === '') return true;
    const found = await c.typed.read();
    if (!found || found.past) return false;
    c.refused = null;
    await moveTo(c, { ...fromWall(found.wall), zone: found.zone });
    c.typed.clear();
    return c.refused === null;
  };
  const promise = take().finally(() => taking.delete(c));
  taking.set(c, promise);
  return promise;
}

/** Gives the post a time. A scheduled one stays scheduled, a draft stays a draft. */
export async function moveTo(c: Composer, moment: Moment | null): Promise<void> {
  c.choice = moment ? 'time' : 'draft';
  if (!c.saver.post && isUntouched(c.draft, (id) => c.freshOptions(id))) {
    c.pending = moment;
    c.recheck();
    return;
  }
  if (!c.saver.post) c.pending = moment;
  const moves = (id: Id) => [{ id, place: placeOf(moment) }];
  const written = await c.act(async (post) => {
    const scheduling = post.editorial === 'scheduled' ? 'if_ready' : 'plan';
    return single(await c.app.api.posts.move({ moves: moves(post.id), scheduling }), post);
  });
  if (written) c.pending = null;
  c.recheck();
}

/** Schedules at the chosen time. */
async function scheduleAt(c: Composer, place: Place): Promise<void> {
  const written = await c.act(async (post) =>
    single(
      await c.app.api.posts.move({ moves: [{ id: post.id, place }], scheduling: 'must' }),
      post,
    ),
  );
  if (!written) return;
  c.pending = null;
  const moment = momentOf(written.value);
  finish(c, written, t('composer.done.scheduled', { when: moment ? momentWords(c, moment) : '' }));
}

export async function scheduleNext(c: Composer): Promise<void> {
  if (c.locked) return;
  c.choose('slot');
  await c.findSlot();
  if (!(await clear(c))) return;
  const accountId = c.nextSlot.found?.accountId ?? null;
  const written = await c.act((post) => c.app.api.posts.schedule_next({ id: post.id, accountId }));
  if (!written) return;
  c.pending = null;
  const moment = momentOf(written.value);
  finish(c, written, t('composer.done.scheduled', { when: moment ? momentWords(c, moment) : '' }));
}

/** What goes out is what is written now. */
export async function update(c: Composer): Promise<void> {
  if (!(await clear(c))) return;
  const written = await c.act((post) => c.app.api.posts.confirm_edit({ id: post.id }));
  if (written) finish(c, written, t('composer.done.updated'));
}

/** Forgets the edit; one can still undo it. */
export async function discard(c: Composer): Promise<void> {
  const written = await c.act((post) => c.app.api.posts.discard_edit({ id: post.id }));
  if (written) c.offer(t('composer.done.discarded'), () => void c.app.undo());
}

/** Takes a scheduled post back; it keeps its date. */
async function backToDraft(c: Composer): Promise<void> {
  const written = await c.act(async (post) =>
    single(await c.app.api.posts.editorial({ ids: [post.id], status: 'draft' }), post),
  );
  if (written) finish(c, written, t('composer.done.draft'));
}

/** After the person said yes. */
export async function publishNow(c: Composer): Promise<void> {
  c.asking = null;
  if (!(await clear(c))) return;
  const written = await c.act((post) => c.app.api.posts.publish_now({ id: post.id }));
  if (written) finish(c, written, t('composer.done.now'));
}

export type Primary = 'schedule' | 'slot' | 'now' | 'update' | 'draft' | 'done';

/** What the one accented button does. */
export function primaryOf(c: Composer): Primary {
  if (c.choice === 'slot') return 'slot';
  if (c.choice === 'now') return 'now';
  if (c.choice === 'draft') return c.scheduled ? 'draft' : 'done';
  if (!c.scheduled) return 'schedule';
  if (c.pending) return 'schedule';
  return c.edited ? 'update' : 'done';
}

export async function runPrimary(c: Composer, what = primaryOf(c)): Promise<void> {
  if (c.locked) return;
  if (c.choice === 'time' && !(await takeTyped(c))) {
    const reason = c.typed.problem ?? pastSentence(c);
    c.refused ??= new ApiError('validation', reason);
    c.app.announcer.say(c.refused.message);
    return;
  }
  if (what === 'done') return c.close();
  if (what === 'slot') return scheduleNext(c);
  if (what === 'update') return update(c);
  if (what === 'draft') return backToDraft(c);
  const asked = c.shown;
  if (!(await clear(c))) return;
  if (what === 'now') {
    c.asking = { kind: 'now' };
    return;
  }
  const { shown } = c;
  if (!shown) return;
  // A better time of the day may have come while it was looked at.
  const stayed = asked?.time == null || (asked.date === shown.date && asked.time === shown.time);
  if (stayed) await scheduleAt(c, placeOf(shown));
  else sayAgain(c);
}

/** Nothing goes out at a time that was not on screen before: the same keys again take it. */
function sayAgain(c: Composer): void {
  const when = c.shown ? momentWords(c, c.shown) : '';
  const keys = keySpoken(c.app.keyOf(composerTable[0]));
  c.app.announcer.say(t('composer.pressAgain', { when, keys }));
}

/** Ctrl+Enter: schedules, or updates what is scheduled, whatever is chosen below. */
export async function scheduleKey(c: Composer): Promise<void> {
  if (c.locked || c.asking) return;
  if (c.choice === 'draft') {
    c.choose('time');
    return sayAgain(c);
  }
  await runPrimary(c);
}

type TargetCommand =
  | 'retry'
  | 'cancel'
  | 'use_again'
  | 'send_again'
  | 'give_up'
  | 'take_back'
  | 'comment_again'
  | 'leave_comment'
  | 'delete_on_network';

/** An action on one account's delivery. */
export async function onTarget(c: Composer, command: TargetCommand, id: Id): Promise<void> {
  c.asking = null;
  if (command === 'retry' && c.incoming.any)
    return c.refuse(new ApiError('validation', t('composer.blocked.attaching')));
  const written = await c.act((post) => retryAfterUpdate(c, post, command, id));
  if (!written) return;
  const text = [t(`composer.done.${command}`), ...written.notes].join(' ');
  if (written.undo) c.offer(text, () => void c.app.undo());
  else c.app.messages.info(text);
}

/** Calls a target for again; one that was called off with its post comes back with all of it. */
export async function useAgain(c: Composer, id: Id): Promise<void> {
  if (c.post?.editorial !== 'cancelled') return onTarget(c, 'use_again', id);
  const written = await c.act(async (post) =>
    single(await c.app.api.posts.use_again({ ids: [post.id] }), post),
  );
  if (!written) return;
  const text = [t('composer.done.use_again'), ...written.notes].join(' ');
  c.offer(text, () => void c.app.undo());
}

/** How far the writing is. A scheduled post is taken back by it, and keeps its date. */
export async function setEditorial(c: Composer, status: EditorialStatus): Promise<void> {
  if (c.post?.editorial === status) return;
  const written = await c.act(async (post) =>
    single(await c.app.api.posts.editorial({ ids: [post.id], status }), post),
  );
  if (!written) return;
  const text = [
    t('composer.done.editorial', { status: t(`editorial.${status}`) }),
    ...written.notes,
  ];
  c.offer(text.join(' '), () => void c.app.undo());
}

/** A mended post is sent again with what is written now, not with what failed. */
async function retryAfterUpdate(c: Composer, post: Post, command: TargetCommand, id: Id) {
  if (command === 'retry' && post.workingCopy) await c.app.api.posts.confirm_edit({ id: post.id });
  return c.app.api.targets[command]({ id });
}

/** The person looked: it is on the network. */
export async function itIsThere(c: Composer, id: Id, url: string | null): Promise<void> {
  const written = await c.act(() => c.app.api.targets.say_published({ id, url }));
  if (written) c.app.messages.info(t('composer.done.say_published'));
}

/** Opens a copy of the post as a new draft. */
export async function reuse(c: Composer): Promise<void> {
  const { post } = c;
  if (!post) return;
  try {
    const place: Place = { kind: 'shelf' };
    const written = await c.app.api.posts.copy({ copies: [{ id: post.id, place }] });
    const [copy] = written.value.posts;
    if (copy) c.app.router.openPost(copy.id);
    c.app.done(t('composer.done.reused'));
  } catch (thrown) {
    c.refused = ApiError.from(thrown);
  }
}
