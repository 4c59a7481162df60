/** One sign-in from the first choice to the connected account: which stage it is in, and what comes next. */
import {
  ApiError,
  type Account,
  type Entry,
  type FoundAccount,
  type KeptApp,
  type SignInAnswer,
  type SignInField,
  type SignInMethod,
  type Written,
} from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { t } from '$lib/words';
import { filledIn, isKeptSecret, knownValues, lackingFields, wayOf } from './ways';

/** Under which the screen remembers by which way each account was connected. */
const WAYS = 'accounts.ways';

/** `browser` waits for it to come back, `paste` for the address it ends at. */
export type Stage = 'network' | 'form' | 'browser' | 'paste' | 'choose';

export class Connecting {
  stage = $state<Stage>('network');
  network = $state.raw<Entry | null>(null);
  method = $state.raw<SignInMethod | null>(null);
  /** What was typed, by field; a field of two ways is typed once. */
  values = $state<Record<string, string>>({});
  /** What is kept of the person's app at the network. */
  kept = $state.raw<KeptApp | null>(null);
  /** Fields that were still empty when it was to begin. */
  missing = $state.raw<ReadonlySet<string>>(new Set());
  problem = $state.raw<ApiError | null>(null);
  /** Something was asked and is not answered yet. */
  working = $state(false);
  /** Where the browser was sent, and where it comes back to. */
  address = $state('');
  redirect = $state('');
  /** The browser could not be opened. */
  notOpened = $state(false);
  found = $state.raw<readonly FoundAccount[]>([]);
  /** It is over, and the account is there. */
  done = $state(false);

  /** The sign-in the program has under way. */
  #id: string | null = null;
  /** Answers of earlier turns are not waited for any more. */
  #turn = 0;
  /** Fields a person typed into: what is kept does not replace them. */
  #typed = new Set<string>();

  constructor(
    readonly app: App,
    /** Connected again; none for a new one. */
    readonly account: Account | null,
  ) {
    const entry = app.session.data?.catalogue.find((n) => n.key === account?.network);
    if (entry) this.pick(entry);
  }

  /** Whether one signs in, or only says where things go. */
  readonly signs = $derived(
    this.method !== null &&
      (this.method.browser !== null || this.method.fields.some((f) => f.kind === 'secret')),
  );

  /** A network was chosen: its form comes next. */
  pick(entry: Entry): void {
    const ways = this.app.session.remembered<Record<string, string>>(WAYS, {});
    this.network = entry;
    this.method = wayOf(entry, this.account, this.account ? ways[this.account.id] : undefined);
    this.values = knownValues(this.account);
    this.#typed.clear();
    this.kept = null;
    this.#clear();
    this.stage = 'form';
    void this.#readKept(entry);
  }

  /** Another way to sign in to the same network. */
  useWay(method: SignInMethod): void {
    this.method = method;
    this.#clear();
  }

  type(field: SignInField, value: string): void {
    this.values[field.name] = value;
    this.#typed.add(field.name);
    if (value.trim() && this.missing.has(field.name)) {
      const left = new Set(this.missing);
      left.delete(field.name);
      this.missing = left;
    }
    // What was refused is being mended.
    if (this.problem?.field === field.name) this.problem = null;
  }

  isKept(field: SignInField): boolean {
    if (isKeptSecret(field, this.kept)) return true;
    const value = this.kept?.fields[field.name];
    return field.ofApp && value !== undefined && value === this.values[field.name];
  }

  /** Signs in with the form, or sends the browser. False when something is still empty. */
  async start(): Promise<boolean> {
    const { network, method } = this;
    if (!network || this.working) return true;
    const lacking = method ? lackingFields(method, this.values, this.kept) : [];
    this.missing = new Set(lacking.map((f) => f.name));
    if (lacking.length > 0) return false;
    const input = { method: method?.key ?? '', ...filledIn(method, this.values) };
    const { accounts } = this.app.api;
    await this.#ask(() =>
      this.account
        ? accounts.reconnect({ id: this.account.id, ...input })
        : accounts.connect({
            workspaceId: this.app.session.data?.workspaceId ?? '',
            network: network.key,
            ...input,
          }),
    );
    return true;
  }

  /** Sends the browser there once more. */
  async open(): Promise<void> {
    try {
      await this.app.host.openExternal(this.address);
      this.notOpened = false;
    } catch {
      this.notOpened = true;
      this.app.announcer.say(t('signIn.notOpened'));
    }
  }

  /** Goes on with the address the browser ended at. */
  async paste(address: string): Promise<void> {
    const id = this.#id;
    if (id === null || this.working) return;
    await this.#ask(() => this.app.api.accounts.sign_in_paste({ id, address: address.trim() }));
  }

  async choose(remoteId: string): Promise<void> {
    const id = this.#id;
    if (id === null || this.working) return;
    await this.#ask(() => this.app.api.accounts.sign_in_choose({ id, remoteId }));
  }

  /** Back to the form, or from there to the other networks; what is under way is given up. */
  back(): void {
    const toNetworks = this.stage === 'form';
    this.giveUp();
    this.#clear();
    if (toNetworks) this.network = null;
    this.stage = toNetworks ? 'network' : 'form';
  }

  /** Nobody waits any more. */
  giveUp(): void {
    this.#turn += 1;
    this.working = false;
    const id = this.#id;
    this.#id = null;
    // The program forgets it by itself as well.
    if (id !== null) void this.app.api.accounts.sign_in_cancel({ id }).catch(() => undefined);
  }

  async #readKept(entry: Entry): Promise<void> {
    if (!entry.signIn.methods.some((m) => m.fields.some((f) => f.ofApp))) return;
    try {
      const kept = await this.app.api.accounts.kept_app({ network: entry.key });
      if (this.network !== entry) return;
      this.kept = kept;
      for (const [name, value] of Object.entries(kept.fields))
        if (!this.#typed.has(name)) this.values[name] = value;
    } catch (error) {
      if (this.network === entry && this.stage === 'form') this.problem = ApiError.from(error);
    }
  }

  /** Asks the program, and goes where its answer leads. */
  async #ask(question: () => Promise<SignInAnswer>): Promise<void> {
    const mine = ++this.#turn;
    this.working = true;
    this.problem = null;
    try {
      const answer = await question();
      if (mine === this.#turn) await this.#follow(answer);
      // Given up too late: the account is there.
      else if (answer.kind === 'connected') await this.#tell(answer.written);
      // Given up while the program was still beginning it.
      else void this.app.api.accounts.sign_in_cancel({ id: answer.id }).catch(() => undefined);
    } catch (thrown) {
      if (mine === this.#turn) this.#failed(ApiError.from(thrown));
    } finally {
      if (mine === this.#turn) this.working = false;
    }
  }

  #failed(error: ApiError): void {
    this.problem = error;
    // A wrong address is mended where it is; anything else ends this sign-in.
    if (this.stage !== 'paste' || error.field !== 'address') {
      this.giveUp();
      this.stage = 'form';
    }
    this.app.announcer.say(error.message);
  }

  async #follow(answer: SignInAnswer): Promise<void> {
    const { announcer, session } = this.app;
    switch (answer.kind) {
      case 'connected': {
        this.#id = null;
        if (this.method) {
          const ways = session.remembered<Record<string, string>>(WAYS, {});
          session.remember(WAYS, { ...ways, [answer.written.value.id]: this.method.key });
        }
        await this.#tell(answer.written);
        this.done = true;
        return;
      }
      case 'choose':
        this.#id = answer.id;
        // The account itself would have been taken at once, and another one is refused.
        if (this.account)
          return this.#failed(new ApiError('account', this.#notAmong(answer.accounts)));
        this.found = answer.accounts;
        this.stage = 'choose';
        announcer.say(t('signIn.found', { n: this.found.length }));
        return;
      case 'browser': {
        this.#id = answer.id;
        this.address = answer.address;
        this.redirect = answer.redirect;
        this.stage = answer.pasted ? 'paste' : 'browser';
        const network = this.network?.name ?? '';
        announcer.say(t(answer.pasted ? 'signIn.pasteTitle' : 'signIn.waiting', { network }));
        await this.open();
        if (!answer.pasted) void this.#wait(answer.id);
      }
    }
  }

  async #tell({ value, notes }: Written<Account>): Promise<void> {
    await this.app.session.refresh();
    const name = value.displayName || value.handle;
    this.app.messages.info([t('accounts.connected', { name }), ...notes].join(' '));
  }

  #notAmong(found: readonly FoundAccount[]): string {
    const nameOf = (a: { displayName: string; handle: string }) => a.displayName || a.handle;
    return t('signIn.notAmong', {
      name: this.account ? nameOf(this.account) : '',
      found: found.slice(0, 3).map(nameOf).join(', '),
    });
  }

  /** Nothing can be done meanwhile but wait, so it does not count as work. */
  async #wait(id: string): Promise<void> {
    if (this.#id !== id) return;
    await this.#ask(() => this.app.api.accounts.sign_in_wait({ id }));
  }

  #clear(): void {
    this.missing = new Set();
    this.problem = null;
  }
}
