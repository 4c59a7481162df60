/** What a webhook is called and how it goes with it, in words. */
import type { Webhook, WebhookDelivery } from '$lib/api';
import { t } from '$lib/words';

/** The host of an address: what may be secret in the rest is not repeated. */
export function placeOf(hook: Pick<Webhook, 'url'>): string {
  return URL.canParse(hook.url) ? new URL(hook.url).host : hook.url;
}

/** How it goes with an address, but for one that was switched off. */
export function factsOf(hook: Webhook, format: string, moment: (at: number) => string): string {
  const events = hook.events.includes('*')
    ? t('hooks.allEvents')
    : t('hooks.countEvents', { n: hook.events.length });
  const last =
    hook.lastAt === null
      ? t('hooks.fresh')
      : t(hook.lastOk ? 'hooks.lastOk' : 'hooks.lastFailed', { moment: moment(hook.lastAt) });
  return [format, events, ...(hook.active ? [] : [t('hooks.paused')]), last].join(' · ');
}

/** How far a delivery is. */
export function stateOf(delivery: WebhookDelivery, moment: (at: number) => string): string {
  if (delivery.state === 'delivered') return t('hooks.delivered');
  if (delivery.state === 'failed') return t('hooks.gaveUp');
  return delivery.nextAt === null
    ? t('hooks.waiting')
    : t('hooks.retrying', { moment: moment(delivery.nextAt) });
}

/** When a delivery came in line, how often it was tried, and what was answered last. */
export function factsOfDelivery(delivery: WebhookDelivery, moment: (at: number) => string): string {
  const tries = delivery.attempts > 0 ? t('hooks.tries', { n: delivery.attempts }) : null;
  return [moment(delivery.createdAt), tries, delivery.status]
    .filter((fact) => fact !== null)
    .join(' · ');
}
