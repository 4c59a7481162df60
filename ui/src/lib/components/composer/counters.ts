/** Which network is the strictest, and how much it leaves. */
import type { Checked, CheckedSegment, Id, Measure, TextSpan } from '$lib/api';

export interface Left {
  accountId: Id;
  measure: Measure;
  /** What is left; negative when too long; null without a limit. */
  left: number | null;
  over: boolean;
}

export function leftOf(accountId: Id, measure: Measure): Left {
  const left = measure.limit === null ? null : measure.limit - measure.used;
  return {
    accountId,
    measure,
    left,
    over: measure.overFrom !== null || (left !== null && left < 0),
  };
}

/** A segment as an account would send it. */
export function checkedSegment(
  checked: Checked | null,
  accountId: Id,
  index: number,
): CheckedSegment | undefined {
  return checked?.accounts.find((a) => a.accountId === accountId)?.segments[index];
}

/**
 * The account that leaves least for a part, among those given. A text over a second limit (bytes)
 * counts as over even where the first has room.
 */
export function strictest(checked: Checked | null, accounts: readonly Id[], index: number) {
  let best: Left | null = null;
  for (const id of accounts) {
    const segment = checkedSegment(checked, id, index);
    if (!segment) continue;
    const next = leftOf(id, segment.measure);
    if (best === null || rank(next) < rank(best)) best = next;
  }
  return best;
}

function rank(l: Left): number {
  if (l.over) return Math.min(l.left ?? -1, -1);
  return l.left ?? Number.MAX_SAFE_INTEGER;
}

/** What is tinted: the spans of the first account that knows any. */
export function spansFor(
  checked: Checked | null,
  accounts: readonly Id[],
  index: number,
): { text: string; spans: TextSpan[] } | null {
  let found: CheckedSegment | undefined;
  for (const id of accounts) {
    const segment = checkedSegment(checked, id, index);
    if (segment && (!found || found.spans.length < segment.spans.length)) found = segment;
  }
  return found ? { text: found.segment.text, spans: found.spans } : null;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Length as people count, for texts that go nowhere yet. */
export function graphemeCount(text: string): number {
  return [...graphemes.segment(text)].length;
}
