/** A post as one account would send it, with everything that a preview draws of it. */
import type { Account, Entry, MediaInfo, MediaUse, TextSpan } from '$lib/api';
import { valueOf } from '../option-values';
import { shownOptions } from '../option-values';
import { goesOutAt, momentWords } from '../actions';
import type { Composer } from '../composer.svelte';
import { segmentsOf, SHARED, targetOf } from '../draft';
import { shiftSpans } from '../tint';
import { operationsFor, sizeAfter, usedBy, withMark, withOperations } from '$lib/picture/edits';
import { t } from '$lib/words';
import { type Look, lookOf, type Role } from './looks';
import { firstWords } from './markdown';

/** The option that means the same on every network that has it. */
const OPTION_FIRST_COMMENT = 'firstComment';

/** One part of it. */
export interface ShownPart {
  text: string;
  spans: readonly TextSpan[];
  overFrom: number | null;
  media: readonly MediaUse[];
  cardUrl: string | null;
}

export interface ShownPost {
  account: Account;
  entry: Entry;
  look: Look;
  parts: ShownPart[];
  /** When it goes out, in words. */
  when: string;
  infos: ReadonlyMap<string, MediaInfo>;
  /** Name on the network. */
  name: string;
  /** The post's own title, or its first words. */
  title: string;
  /** What is set of an option, by what it is to the preview; empty text where there is none. */
  text: (role: Role) => string;
  on: (role: Role) => boolean;
  list: (role: Role) => string[];
  /** The label of a choice, or of options that are on. */
  labels: (role: Role) => string[];
  /** Whether the network has such an option. */
  has: (role: Role) => boolean;
}

/** What is typed now, with what the last check knew of it; null where the account is gone. */
export function shownPost(c: Composer, accountId: string): ShownPost | null {
  const account = c.app.session.account(accountId);
  const entry = c.app.session.data?.catalogue.find((n) => n.key === account?.network);
  if (!account || !entry) return null;
  const look = lookOf(entry);
  const at = goesOutAt(c);
  const options = targetOf(c.draft, accountId)?.options ?? {};
  const fields = shownOptions(entry.options, options);
  const fieldsOf = (role: Role) => {
    const common = role === 'comment' ? OPTION_FIRST_COMMENT : [];
    const names = [look.roles?.[role] ?? common].flat();
    return fields.filter((f) => names.includes(f.name));
  };
  const value = (role: Role) => {
    const [field] = fieldsOf(role);
    return field ? valueOf(field, options) : undefined;
  };
  const parts = partsOf(c, accountId);
  const text = (role: Role) => {
    const found = value(role);
    return typeof found === 'string' ? found.trim() : '';
  };
  return {
    account,
    entry,
    look,
    parts,
    when: at ? momentWords(c, at) : t('composer.preview.now'),
    infos: c.media,
    name: text('name') || account.displayName || account.handle,
    title: firstWords(c.draft.title, parts),
    text,
    on: (role) => value(role) === true,
    list: (role) => {
      const found = value(role);
      return Array.isArray(found) ? found.map(String) : [];
    },
    labels: (role) =>
      fieldsOf(role).flatMap((field) => {
        const set = valueOf(field, options);
        if (set === true) return [field.label];
        const choice = field.choices.find(([key]) => key === set);
        return choice ? [choice[1]] : [];
      }),
    has: (role) => fieldsOf(role).length > 0,
  };
}

function partsOf(c: Composer, accountId: string): ShownPart[] {
  const known = c.checker.checked?.accounts.find((a) => a.accountId === accountId);
  const typed = segmentsOf(c.draft, c.hasOwnText(accountId) ? accountId : SHARED);
  return typed.map(({ text, media }, i) => {
    const old = known?.segments[i];
    const sent = old?.segment.text === text ? old.sent : null;
    const own = media.map((use) => marked(c, usedBy(use, accountId)));
    const common = { media: own, cardUrl: old?.cardUrl ?? null };
    if (sent) return { ...common, ...sent };
    return {
      ...common,
      text,
      spans: old ? shiftSpans(old.segment.text, text, old.spans) : [],
      overFrom: old?.measure.overFrom ?? null,
    };
  });
}

/** The use with the mark that its workspace puts on pictures. */
function marked(c: Composer, use: MediaUse): MediaUse {
  const boot = c.app.session.data;
  const watermark = boot?.writing[boot.workspaceId]?.watermark;
  const edits = withMark(use.edits ?? [], c.media.get(use.mediaId), watermark);
  return withOperations(use, null, edits);
}

/** The size a picture goes out with, in pixels; null where it is not known. */
export function sizeOf(post: Pick<ShownPost, 'infos'>, use: MediaUse) {
  const info = post.infos.get(use.mediaId);
  if (!info?.width || !info.height) return null;
  return sizeAfter(operationsFor(use, null), info.width, info.height);
}

/** A file of the post is a video. */
export function isVideo(post: Pick<ShownPost, 'infos'>, use: MediaUse): boolean {
  return post.infos.get(use.mediaId)?.mime.startsWith('video/') === true;
}

/** Neither a picture nor a video. */
export function isFile(post: Pick<ShownPost, 'infos'>, use: MediaUse): boolean {
  const mime = post.infos.get(use.mediaId)?.mime ?? 'image/';
  return !mime.startsWith('image/') && !mime.startsWith('video/');
}

/** Pictures of these formats are made into another one for the network. */
export function converted(post: ShownPost): boolean {
  const formats = post.entry.images?.formats ?? [];
  if (formats.length === 0) return false;
  return post.parts.some((p) =>
    p.media.some((use) => {
      const mime = post.infos.get(use.mediaId)?.mime ?? '';
      return mime.startsWith('image/') && !formats.includes(mime);
    }),
  );
}
