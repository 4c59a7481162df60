/** Groups of hashtags: what is put into a text, and how many stand in it for each network. */
import type { CheckedSegment, Id, TagGroup } from '$lib/api';
import { t } from '$lib/words';
import type { Composer } from './composer.svelte';

/** The groups of the workspace that the screen looks at. */
export function tagGroups(c: Composer): TagGroup[] {
  const { data } = c.app.session;
  return data?.writing[data.workspaceId]?.tagGroups ?? [];
}

const TAG = /(?<![\p{L}\p{N}_#＃])[#＃]([\p{L}\p{N}_]+)/gu;

/** Hashtags of a group that a text does not have yet, whatever their case. */
export function missingTags(text: string, group: TagGroup): string[] {
  const there = new Set([...text.matchAll(TAG)].map((m) => m[1]?.toLowerCase()));
  return group.tags.filter((tag) => !there.has(tag.toLowerCase()));
}

/** What is put in at a place of a text, with the spaces it needs around it. */
export function asTyped(text: string, from: number, to: number, tags: readonly string[]): string {
  const before = text.slice(0, from);
  const after = text.slice(to);
  const lead = before === '' || /\s$/u.test(before) ? '' : ' ';
  const tail = after === '' || /^\s/u.test(after) ? '' : ' ';
  return `${lead}${tags.map((tag) => `#${tag}`).join(' ')}${tail}`;
}

/** How many hashtags each network sees in a part, where it sees any; none when all see the same. */
export function tagCounts(c: Composer, accounts: readonly Id[], part: number): string | null {
  const { session } = c.app;
  const counts = new Map<string, number>();
  for (const id of accounts) {
    const segment: CheckedSegment | undefined = c.checker.checked?.accounts.find(
      (a) => a.accountId === id,
    )?.segments[part];
    const n = segment?.spans.filter((s) => s.kind === 'tag').length ?? 0;
    const network = session.networkName(session.account(id)?.network ?? '');
    if (n > 0) counts.set(network, n);
  }
  if (counts.size === 0) return null;
  return [...counts]
    .map(([network, n]) => t('composer.tags.perNetwork', { network, n }))
    .join(', ');
}
