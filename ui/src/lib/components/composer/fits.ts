/** Whether the post fits an account, and why not. */
import type { Id, Problem } from '$lib/api';
import type { Composer } from './composer.svelte';

export type Fit =
  | { kind: 'unknown' }
  | { kind: 'fits' }
  /** It goes out, with something to look at. */
  | { kind: 'note'; problem: Problem; more: number }
  | { kind: 'not'; problem: Problem; more: number };

/** Said of the time or of the account, not of how the post fits its network. */
const ELSEWHERE = ['past', 'clock_change', 'repeated', 'own_text_same'];

/** The answer of the last check; unknown before the first one, and while nothing is written. */
export function fitOf(c: Composer, accountId: Id): Fit {
  const { checked } = c.checker;
  if (!checked?.accounts.some((a) => a.accountId === accountId)) return { kind: 'unknown' };
  const mine = checked.problems.filter(
    (p) => p.accountId === accountId && !ELSEWHERE.includes(p.rule),
  );
  if (mine.some((p) => p.rule === 'empty')) return { kind: 'unknown' };
  const errors = mine.filter((p) => p.severity === 'error');
  const [error] = errors;
  if (error) return { kind: 'not', problem: error, more: errors.length - 1 };
  const [note] = mine;
  if (note) return { kind: 'note', problem: note, more: mine.length - 1 };
  return { kind: 'fits' };
}
