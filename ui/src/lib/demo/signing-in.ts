/** Signing in to networks in memory: with a form, through the browser and back, by a pasted address. */
import {
  ApiError,
  type Account,
  type Choice,
  type FoundAccount,
  type Id,
  type KeptApp,
  type SignInAnswer,
  type SignInMethod,
} from '$lib/api';
import type { DemoWorld, Handlers } from './commands';

interface SignIn {
  network: string;
  /** Connected again; none for a new one. */
  account: Account | null;
  workspaceId: Id;
  method: SignInMethod;
  fields: Record<string, string>;
  secrets: Record<string, string>;
}

/** What a sign-in gives access to, where it is more than one account. */
const FOUND: Record<string, FoundAccount[]> = {
  facebook: [
    { remoteId: 'page-1', handle: 'paperbench', displayName: 'Paper Bench' },
    { remoteId: 'page-2', handle: 'paperbench.leipzig', displayName: 'Paper Bench Leipzig' },
    { remoteId: 'page-3', handle: 'openday', displayName: 'Open day at the press' },
  ],
  linkedin: [
    { remoteId: 'person', handle: 'Ana Brandt', displayName: 'Ana Brandt' },
    { remoteId: 'org', handle: 'Paper Bench', displayName: 'Paper Bench (organisation)' },
  ],
};

const OFFERED: Record<string, string[]> = {
  board: ['Covers', 'Paper', 'Open day', 'Repairs', 'Things we like'],
  playlist: ['How we work', 'Open day', 'Questions'],
  community: ['r/bookbinding', 'r/paper', 'r/leipzig'],
};

const PEOPLE = ['Bo Lindqvist', 'Cleo Marsh', 'Carla Ortiz', 'Dana Wu'];

const over = () => new ApiError('conflict', 'This sign-in is over. Start it again.');

export function signInCommands(world: DemoWorld): { handlers: Handlers; comeBack: () => void } {
  const underWay = new Map<string, SignIn>();
  const waiting = new Map<string, { resolve: () => void; reject: (error: ApiError) => void }>();
  const kept = new Map<string, KeptApp>();
  let made = 0;

  const nameOf = (network: string) =>
    world.boot.catalogue.find((n) => n.key === network)?.name ?? network;

  function begin(signIn: Omit<SignIn, 'method'>, key: string): SignInAnswer {
    const methods = world.boot.catalogue.find((n) => n.key === signIn.network)?.signIn.methods;
    const method = methods?.find((m) => m.key === key) ?? methods?.[0];
    if (!method) throw new ApiError('validation', 'One cannot sign in that way.', 'method');
    if (signIn.secrets.password === 'wrong')
      throw new ApiError(
        'account',
        'Bluesky does not know this handle with this app password.',
        'password',
      );
    if (!method.browser) return found({ ...signIn, method });
    const id = keep({ ...signIn, method });
    const { redirect } = method.browser;
    const back =
      redirect.kind === 'pasted'
        ? redirect.address
        : `http://${redirect.host}:${redirect.ports[0] || 49_152}${redirect.path}`;
    return {
      kind: 'browser',
      id,
      address: `https://${signIn.network}.example/authorize?redirect_uri=${encodeURIComponent(back)}`,
      redirect: back,
      pasted: redirect.kind === 'pasted',
    };
  }

  function keep(signIn: SignIn): string {
    made += 1;
    const id = `sign-in-${made}`;
    underWay.set(id, signIn);
    return id;
  }

  function take(id: string): SignIn {
    const signIn = underWay.get(id);
    underWay.delete(id);
    if (!signIn) throw over();
    return signIn;
  }

  function found(signIn: SignIn): SignInAnswer {
    keepApp(signIn);
    const accounts = FOUND[signIn.network] ?? [];
    const same = accounts.some((a) => a.remoteId === signIn.account?.remoteId);
    if (accounts.length > 1 && !same) return { kind: 'choose', id: keep(signIn), accounts };
    return connected(signIn);
  }

  function keepApp({ network, method, fields, secrets }: SignIn): void {
    const mine = method.fields.filter((f) => f.ofApp);
    if (mine.length === 0) return;
    const before = kept.get(network) ?? { fields: {}, secrets: [] };
    const names = mine.map((f) => f.name);
    kept.set(network, {
      fields: {
        ...before.fields,
        ...Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name))),
      },
      secrets: [
        ...new Set([...before.secrets, ...Object.keys(secrets).filter((n) => names.includes(n))]),
      ],
    });
  }

  function connected(signIn: SignIn, chosen?: FoundAccount): SignInAnswer {
    const { network, account, fields } = signIn;
    const name =
      chosen?.displayName ?? fields.identifier ?? fields.folder ?? fields.chat ?? `ana@${network}`;
    const value: Account = account
      ? { ...account, health: { kind: 'ok' } }
      : {
          id: `acc-${world.boot.accounts.length + 1}`,
          workspaceId: signIn.workspaceId,
          network,
          remoteId: chosen?.remoteId ?? name,
          handle: chosen?.handle ?? name,
          displayName: name,
          server: fields.server ?? '',
          settings: {},
          health: { kind: 'ok' },
          paused: null,
          createdAt: world.now(),
        };
    const others = world.boot.accounts.filter((a) => a.id !== value.id);
    const accounts = account
      ? world.boot.accounts.map((a) => (a.id === value.id ? value : a))
      : [...others, value];
    world.boot = { ...world.boot, accounts };
    world.changed('account', [value.id]);
    return { kind: 'connected', written: { value, undo: null, notes: [] } };
  }

  const handlers: Handlers = {
    'accounts.connect': ({ method, ...input }) => begin({ ...input, account: null }, method),
    'accounts.reconnect': ({ id, method, fields, secrets }) => {
      const account = world.boot.accounts.find((a) => a.id === id);
      if (!account) throw new ApiError('not_found', 'This account is not here any more.');
      const { network, workspaceId } = account;
      return begin({ network, workspaceId, account, fields, secrets }, method);
    },
    'accounts.sign_in_wait': async ({ id }) => {
      if (!underWay.has(id)) throw over();
      await new Promise<void>((resolve, reject) => waiting.set(id, { resolve, reject }));
      return found(take(id));
    },
    'accounts.sign_in_paste': ({ id, address }) => {
      const signIn = underWay.get(id);
      if (!signIn) throw over();
      const { redirect } = signIn.method.browser ?? {};
      const wanted = redirect?.kind === 'pasted' ? redirect.address : '';
      if (!address.startsWith(wanted) || !address.includes('code='))
        throw new ApiError(
          'validation',
          `Paste the whole address that the browser shows after ${nameOf(signIn.network)}, beginning with https.`,
          'address',
        );
      return found(take(id));
    },
    'accounts.sign_in_choose': ({ id, remoteId }) => {
      const signIn = take(id);
      return connected(
        signIn,
        FOUND[signIn.network]?.find((a) => a.remoteId === remoteId),
      );
    },
    'accounts.sign_in_cancel': ({ id }) => {
      underWay.delete(id);
      waiting.get(id)?.reject(over());
      waiting.delete(id);
      return {};
    },
    'accounts.kept_app': ({ network }) => kept.get(network) ?? { fields: {}, secrets: [] },
    'accounts.choices': ({ id, option, query }) => ({
      choices:
        option === 'mention'
          ? people(id, query)
          : (OFFERED[option] ?? [])
              .map((label, i): Choice => ({ value: `${option}-${i + 1}`, label }))
              .filter(({ label }) => label.toLowerCase().includes(query.toLowerCase())),
    }),
  };

  function people(id: string, query: string): Choice[] {
    const far = world.boot.accounts.find((a) => a.id === id)?.network === 'mastodon';
    return PEOPLE.filter((name) => name.toLowerCase().includes(query.toLowerCase())).map((name) => {
      const first = name.split(' ')[0]?.toLowerCase();
      const handle = far ? `@${first}@mastodon.example` : `@${first}.bsky.example`;
      return { value: handle, label: `${name} (${handle})` };
    });
  }

  return {
    handlers,
    comeBack: () => {
      for (const { resolve } of waiting.values()) resolve();
      waiting.clear();
    },
  };
}
