import type {
  Account,
  Api,
  Boot,
  Calendar,
  Id,
  LabelCount,
  PublisherStatus,
  Settings,
} from '$lib/api';
import { createFormats, wallAt } from '$lib/time';

const SCREEN_SAVE_MS = 400;
const LABELS_MS = 500;
const WEEK_START = { system: 'system', monday: 1, sunday: 0, saturday: 6 } as const;

/** What the program told at the start and since, with the calendar a person looks at. */
export interface SessionData extends Boot {
  workspaceId: Id;
  calendarId: Id;
}

/** Workspaces, calendars, accounts, labels and settings: what every room reads. */
export class Session {
  data = $state.raw<SessionData | null>(null);
  /** Labels in use; apart from the rest, so that a new label draws no chip again. */
  labels = $state.raw<LabelCount[]>([]);

  /** What the program knows of the system, so that its sentences and the screen write alike. */
  readonly #system = $derived.by(() => {
    const told = this.data?.systemFormats;
    return this.ofThisSystem && told?.known ? told : null;
  });
  // Derived one by one, so that another setting's change does not make every date anew.
  readonly #hours = $derived.by(() => {
    const chosen = this.data?.settings.hourCycle ?? 'system';
    if (chosen !== 'system' || !this.#system) return chosen;
    return this.#system.twelveHours ? 'h12' : 'h24';
  });
  readonly #weekStart = $derived.by(() => {
    const chosen = WEEK_START[this.data?.settings.weekStart ?? 'system'];
    return chosen === 'system' && this.#system ? this.#system.weekStart % 7 : chosen;
  });
  readonly #dateOrder = $derived.by(() => {
    const chosen = this.data?.settings.dateOrder ?? 'system';
    return chosen === 'system' && this.#system ? this.#system.order : chosen;
  });

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
  // Each by itself: what the publisher says of itself replaces the data and must draw no chip again.
  readonly #everyAccount = $derived(this.data?.accounts);
  readonly #workspaceId = $derived(this.data?.workspaceId);
  readonly #catalogue = $derived(this.data?.catalogue);
  readonly accounts = $derived(
    (this.#everyAccount ?? []).filter((a) => a.workspaceId === this.#workspaceId),
  );
  readonly accountById = $derived(new Map(this.accounts.map((a) => [a.id, a])));
  readonly #networkNames = $derived(new Map((this.#catalogue ?? []).map((n) => [n.key, n.name])));

  /** Read once at the start and written from here on; nobody else changes it. */
  #screen: Record<string, unknown> = {};
  #labelling: ReturnType<typeof setTimeout> | undefined;
  #saving = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly api: Api,
    private readonly locale: string,
    /** The program runs on the computer one looks at; in a browser that is another one. */
    private readonly ofThisSystem: boolean,
  ) {}

  async start(): Promise<void> {
    const boot = await this.api.session.boot();
    this.#screen = boot.preferences;
    this.data = this.#placed(boot, this.remembered<Id | null>('calendar', null));
    await this.refreshLabels();
  }

  /** Reads everything again, after the feed told of a change outside posts. */
  async refresh(): Promise<void> {
    const boot = await this.api.session.boot();
    this.data = this.#placed(boot, this.data?.calendarId ?? null);
  }

  /** Reads which labels are in use. */
  async refreshLabels(): Promise<void> {
    this.labels = await this.api.labels.list();
  }

  /** Reads the labels again when the person pauses: many changes in a row ask once. */
  labelsChanged(): void {
    clearTimeout(this.#labelling);
    this.#labelling = setTimeout(() => {
      // The labels of before stay offered; the next change asks again.
      void this.refreshLabels().catch(() => undefined);
    }, LABELS_MS);
  }

  /** Looks at another calendar; remembered for the next start. */
  choose(calendarId: Id): void {
    if (!this.data) return;
    this.data = this.#placed(this.data, calendarId);
    this.remember('calendar', calendarId);
  }

  /** What the publisher says of itself. */
  publisherSays(publisher: PublisherStatus): void {
    this.patch({ publisher, needsPerson: publisher.needsPerson });
  }

  /** The boot answer with the asked calendar, or the first active one when that is gone. */
  #placed(boot: Boot, asked: Id | null): SessionData {
    const active = boot.calendars.filter((c) => c.status === 'active');
    const calendar = active.find((c) => c.id === asked) ?? active[0] ?? boot.calendars[0];
    return {
      ...boot,
      workspaceId: calendar?.workspaceId ?? boot.workspaces[0]?.id ?? '',
      calendarId: calendar?.id ?? '',
    };
  }

  /** Changes some fields here at once; the program's answer may correct them. */
  patch(fields: Partial<SessionData>): void {
    if (this.data) this.data = { ...this.data, ...fields };
  }

  /** Changes settings, shown at once and taken back when the program refuses. */
  async change(settings: Partial<Settings>): Promise<void> {
    if (!this.data) return;
    const before = this.data.settings;
    const after = { ...before, ...settings };
    this.patch({ settings: after });
    try {
      this.patch({ settings: (await this.api.settings.set(after)).value });
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
    clearTimeout(this.#saving.get(name));
    this.#saving.set(
      name,
      setTimeout(() => {
        this.#saving.delete(name);
        // Losing a remembered width is not worth a message.
        void this.api.preferences.put({ key: name, value }).catch(() => undefined);
      }, SCREEN_SAVE_MS),
    );
  }

  /** Writes what waits to be remembered, now. */
  async flush(): Promise<void> {
    const waiting = [...this.#saving];
    this.#saving.clear();
    await Promise.allSettled(
      waiting.map(([key, timer]) => {
        clearTimeout(timer);
        return this.api.preferences.put({ key, value: this.#screen[key] });
      }),
    );
  }

  account(id: Id): Account | undefined {
    return this.accountById.get(id);
  }

  /** Whom a new post is for: the accounts used last, else the calendar's own. */
  accountsForNew(): Id[] {
    const here = (ids: readonly Id[]) => ids.filter((id) => this.accountById.has(id));
    const last = here(this.remembered<Id[]>('composer.accounts', []));
    return last.length > 0 ? last : here(this.calendar?.defaultAccounts ?? []);
  }

  /** An instant in words, as the clock of this computer shows it. */
  momentHere(at: number): string {
    const wall = wallAt(at, this.data?.systemZone ?? 'UTC');
    return this.formats.moment(wall.date, wall.time);
  }

  networkName(key: string): string {
    return this.#networkNames.get(key) ?? key;
  }

  /** Whether the network of an account lets programs delete what is published there. */
  canDelete(accountId: Id): boolean {
    const network = this.account(accountId)?.network;
    return this.#catalogue?.find((n) => n.key === network)?.canDelete ?? false;
  }

  calendarsHere(): Calendar[] {
    return (this.data?.calendars ?? []).filter(
      (c) => c.workspaceId === this.data?.workspaceId && c.status === 'active',
    );
  }
}
