/** Which problems stand where: beside their part, or with the post as a whole. */
import type { Problem, Segment } from '$lib/api';
import type { Composer } from './composer.svelte';
import { segmentsOf } from './draft';
import { tabOf } from './mend';

/** One line for the same sentence about the same part, on however many accounts and pictures. */
export function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((p) => {
    const key = JSON.stringify([p.message, p.segment]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Nothing was written yet: that it is empty is no news. */
const BEGUN = ['empty', 'no_account'];
/** Said beside the time itself. */
const OF_TIME = ['past', 'clock_change'];

/** Said nowhere: it is no news, or not true any more. */
function isQuiet(c: Composer, p: Problem): boolean {
  // A text of its own begins as a copy of the shared one.
  if (p.rule === 'own_text_same') return c.tab === p.accountId;
  if (isWritten(c, p)) return true;
  // One is about to write it; its line would come and go below the hand that adds the next part.
  if (p.rule === 'empty_segment') return isLastWritten(c, p);
  return c.saver.state === 'new' && BEGUN.includes(p.rule);
}

/** Called empty by a check that is a blink behind: it has words by now, and its line would only flash. */
function isWritten(c: Composer, p: Problem): boolean {
  const all = segmentsOf(c.draft, tabOf(c, p.accountId));
  const written = ({ text, media }: Segment) => text.trim() !== '' || media.length > 0;
  if (p.rule === 'empty') return all.some(written);
  return p.rule === 'empty_segment' && all.some((s, n) => n === p.segment && written(s));
}

/** About the part at the end, in which the cursor was last. */
function isLastWritten(c: Composer, p: Problem): boolean {
  const last = segmentsOf(c.draft, c.tab).length - 1;
  return p.segment === last && c.part === last && tabOf(c, p.accountId) === c.tab;
}

function told(c: Composer): Problem[] {
  return distinct((c.checker.checked?.problems ?? []).filter((p) => !isQuiet(c, p)));
}

export function problemsOf(c: Composer): { parts: Problem[][]; whole: Problem[] } {
  const parts: Problem[][] = segmentsOf(c.draft, c.tab).map(() => []);
  const whole: Problem[] = [];
  for (const p of told(c)) {
    if (c.choice === 'time' && OF_TIME.includes(p.rule)) continue;
    const here = p.segment !== null && tabOf(c, p.accountId) === c.tab;
    const list = here && p.segment !== null ? parts[p.segment] : undefined;
    (list ?? whole).push(p);
  }
  return { parts, whole };
}

/** The errors that are told, in the order of the check. */
export function errorsOf(c: Composer): Problem[] {
  return told(c).filter((p) => p.severity === 'error');
}
