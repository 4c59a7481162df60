import type { Api, Chip, Id } from '$lib/api';

/** Orders posts as the day shows them: by time, then by id, so that equal minutes never swap. */
export function byTime(a: Chip, b: Chip): number {
  return (a.at ?? 0) - (b.at ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** In order; the program answers in order already, so usually nothing is moved. */
function sorted(chips: readonly Chip[]): readonly Chip[] {
  const inOrder = chips.every((chip, i) => {
    const before = chips[i - 1];
    return before === undefined || byTime(before, chip) <= 0;
  });
  return inOrder ? chips : chips.toSorted(byTime);
}

/** Up to here posts are looked for one by one. */
const FEW = 32;

/** Where a chip goes in a sorted list. */
function indexFor(list: readonly Chip[], chip: Chip): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    const at = list[mid];
    if (at && byTime(at, chip) < 0) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** The stretch of time a view shows of one calendar; instants, the end excluded. */
export interface RangeRequest {
  calendarId: Id;
  from: number;
  to: number;
}

/** A change shown before the program confirmed it. */
export interface Guess {
  id: Id;
  at: number | null;
  allDay: boolean;
}

/**
 * The posts of the loaded stretch of time, sorted, and the shelf. The arrays are replaced on every
 * change and never written to, so a view can compare by identity what to draw again.
 */
export class Posts {
  list = $state.raw<readonly Chip[]>([]);
  shelf = $state.raw<readonly Chip[]>([]);
  state = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  error = $state.raw<unknown>(null);
  /** Grows with every stretch that was loaded. */
  loaded = $state(0);

  #range: RangeRequest | null = null;
  #loads = 0;
  #byId = new Map<Id, Chip>();

  constructor(private readonly api: Api) {}

  /** A loaded post, on the calendar or on the shelf. */
  get(id: Id): Chip | undefined {
    return this.#byId.get(id);
  }

  /** Loads a stretch of time unless it already is; a later call wins over an earlier one. */
  async load(range: RangeRequest, force = false): Promise<void> {
    const now = this.#range;
    if (
      !force &&
      now?.calendarId === range.calendarId &&
      now.from <= range.from &&
      now.to >= range.to &&
      this.state !== 'failed'
    )
      return;
    const mine = ++this.#loads;
    const otherCalendar = now?.calendarId !== range.calendarId;
    if (this.state !== 'ready' || otherCalendar) this.state = 'loading';
    try {
      const [list, shelf] = await Promise.all([
        this.api.posts.range({ calendars: [range.calendarId], from: range.from, to: range.to }),
        otherCalendar || force
          ? this.api.posts.shelf({ calendars: [range.calendarId] })
          : Promise.resolve(null),
      ]);
      if (mine !== this.#loads) return;
      this.#range = range;
      this.#set(sorted(list.chips), shelf?.chips ?? this.shelf);
      this.loaded += 1;
      this.state = 'ready';
    } catch (error) {
      if (mine !== this.#loads) return;
      this.error = error;
      this.state = 'failed';
    }
  }

  async reload(): Promise<void> {
    if (this.#range) await this.load(this.#range, true);
  }

  /** The feed told that these changed: reads just them. */
  async refresh(ids: Id[]): Promise<void> {
    if (!this.#range) return;
    if (ids.length === 0 || ids.length > 2000) return this.reload();
    const { chips } = await this.api.posts.chips({ ids });
    this.#apply(ids, chips);
  }

  /** Shows a change at once; returns how to take it back. */
  guess(guesses: Guess[]): () => void {
    const before = guesses.flatMap((g) => this.#byId.get(g.id) ?? []);
    const after = guesses.flatMap((g) => {
      const chip = this.#byId.get(g.id);
      return chip ? [{ ...chip, at: g.at, allDay: g.allDay }] : [];
    });
    const ids = before.map((c) => c.id);
    this.#apply(ids, after);
    return () => this.#apply(ids, before);
  }

  /** Takes posts away at once; returns how to take that back. */
  guessGone(ids: Id[]): () => void {
    const before = ids.flatMap((id) => this.#byId.get(id) ?? []);
    this.#apply(ids, []);
    return () => this.#apply(ids, before);
  }

  #set(list: readonly Chip[], shelf: readonly Chip[]): void {
    this.#byId = new Map();
    for (const c of list) this.#byId.set(c.id, c);
    for (const c of shelf) this.#byId.set(c.id, c);
    this.list = list;
    this.shelf = shelf;
  }

  /** Replaces the posts named by `ids` with `chips`; those without a chip are gone. */
  #apply(ids: Id[], chips: readonly Chip[]): void {
    const range = this.#range;
    if (!range) return;
    const fresh = new Map(chips.map((c) => [c.id, c]));
    // The answer to one's own change usually equals the guess: then nothing is drawn again.
    const changed = ids.filter((id) => !same(this.#byId.get(id), fresh.get(id)));
    if (changed.length === 0) return;
    const list = without(this.list, changed, this.#byId);
    const shelf = without(this.shelf, changed, this.#byId);
    let shelfChanged = shelf.length !== this.shelf.length;
    for (const id of changed) {
      this.#byId.delete(id);
      const chip = fresh.get(id);
      if (chip?.calendarId !== range.calendarId) continue;
      if (chip.at === null) {
        shelf.unshift(chip);
        shelfChanged = true;
        this.#byId.set(id, chip);
      } else if (chip.at >= range.from && chip.at < range.to) {
        list.splice(indexFor(list, chip), 0, chip);
        this.#byId.set(id, chip);
      }
    }
    this.list = list;
    if (shelfChanged) this.shelf = shelf;
  }
}

/**
 * A copy of a sorted list without some posts. A few are found by search, since a copy costs much less
 * than asking ten thousand posts whether they stay.
 */
function without(list: readonly Chip[], ids: Id[], byId: ReadonlyMap<Id, Chip>): Chip[] {
  if (ids.length > FEW) {
    const out = new Set(ids);
    return list.filter((c) => !out.has(c.id));
  }
  const copy = list.slice();
  for (const id of ids) {
    const old = byId.get(id);
    if (!old) continue;
    const at = indexFor(copy, old);
    const found = copy[at]?.id === id ? at : copy.findIndex((c) => c.id === id);
    if (found >= 0) copy.splice(found, 1);
  }
  return copy;
}

/** Equal as far as the screen shows it. */
function same(a: Chip | undefined, b: Chip | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  return (
    a.at === b.at &&
    a.version === b.version &&
    a.status === b.status &&
    a.words === b.words &&
    a.allDay === b.allDay &&
    a.editing === b.editing &&
    a.mediaCount === b.mediaCount &&
    a.labels.join('\n') === b.labels.join('\n') &&
    a.targets.length === b.targets.length &&
    a.targets.every((t, i) => {
      const u = b.targets[i];
      return u?.accountId === t.accountId && u.state === t.state;
    })
  );
}
