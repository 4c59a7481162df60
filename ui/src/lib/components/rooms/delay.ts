import type { App } from '$lib/state/app.svelte';
import { wallAt } from '$lib/time';
import { t } from '$lib/words';

/** Why posts that come due do not go out though nothing is held; null while all is well. */
export function delayWords(app: App): { short: string; whole: string } | null {
  const publisher = app.session.data?.publisher;
  if (!publisher) return null;
  const { offlineSince, delayed } = publisher;
  if (offlineSince !== null) {
    const { date, time } = wallAt(offlineSince, app.session.zone);
    const { formats } = app.session;
    const since = date === app.wallNow.date ? formats.time(time) : formats.moment(date, time);
    return { short: t('delay.offline', { since }), whole: t('delay.offlineWhole', { since }) };
  }
  return delayed ? { short: delayed, whole: delayed } : null;
}
