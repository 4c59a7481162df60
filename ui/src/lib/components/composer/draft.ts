/** What is written, as values: every change makes a new draft and leaves the old one as it was. */
import type { Draft, Id, MediaUse, Post, Segment, TargetDraft } from '$lib/api';

/** The tab that holds the text shared by all accounts. */
export const SHARED = 'all';

/** `SHARED`, or the account whose own text is meant. */
export type Tab = string;

/** Largest text of one part in UTF-8 bytes; the program refuses more. */
export const MAX_SEGMENT_BYTES = 200_000;
/** Most parts of a thread. */
export const MAX_SEGMENTS = 100;

export const emptySegment = (): Segment => ({ text: '', media: [] });

export function emptyDraft(accounts: Id[] = []): Draft {
  return {
    title: '',
    segments: [emptySegment()],
    notes: '',
    labels: [],
    contentType: 'post',
    priority: 'normal',
    assignee: '',
    targets: accounts.map((id) => emptyTarget(id)),
  };
}

export function emptyTarget(accountId: Id, options: TargetDraft['options'] = {}): TargetDraft {
  return { accountId, overrideSegments: null, options };
}

/** What the composer shows of a post: the edit that waits for "Update", else what goes out. */
export function draftOf(post: Post): Draft {
  return post.workingCopy ?? confirmedDraft(post);
}

/** What goes out. */
export function confirmedDraft(post: Post): Draft {
  return {
    title: post.title,
    segments: post.segments.length > 0 ? post.segments : [emptySegment()],
    notes: post.notes,
    labels: post.labels,
    contentType: post.contentType,
    priority: post.priority,
    assignee: post.assignee,
    targets: post.targets.map(({ accountId, overrideSegments, options }) => ({
      accountId,
      overrideSegments,
      options,
    })),
  };
}

/** Equal in all that is stored. */
export function sameDraft(a: Draft, b: Draft): boolean {
  return a === b || same(a, b);
}

/** Deep equality of plain data, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  const other = b as Record<string, unknown>;
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in other && same((a as Record<string, unknown>)[key], other[key]))
  );
}

/** Nothing in it that could be sent, or that a person would look for. */
export function isBlank(draft: Draft): boolean {
  const empty = (segments: Segment[]) => segments.every((s) => !s.text && s.media.length === 0);
  return (
    empty(draft.segments) &&
    draft.targets.every((t) => empty(t.overrideSegments ?? [])) &&
    !draft.title &&
    !draft.notes &&
    draft.labels.length === 0
  );
}

/**
 * As it was begun, nothing typed or chosen: no post is made of such a draft. `fresh` tells with which
 * options an account begins.
 */
export function isUntouched(
  draft: Draft,
  fresh: (accountId: Id) => TargetDraft['options'],
): boolean {
  return (
    isBlank(draft) &&
    !draft.assignee &&
    draft.targets.every((t) => same(t.options, fresh(t.accountId)))
  );
}

export function targetOf(draft: Draft, accountId: Id): TargetDraft | undefined {
  return draft.targets.find((t) => t.accountId === accountId);
}

/** The parts a tab shows. */
export function segmentsOf(draft: Draft, tab: Tab): Segment[] {
  if (tab === SHARED) return draft.segments;
  return targetOf(draft, tab)?.overrideSegments ?? draft.segments;
}

/** Accounts whose posts the tab writes. */
export function accountsOf(draft: Draft, tab: Tab): Id[] {
  return tab === SHARED
    ? draft.targets.filter((t) => t.overrideSegments === null).map((t) => t.accountId)
    : [tab];
}

function withTarget(draft: Draft, accountId: Id, change: Partial<TargetDraft>): Draft {
  return {
    ...draft,
    targets: draft.targets.map((t) => (t.accountId === accountId ? { ...t, ...change } : t)),
  };
}

/** Replaces the parts of a tab; `contentType` follows the number of shared parts. */
export function withSegments(draft: Draft, tab: Tab, segments: Segment[]): Draft {
  const kept = segments.length > 0 ? segments : [emptySegment()];
  if (tab !== SHARED) return withTarget(draft, tab, { overrideSegments: kept });
  const { contentType } = draft;
  const type =
    contentType === 'post' && kept.length > 1
      ? 'thread'
      : contentType === 'thread' && kept.length === 1
        ? 'post'
        : contentType;
  return { ...draft, segments: kept, contentType: type };
}

export function withSegment(draft: Draft, tab: Tab, index: number, change: Partial<Segment>) {
  const segments = segmentsOf(draft, tab).map((s, i) => (i === index ? { ...s, ...change } : s));
  return withSegments(draft, tab, segments);
}

/** Puts parts in the place of one. */
export function replaceSegment(draft: Draft, tab: Tab, index: number, parts: Segment[]): Draft {
  return withSegments(draft, tab, segmentsOf(draft, tab).toSpliced(index, 1, ...parts));
}

export function insertSegment(draft: Draft, tab: Tab, index: number, part = emptySegment()) {
  return withSegments(draft, tab, segmentsOf(draft, tab).toSpliced(index, 0, part));
}

export function moveItem<T>(list: readonly T[], from: number, to: number): T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return [...list];
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}

export function moveSegment(draft: Draft, tab: Tab, from: number, to: number): Draft {
  return withSegments(draft, tab, moveItem(segmentsOf(draft, tab), from, to));
}

/** Adds files to a part; one that is there already is not added twice. */
export function addMedia(draft: Draft, tab: Tab, index: number, files: MediaUse[]): Draft {
  const media = segmentsOf(draft, tab)[index]?.media ?? [];
  const fresh = files.filter((f) => !media.some((m) => m.mediaId === f.mediaId));
  return withSegment(draft, tab, index, { media: [...media, ...fresh] });
}

/** Turns an account on or off. Off forgets a text of its own; the caller offers the way back. */
export function toggleAccount(
  draft: Draft,
  accountId: Id,
  options: TargetDraft['options'] = {},
): Draft {
  const on = targetOf(draft, accountId);
  return {
    ...draft,
    targets: on
      ? draft.targets.filter((t) => t !== on)
      : [...draft.targets, emptyTarget(accountId, options)],
  };
}

/** Gives an account a text of its own, starting from the shared one. */
export function tailor(draft: Draft, accountId: Id): Draft {
  if (targetOf(draft, accountId)?.overrideSegments) return draft;
  return withTarget(draft, accountId, {
    overrideSegments: draft.segments.map((s) => ({ ...s, media: [...s.media] })),
  });
}

export function backToShared(draft: Draft, accountId: Id): Draft {
  return withTarget(draft, accountId, { overrideSegments: null });
}

/** Sets an option of an account; `undefined` takes it back to the network's default. */
export function setOption(draft: Draft, accountId: Id, name: string, value: unknown): Draft {
  const options = { ...targetOf(draft, accountId)?.options };
  if (value === undefined) delete options[name];
  else options[name] = value;
  return withTarget(draft, accountId, { options });
}

/** Every text of a draft, once each: the shared one and those of single accounts. */
export function allTexts(draft: Draft): string[] {
  const all = [draft.segments, ...draft.targets.map((t) => t.overrideSegments ?? [])];
  return [...new Set(all.flat().map((s) => s.text))].filter(Boolean);
}

/** Every file a draft uses, once each. */
export function mediaIds(draft: Draft): Id[] {
  const all = [draft.segments, ...draft.targets.map((t) => t.overrideSegments ?? [])];
  return [...new Set(all.flat().flatMap((s) => s.media.map((m) => m.mediaId)))];
}

export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * Two people's changes of one draft, field by field. `clash` tells that both changed the same
 * field in different ways; then `merged` holds mine.
 */
export function merge(base: Draft, mine: Draft, theirs: Draft): { merged: Draft; clash: boolean } {
  let clash = false;
  const pick = <K extends keyof Draft>(key: K): Draft[K] => {
    if (same(mine[key], base[key])) return theirs[key];
    if (same(theirs[key], base[key]) || same(mine[key], theirs[key])) return mine[key];
    clash = true;
    return mine[key];
  };
  const merged: Draft = {
    title: pick('title'),
    segments: pick('segments'),
    notes: pick('notes'),
    labels: pick('labels'),
    contentType: pick('contentType'),
    priority: pick('priority'),
    assignee: pick('assignee'),
    targets: pick('targets'),
  };
  return { merged, clash };
}
