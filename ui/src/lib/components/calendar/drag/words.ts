/** What is shown at the pointer and what is spoken. */
import type { Formats } from '$lib/time';
import { t } from '$lib/words';
import type { Carried, Plan, Refusal } from './plan';

export function refusalText(refusal: Refusal): string {
  return t(`move.${refusal}`);
}

/** The line that goes with the pointer. */
export function ghostText(plan: Plan | null, formats: Formats): string {
  if (!plan) return t('move.nowhere');
  if (plan.refusal) return refusalText(plan.refusal);
  return plan.lead ? formats.moment(plan.lead.date, plan.lead.time) : t('move.toShelf');
}

export function pickedUpText(posts: readonly Carried[], words: string): string {
  return posts.length === 1
    ? t('speak.pickedUp', { words })
    : t('speak.pickedUpMany', { n: posts.length });
}

/** While moving by keys: the new place, or why not. */
export function stepText(plan: Plan, formats: Formats): string {
  if (plan.refusal) return refusalText(plan.refusal);
  return plan.lead ? formats.momentLong(plan.lead.date, plan.lead.time) : '';
}

export function backText(lead: Carried, formats: Formats): string {
  return lead.date === null
    ? t('speak.backShelf')
    : t('speak.back', { moment: formats.momentLong(lead.date, lead.time) });
}
