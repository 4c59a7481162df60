/** The buttons beside problems: what each is called and what it does. */
import { tick } from 'svelte';
import { ApiError, type Draft, type Fix, type Id, type MediaUse, type Problem } from '$lib/api';
import { ALL, shaped } from '$lib/picture/area';
import { operationsFor, sizeAfter, withOperations } from '$lib/picture/edits';
import { lengthText, withTrim } from '$lib/video/clip';
import type { AccountsAsked } from '$lib/state/router.svelte';
import { fromWall, type Moment } from './place';
import { wallAt } from '$lib/time';
import { t } from '$lib/words';
import { moveTo, onTarget } from './actions';
import type { Composer } from './composer.svelte';
import {
  backToShared,
  emptySegment,
  replaceSegment,
  same,
  segmentsOf,
  setOption,
  SHARED,
  tailor,
  type Tab,
  targetOf,
  withSegment,
} from './draft';
import { pickMedia } from './attach';

/** The tab in which a problem can be mended. */
export function tabOf(c: Composer, accountId: Id | null): Tab {
  return accountId !== null && c.hasOwnText(accountId) ? accountId : SHARED;
}

export function fixLabel(c: Composer, problem: Problem, fix: Fix): string {
  const { session } = c.app;
  const account = problem.accountId === null ? undefined : session.account(problem.accountId);
  const network = session.networkName(account?.network ?? '');
  switch (fix.kind) {
    case 'split_thread':
      return t('composer.fix.split');
    case 'shorten':
      return network ? t('composer.fix.shortenFor', { network }) : t('composer.fix.shorten');
    case 'tailor':
      return t('composer.fix.tailor', { account: c.accountName(problem.accountId ?? '') });
    case 'use_shared':
      return t('composer.backToShared');
    case 'add_media':
      return t('composer.fix.addMedia');
    case 'remove_media':
      return t('composer.fix.removeMedia');
    case 'add_alt':
      return t('composer.fix.addAlt');
    case 'crop':
      return t('composer.fix.crop');
    case 'trim':
      return t('video.fixTrim');
    case 'add_account':
      return t('composer.fix.addAccount');
    case 'reconnect':
      return t('composer.fix.reconnect');
    case 'resume_account':
      return t('composer.fix.resume');
    case 'write_text':
      return t('composer.fix.write');
    case 'use_time':
      return t('composer.useIt');
    case 'raise_budget':
      return t('trouble.raiseBudget');
    case 'raise_post_limit':
      return t('composer.fix.raisePostLimit');
    case 'open_public_files':
      return t('composer.fix.openPublicFiles');
    case 'ask_vault':
      return t('composer.fix.askVault');
    case 'open_secrets':
      return t('composer.fix.openSecrets');
    case 'take_back':
      return t('composer.takeBack');
    case 'set_option':
      return t('composer.fix.setOption');
    case 'clear_option':
      return t('composer.fix.clearOption', { label: optionLabel(c, problem, fix.name) });
    case 'remove_extra':
      return t('composer.fix.removeExtra', { n: fix.indexes.length });
    case 'join_parts':
      return t('composer.fix.joinParts');
  }
}

function optionLabel(c: Composer, problem: Problem, name: string): string {
  const { session } = c.app;
  const account = problem.accountId === null ? undefined : session.account(problem.accountId);
  const entry = session.data?.catalogue.find((n) => n.key === account?.network);
  return entry?.options.find((o) => o.name === name)?.label ?? name;
}

/** Goes to an element of the sheet by its name: `when`, `accounts`, `alt-0-1`. */
export function goTo(name: string): void {
  const places = document.querySelectorAll<HTMLElement>('[data-place]');
  const found = [...places].find((place) => place.dataset.place === name);
  found?.closest('details')?.setAttribute('open', '');
  found?.scrollIntoView({ block: 'nearest' });
  // A place around a control leads into it.
  const control = found?.tabIndex === -1 ? found.querySelector<HTMLElement>('button') : null;
  (control ?? found)?.focus();
}

/** The same once the page has changed. */
async function goSoon(name: string): Promise<void> {
  await tick();
  goTo(name);
}

/** Does what a fix says. Every one of them can be undone by typing or by the line below. */
export async function mend(c: Composer, problem: Problem, fix: Fix): Promise<void> {
  const { accountId } = problem;
  const part = problem.segment ?? 0;
  const tab = tabOf(c, accountId);
  c.tab = tab;
  c.part = part;
  switch (fix.kind) {
    case 'split_thread':
      return split(c, tab, part);
    case 'shorten':
      return c.focusPart(part, fix.from);
    case 'write_text':
      return c.focusPart(part);
    case 'tailor':
      if (accountId !== null) tailorFor(c, accountId);
      return;
    case 'use_shared':
      if (accountId !== null) shareAgain(c, accountId);
      return;
    case 'add_media':
      return pickMedia(c, tab, part);
    case 'remove_media':
      return takeOff(c, problem, part, [fix.index]);
    case 'remove_extra':
      return takeOff(c, problem, part, fix.indexes);
    case 'join_parts':
      return joinParts(c, problem);
    case 'clear_option':
      return clearOption(c, problem, fix.name);
    case 'add_alt':
      return goTo(`alt-${part}-${fix.index}`);
    case 'crop':
      if (accountId !== null) await crop(c, tab, part, accountId, fix);
      return;
    case 'trim':
      if (accountId !== null) trim(c, tab, part, accountId, fix);
      return;
    case 'add_account':
      if (c.app.session.accounts.length === 0) return goToAccounts(c, { connect: true });
      return goTo('accounts');
    case 'reconnect':
      return goToAccounts(c, { reconnect: accountId });
    case 'resume_account':
      return goToAccounts(c, { accountId });
    case 'use_time':
      await moveTo(c, momentAt(fix.at, c.app.session.zone));
      return goSoon('when');
    case 'raise_budget':
      return goToSettings(c, 'money');
    case 'raise_post_limit':
      return goToSettings(c, 'workspaces');
    case 'open_public_files':
      return goToSettings(c, 'publicFiles');
    case 'ask_vault':
      return askVault(c);
    case 'open_secrets':
      return goToSettings(c, 'secrets');
    case 'take_back':
      return takeAllBack(c);
    case 'set_option':
      return goSoon(`option-${accountId}-${fix.name}`);
  }
}

/** What networks hold of the post, one after the other. */
async function takeAllBack(c: Composer): Promise<void> {
  for (const target of c.post?.targets ?? [])
    if (target.state === 'placed') await onTarget(c, 'take_back', target.id);
}

export function momentAt(at: number, zone: string): Moment {
  return { ...wallAt(at, zone), zone };
}

/** "Use it": the next free slot as the post's time. Its button goes with the problem. */
export async function useSlot(c: Composer): Promise<void> {
  const slot = c.nextSlot.found;
  if (!slot) return;
  await moveTo(c, { ...fromWall(slot.wall), zone: slot.zone });
  await goSoon('when');
}

/** To the accounts room; what is written is on disk first. */
export function goToAccounts(c: Composer, asked: AccountsAsked): Promise<void> {
  return c.app.router.goTo('accounts', asked);
}

/** To a group of the settings; what is written is on disk first. */
function goToSettings(
  c: Composer,
  group: 'money' | 'secrets' | 'publicFiles' | 'workspaces',
): Promise<void> {
  return c.app.router.goTo('settings', { group });
}

/** Asks whether passwords can be read now, and says so when they still cannot. */
async function askVault(c: Composer): Promise<void> {
  try {
    const vault = await c.app.api.vault.status({});
    c.app.session.patch({ vault });
    c.recheck();
    if (vault.problem !== null) c.app.announcer.say(vault.problem);
  } catch (thrown) {
    c.refused = ApiError.from(thrown);
  }
}

/** Cuts a part that is too long into a thread. Its files stay with the first. */
export async function split(c: Composer, tab: Tab, part: number): Promise<void> {
  const before = segmentsOf(c.draft, tab)[part];
  if (!before) return;
  const targets = c.draft.targets.filter((x) => tab === SHARED || x.accountId === tab);
  const { text, media } = before;
  const { parts } = await c.app.api.text.split({ text, targets, media });
  // Typed on meanwhile: cutting the older text would lose it.
  if (segmentsOf(c.draft, tab)[part] !== before || parts.length < 2) return;
  const made = parts.map((text, i) => ({ text, media: i === 0 ? before.media : [] }));
  c.editUndoable(
    replaceSegment(c.draft, tab, part, made),
    t('composer.done.split', { n: made.length }),
    (draft) => {
      const now = segmentsOf(draft, tab);
      const untouched = made.every((m, i) => now[part + i]?.text === m.text);
      const joined = untouched
        ? before
        : {
            text: now
              .slice(part, part + made.length)
              .map((s) => s.text)
              .join('\n\n'),
            media: now.slice(part, part + made.length).flatMap((s) => s.media),
          };
      return replaceSegment(
        made.slice(1).reduce((d) => replaceSegment(d, tab, part + 1, []), draft),
        tab,
        part,
        [joined],
      );
    },
  );
  c.focusPart(part);
}

/** A text of its own for one account, with the cursor in it. */
export function tailorFor(c: Composer, accountId: Id): void {
  c.edit(tailor(c.draft, accountId));
  c.tab = accountId;
  c.focusPart(0);
}

export function shareAgain(c: Composer, accountId: Id): void {
  const own = targetOf(c.draft, accountId)?.overrideSegments;
  if (!own) return;
  if (c.tab === accountId) c.tab = SHARED;
  c.editUndoable(
    backToShared(c.draft, accountId),
    t('composer.done.shared', { account: c.accountName(accountId) }),
    (draft) => ({
      ...draft,
      targets: draft.targets.map((x) =>
        x.accountId === accountId ? { ...x, overrideSegments: own } : x,
      ),
    }),
  );
  // Its tab and the button are gone.
  c.focusPart(0);
}

export function removeMedia(c: Composer, tab: Tab, part: number, index: number): void {
  const media = segmentsOf(c.draft, tab)[part]?.media ?? [];
  const gone = media[index];
  if (!gone) return;
  c.editUndoable(
    withSegment(c.draft, tab, part, { media: media.toSpliced(index, 1) }),
    t('composer.done.mediaRemoved'),
    (draft) => {
      const now = segmentsOf(draft, tab)[part]?.media ?? [];
      return withSegment(draft, tab, part, { media: now.toSpliced(index, 0, gone) });
    },
  );
}

/** The same file with other edits, as one step that can be taken back. */
export function editPicture(
  c: Composer,
  tab: Tab,
  part: number,
  index: number,
  use: MediaUse,
  message: string,
): void {
  const was = segmentsOf(c.draft, tab)[part]?.media[index];
  if (was?.mediaId !== use.mediaId || same(was, use)) return;
  // The description may have been changed meanwhile; only the edits are taken over.
  const put = (draft: Draft, edits: MediaUse): Draft => {
    const now = segmentsOf(draft, tab)[part]?.media ?? [];
    const media = now.map((m, i) =>
      i === index && m.mediaId === use.mediaId ? { ...edits, alt: m.alt } : m,
    );
    return withSegment(draft, tab, part, { media });
  };
  c.editUndoable(put(c.draft, use), message, (draft) => put(draft, was));
}

/** Cuts a picture for one account to the nearest shape its network takes, keeping the best part. */
async function crop(
  c: Composer,
  tab: Tab,
  part: number,
  accountId: Id,
  fix: Extract<Fix, { kind: 'crop' }>,
): Promise<void> {
  const use = segmentsOf(c.draft, tab)[part]?.media[fix.index];
  const info = use && c.media.get(use.mediaId);
  if (!use || !info?.width || !info.height) return;
  const edits = operationsFor(use, accountId);
  const size = sizeAfter(edits, info.width, info.height);
  const [across, down] = fix.narrowest;
  const ratio = size.width * down < size.height * across ? fix.narrowest : fix.widest;
  // The best part of a video changes all the time; its middle is as good as any.
  const area = info.mime.startsWith('video/')
    ? shaped(ALL, (ratio[0] / ratio[1]) * (size.height / size.width))
    : await c.app.api.media.best_part({ id: use.mediaId, edits, ratio });
  const own = [...(use.accountEdits?.[accountId] ?? []), { do: 'crop' as const, area }];
  const shape = ratio[1] === 100 ? `${ratio[0] / 100}:1` : ratio.join(':');
  const message = t('picture.cropped', { shape, account: c.accountName(accountId) });
  editPicture(c, tab, part, fix.index, withOperations(use, accountId, own), message);
}

/** Cuts a video for one account to the length its network takes, from where it begins. */
function trim(
  c: Composer,
  tab: Tab,
  part: number,
  accountId: Id,
  fix: Extract<Fix, { kind: 'trim' }>,
): void {
  const use = segmentsOf(c.draft, tab)[part]?.media[fix.index];
  if (!use) return;
  const cut = { do: 'trim' as const, fromMs: 0, toMs: fix.mostMs };
  const before = use.accountEdits?.[accountId] ?? [];
  const length = lengthText(fix.mostMs);
  const message = t('video.trimmed', { length, account: c.accountName(accountId) });
  const own = withTrim(before, cut);
  editPicture(c, tab, part, fix.index, withOperations(use, accountId, own), message);
}

/**
 * Where something is mended that only one account minds: in its own text. The others keep the shared
 * one, so it gets a text of its own where it had none.
 */
function ownText(c: Composer, accountId: Id | null): { draft: Draft; tab: Tab } {
  const sharing = c.draft.targets.filter((x) => x.overrideSegments === null);
  if (accountId === null || c.hasOwnText(accountId) || sharing.length < 2)
    return { draft: c.draft, tab: tabOf(c, accountId) };
  return { draft: tailor(c.draft, accountId), tab: accountId };
}

/** Puts one account's text back as it was, whatever was typed for the others since. */
function withTextOf(draft: Draft, before: Draft, tab: Tab): Draft {
  if (tab === SHARED) return { ...draft, segments: before.segments };
  const old = targetOf(before, tab)?.overrideSegments ?? null;
  return {
    ...draft,
    targets: draft.targets.map((x) => (x.accountId === tab ? { ...x, overrideSegments: old } : x)),
  };
}

/** Takes files off for the account that minds them; one that is lost goes from everywhere. */
function takeOff(c: Composer, problem: Problem, part: number, indexes: readonly number[]): void {
  const lost = (use: MediaUse | undefined) => use && c.media.get(use.mediaId)?.missing === true;
  const [first = 0] = indexes;
  const here = tabOf(c, problem.accountId);
  if (indexes.length === 1 && lost(segmentsOf(c.draft, here)[part]?.media[first]))
    return removeMedia(c, here, part, first);
  const before = c.draft;
  const { draft, tab } = ownText(c, problem.accountId);
  const media = segmentsOf(draft, tab)[part]?.media ?? [];
  const kept = media.filter((_, i) => !indexes.includes(i));
  if (kept.length === media.length) return;
  c.editUndoable(
    withSegment(draft, tab, part, { media: kept }),
    t('composer.done.filesRemoved', { n: media.length - kept.length }),
    (now) => backTo(c, now, before, tab),
  );
  c.tab = tab;
}

function backTo(c: Composer, now: Draft, before: Draft, tab: Tab): Draft {
  if (tab !== SHARED && targetOf(before, tab)?.overrideSegments == null) c.tab = SHARED;
  return withTextOf(now, before, tab);
}

/** Puts the parts of a thread into one, where a network takes no threads. */
function joinParts(c: Composer, problem: Problem): void {
  const before = c.draft;
  const { draft, tab } = ownText(c, problem.accountId);
  const parts = segmentsOf(draft, tab);
  if (parts.length < 2) return;
  const joined = {
    text: parts
      .map((p) => p.text.trim())
      .filter(Boolean)
      .join('\n\n'),
    media: parts.flatMap((p) => p.media),
  };
  const alone = parts
    .slice(1)
    .reduce((d, _, i) => replaceSegment(d, tab, parts.length - 1 - i, []), draft);
  c.editUndoable(replaceSegment(alone, tab, 0, [joined]), t('composer.done.joined'), (now) =>
    backTo(c, now, before, tab),
  );
  c.tab = tab;
  c.focusPart(0);
}

/** Takes an option back to what holds while nothing is set. */
function clearOption(c: Composer, problem: Problem, name: string): void {
  const { accountId } = problem;
  if (accountId === null) return;
  const was = targetOf(c.draft, accountId)?.options[name];
  c.editUndoable(
    setOption(c.draft, accountId, name, undefined),
    t('composer.done.optionCleared', { label: optionLabel(c, problem, name) }),
    (draft) => setOption(draft, accountId, name, was),
  );
}

export function removePart(c: Composer, tab: Tab, part: number): void {
  const gone = segmentsOf(c.draft, tab)[part];
  if (!gone) return;
  const next = replaceSegment(c.draft, tab, part, []);
  if (!gone.text && gone.media.length === 0) c.edit(next);
  else
    c.editUndoable(next, t('composer.done.partRemoved', { n: part + 1 }), (draft) =>
      replaceSegment(draft, tab, part, [gone, segmentsOf(draft, tab)[part] ?? emptySegment()]),
    );
  c.focusPart(Math.max(0, part - 1));
}
