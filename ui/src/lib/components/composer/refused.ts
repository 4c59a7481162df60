/** Files that were not taken in, as a sentence. */
import type { MediaRefused } from '$lib/api';
import { t } from '$lib/words';

/** Reasons named at most; a folder full of strangers would fill the screen. */
const MOST = 3;

/** Every refused file by name; those with the same reason share it. */
export function refusedWords(refused: readonly MediaRefused[]): string {
  const byReason = new Map<string, MediaRefused[]>();
  for (const file of refused)
    byReason.set(file.message, [...(byReason.get(file.message) ?? []), file]);
  const reasons = [...byReason].slice(0, MOST);
  const list = reasons
    .map(([message, files]) => `${files.map((f) => f.name).join(', ')}: ${message}`)
    .join(' ');
  if (refused.length === 1) return list;
  const named = reasons.reduce((n, [, files]) => n + files.length, 0);
  const rest = refused.length - named;
  const all = rest > 0 ? t('composer.media.refusedMore', { list, n: rest }) : list;
  return t('composer.media.refused', { n: refused.length, list: all });
}
