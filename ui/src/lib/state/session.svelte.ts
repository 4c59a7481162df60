import type { Account, Api, Calendar, Id, SessionState, Settings } from '$lib/api';
import { createFormats } from '$lib/time';

const SCREEN_SAVE_MS = 400;

/** Workspaces, calendars, accounts, labels and settings: what every room reads. */
export class Session {
  data = $state.raw<SessionState | null>(null);

  // Derived one by one, so that another setting's change does not make every date anew.
  readonly #hours = $derived(this.data?.settings.hours ?? 'system');
  readonly #weekStart = $derived(this.data?.settings.weekStart ?? 'system');
  readonly #dateOrder = $derived(this.data?.settings.dateOrder ?? 'system');

  /** Dates and times as this person reads them. */
  readonly formats = $derived.by(() =>
    createFormats({
      hours: this.#hours,
      weekStart: this.#weekStart,
      dateOrder: this.#dateOrder,
      locale: this.locale,
    }),
  );
  readonly calendar = $derived(
    this.data?.calendars.find((c) => c.id === this.data?.calendarId) ?? null,
  );
  readonly workspace = $derived(
    this.data?.workspaces.find((w) => w.id === this.data?.workspaceId) ?? null,
  );
  readonly zone = $derived(this.calendar?.zone ?? 'UTC');
  readonly accounts = $derived(
    (this.data?.accounts ?? []).filter((a) => a.workspaceId === this.data?.workspaceId),
  );
  readonly accountById = $derived(new Map(this.accounts.map((a) => [a.id, a])));

  /** Read once at the start and written from here on; nobody else changes it. */
  #screen: Record<string, unknown> = {};
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    private readonly locale: string,
  ) {}

  async start(): Promise<void> {
    this.data = await this.api.session.start();
    this.#screen = this.data.settings.screen;
  }

  /** Reads everything again, after the feed told of a change outside posts. */
  async refresh(): Promise<void> {
    this.data = await this.api.session.start();
  }

  async choose(calendarId: Id): Promise<void> {
    this.data = await this.api.session.choose({ calendarId });
  }

  /** Changes some fields here at once; the program's answer may correct them. */
  patch(fields: Partial<SessionState>): void {
    if (this.data) this.data = { ...this.data, ...fields };
  }

  async change(settings: Partial<Settings>): Promise<void> {
    if (!this.data) return;
    const before = this.data.settings;
    this.patch({ settings: { ...before, ...settings } });
    try {
      this.patch({ settings: await this.api.settings.change(settings) });
    } catch (error) {
      this.patch({ settings: before });
      throw error;
    }
  }

  /** What the screen remembers under a name, or the fallback. */
  remembered<T>(name: string, fallback: T): T {
    const value = this.#screen[name];
    return value === undefined ? fallback : (value as T);
  }

  /** Remembers something of the screen; written after a short pause, never spoken of. */
  remember(name: string, value: unknown): void {
    this.#screen = { ...this.#screen, [name]: value };
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      // Losing a remembered width is not worth a message.
      void this.api.settings.change({ screen: this.#screen }).catch(() => undefined);
    }, SCREEN_SAVE_MS);
  }

  account(id: Id): Account | undefined {
    return this.accountById.get(id);
  }

  networkName(id: string): string {
    return this.data?.networks.find((n) => n.id === id)?.name ?? id;
  }

  calendarsHere(): Calendar[] {
    return (this.data?.calendars ?? []).filter(
      (c) => c.workspaceId === this.data?.workspaceId && c.status === 'active',
    );
  }
}
