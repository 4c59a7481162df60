/** Webhooks over a world in memory: every call arrives but those to `fails.example`. */
import { ApiError, type Webhook, type WebhookContract, type WebhookDelivery } from '$lib/api';
import type { DemoWorld, Handlers } from './commands';

const CONTRACTS: WebhookContract[] = [
  {
    key: 'almanac',
    name: 'Almanac',
    events: [
      { name: 'post.published', about: 'A post is on a network.', waitsFor: null },
      { name: 'post.failed', about: 'A post was not sent.', waitsFor: null },
    ],
  },
  {
    key: 'content-calendar',
    name: 'Content calendar',
    events: [
      { name: 'event.published', about: 'A post is on a network.', waitsFor: null },
      {
        name: 'event.performance_updated',
        about: 'There are new numbers of a post.',
        waitsFor: 'metrics and insights',
      },
    ],
  },
];
const SECRET = `whs_${'0'.repeat(60)}cafe`;

export function webhookCommands(world: DemoWorld): Handlers {
  let hooks: Webhook[] = [];
  let sent: WebhookDelivery[] = [];
  let made = 0;

  const get = (id: string): Webhook => {
    const found = hooks.find((hook) => hook.id === id);
    if (!found) throw new ApiError('not_found', 'This webhook is not there any more.');
    return found;
  };
  const put = (hook: Webhook): Webhook => {
    const known = hooks.some((h) => h.id === hook.id);
    hooks = known ? hooks.map((h) => (h.id === hook.id ? hook : h)) : [...hooks, hook];
    world.changed('webhook', [hook.id]);
    return hook;
  };
  const checked = (url: string, events: string[]): void => {
    if (!/^https?:\/\/./.test(url.trim())) {
      throw new ApiError('validation', 'That is no web address.', 'url');
    }
    if (events.length === 0) {
      throw new ApiError('validation', 'Choose at least one event.', 'events');
    }
  };
  const send = (hook: Webhook, event: string): WebhookDelivery => {
    const arrived = !hook.url.includes('fails.example');
    const message = arrived ? null : 'The program at this address has trouble of its own (500).';
    made += 1;
    const status = arrived ? 200 : 500;
    const delivery: WebhookDelivery = {
      id: `delivery-${made}`,
      webhookId: hook.id,
      event,
      state: arrived ? 'delivered' : 'failed',
      attempts: 1,
      nextAt: null,
      status,
      message,
      answer: arrived ? 'OK' : null,
      createdAt: world.now(),
      endedAt: world.now(),
      tries: [{ at: world.now(), status, message }],
      body: JSON.stringify({ event, post: { text: 'Spring sale' } }),
    };
    sent = [delivery, ...sent];
    put({ ...hook, lastAt: world.now(), lastOk: arrived });
    return delivery;
  };

  return {
    'webhooks.list': ({ id }) => ({
      webhooks: hooks.filter((hook) => hook.workspaceId === id),
      contracts: CONTRACTS,
    }),
    'webhooks.create': (input) => {
      checked(input.url, input.events);
      made += 1;
      const webhook = put({
        id: `hook-${made}`,
        workspaceId: input.workspaceId,
        contract: input.contract,
        url: input.url.trim(),
        events: input.events,
        maxRetries: input.maxRetries ?? 3,
        active: true,
        private: input.private,
        createdAt: world.now(),
        failingSince: null,
        offAt: null,
        offReason: null,
        lastAt: null,
        lastOk: null,
      });
      return { value: { webhook, secret: SECRET }, undo: null, notes: [] };
    },
    'webhooks.change': (input) => {
      const before = get(input.id);
      const after = {
        ...before,
        url: input.url ?? before.url,
        events: input.events ?? before.events,
        maxRetries: input.maxRetries ?? before.maxRetries,
        private: input.private ?? before.private,
        active: input.active ?? before.active,
      };
      checked(after.url, after.events);
      const on = input.active === true ? { offAt: null, offReason: null } : {};
      return { value: put({ ...after, ...on }), undo: null, notes: [] };
    },
    'webhooks.remove': ({ id }) => {
      hooks = hooks.filter((hook) => hook.id !== id);
      world.changed('webhook', [id]);
      return { value: {}, undo: null, notes: [] };
    },
    'webhooks.new_secret': ({ id }) => ({
      value: { webhook: get(id), secret: SECRET.replace('cafe', 'beef') },
      undo: null,
      notes: [],
    }),
    'webhooks.test': ({ id }) => send(get(id), 'test'),
    'webhooks.deliveries': ({ id }) => ({
      deliveries: sent.filter((delivery) => delivery.webhookId === id),
    }),
    'webhooks.send_again': ({ id }) => {
      const found = sent.find((delivery) => delivery.id === id);
      if (!found) throw new ApiError('not_found', 'This delivery is not there any more.');
      const value = { ...found, attempts: found.attempts + 1 };
      sent = sent.map((delivery) => (delivery.id === id ? value : delivery));
      world.changed('webhook', [found.webhookId]);
      return { value, undo: null, notes: [] };
    },
  };
}
