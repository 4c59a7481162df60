/** People to mention: what stands before the cursor, and whom the networks know by it. */
import type { Account, Id } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { Lookup } from './lookup.svelte';

/** Letters before the networks are asked. */
const LEAST = 2;
/** Longest name worth asking for. */
const LONGEST = 60;

export interface Typed {
  /** Where the sign stands. */
  from: number;
  to: number;
  query: string;
}

export interface Person {
  /** What is put into the text: the network's form of a handle. */
  handle: string;
  label: string;
  account: Account;
}

/** The mention that the cursor stands behind; null where there is none. */
export function mentionAt(text: string, caret: number): Typed | null {
  const before = text.slice(Math.max(0, caret - LONGEST), caret);
  const found = /(?:^|[\s([{"'“‘«„])@([\p{L}\p{N}_.@-]*)$/u.exec(before);
  const query = found?.[1];
  if (query === undefined || [...query].length < LEAST) return null;
  return { from: caret - query.length - 1, to: caret, query };
}

/** One account of each network that finds people: asking twice would find them twice. */
export function askable(app: App, accountIds: readonly Id[]): Account[] {
  const { session } = app;
  const seen = new Set<string>();
  return accountIds.flatMap((id) => {
    const account = session.account(id);
    const entry = session.data?.catalogue.find((n) => n.key === account?.network);
    const place = `${account?.network} ${account?.server}`;
    if (!account || !entry?.findsPeople || seen.has(place)) return [];
    seen.add(place);
    return [account];
  });
}

/** The list below the cursor. Closed by Escape it stays shut for that word. */
export class Mentions {
  typed = $state.raw<Typed | null>(null);
  people = $state.raw<readonly Person[]>([]);
  at = $state(0);
  #shut: number | null = null;
  #accounts: Account[] = [];
  readonly lookup: Lookup;

  constructor(private readonly app: App) {
    this.lookup = new Lookup(async (query) => this.#ask(query));
  }

  readonly open = $derived.by(() => this.typed !== null);
  readonly active = $derived.by(() =>
    this.lookup.state === 'ready' ? this.people[this.at] : undefined,
  );

  async #ask(query: string): Promise<[]> {
    const asked = await Promise.allSettled(
      this.#accounts.map(async (account) => {
        const { choices } = await this.app.api.accounts.choices({
          id: account.id,
          option: 'mention',
          query,
        });
        return choices.map(({ value, label }): Person => ({ handle: value, label, account }));
      }),
    );
    const found = asked.flatMap((a) => (a.status === 'fulfilled' ? a.value : []));
    const failed = asked.find((a) => a.status === 'rejected');
    // One network that does not answer is no matter while another does.
    if (found.length === 0 && failed) throw failed.reason;
    this.people = found;
    this.at = 0;
    return [];
  }

  /** The text or the cursor changed. */
  follow(text: string, caret: number, accountIds: readonly Id[]): void {
    const typed = mentionAt(text, caret);
    if (typed === null || typed.from === this.#shut) {
      if (typed === null) this.#shut = null;
      this.close();
      return;
    }
    this.#accounts = askable(this.app, accountIds);
    if (this.#accounts.length === 0) return this.close();
    const known = this.typed?.from === typed.from && this.typed.query === typed.query;
    this.typed = typed;
    if (!known) this.lookup.soon(typed.query);
  }

  step(by: number): void {
    const n = this.people.length;
    if (n > 0) this.at = (this.at + by + n) % n;
  }

  /** Shut, and not opened again for this word. */
  dismiss(): void {
    this.#shut = this.typed?.from ?? null;
    this.close();
  }

  close(): void {
    if (this.typed === null) return;
    this.typed = null;
    this.people = [];
    this.lookup.stop();
    this.lookup.state = 'idle';
  }
}
