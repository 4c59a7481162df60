import type { CrowdedDay } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { addDays, type IsoDate } from '$lib/time';

/** Reads this long after the last change, so that a burst of them asks once. */
const PAUSE_MS = 250;
/** The list shows everything to come; days further away are told when they come nearer. */
const LIST_DAYS = 365;

/** The days one looks at. */
export interface Days {
  from: IsoDate;
  to: IsoDate;
}

/** Days on which more is planned for an account than its network takes, with what is said of them. */
export class Crowding {
  /** Sentences by day, one an account. */
  byDay = $state.raw<ReadonlyMap<IsoDate, string[]>>(new Map());
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly app: App) {}

  /** What is said of a day; null when there is room. */
  of(date: IsoDate): string | null {
    return this.byDay.get(date)?.join(' ') ?? null;
  }

  /** Keeps to these days of a workspace until told to stop. */
  follow(workspaceId: string, days: Days, zone: string): () => void {
    const ask = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#read(workspaceId, days, zone), PAUSE_MS);
    };
    ask();
    const stop = this.app.host.on('changes', ask);
    return () => {
      this.#turn += 1;
      clearTimeout(this.#timer);
      stop();
    };
  }

  async #read(workspaceId: string, days: Days, zone: string): Promise<void> {
    this.#turn += 1;
    const mine = this.#turn;
    const answer = await this.app.api.posts
      .crowded({ workspaceId, ...days, zone })
      // What was known stays on screen; the next change asks again.
      .catch(() => null);
    if (answer && mine === this.#turn) this.byDay = grouped(answer.days);
  }
}

/** The days worth asking for: what is over can be crowded no more. Null when there are none. */
export function daysToAsk(shown: readonly IsoDate[], today: IsoDate, list: boolean): Days | null {
  if (list) return { from: today, to: addDays(today, LIST_DAYS) };
  const coming = shown.filter((date) => date >= today);
  const [from, to] = [coming[0], coming.at(-1)];
  return from !== undefined && to !== undefined ? { from, to } : null;
}

function grouped(days: readonly CrowdedDay[]): ReadonlyMap<IsoDate, string[]> {
  const byDay = new Map<IsoDate, string[]>();
  for (const { date, message } of days) byDay.set(date, [...(byDay.get(date) ?? []), message]);
  return byDay;
}
