import type { Api, Chip, Chips, Id } from '$lib/api';
import { indexFor, same, sorted, without } from './posts-list';
import { Turns } from './posts-turns';

export { byTime } from './posts-list';

/** A stretch of time; instants, the end excluded. */
export interface Stretch {
  from: number;
  to: number;
}

/** The stretch of time a view shows of one calendar. */
export interface RangeRequest extends Stretch {
  calendarId: Id;
}

/** A change shown before the program confirmed it. */
export interface Guess {
  id: Id;
  at: number | null;
  allDay: boolean;
}

/** How a guess ends. */
export interface OpenGuess {
  /** What the program told counts again: the change was taken back, or was read meanwhile. */
  drop(): void;
  /** The change was made and could not be read: it counts until the program tells more. */
  keep(): void;
}

type Change = (chip: Chip) => Chip | null;

/** A post with guesses over it: what the program told, and what is shown instead. */
interface Layer {
  told: Chip | null;
  changes: Change[];
}

/** The months around are read once what was asked for is painted. */
const PAUSE_MS = 50;
/** From here on everything is read anew instead. */
const MANY = 2000;

/**
 * The posts of the loaded stretch of time, sorted, and the shelf. The arrays are replaced on every
 * change and never written to, so a view can compare by identity what to draw again.
 *
 * What the program tells carries the number of the newest change it includes, and an answer never
 * replaces a newer one, in whatever order they arrive. Guesses lie over what was told: an answer
 * from before a move changes what lies beneath, not what is shown.
 */
export class Posts {
  list = $state.raw<readonly Chip[]>([]);
  shelf = $state.raw<readonly Chip[]>([]);
  state = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  error = $state.raw<unknown>(null);
  /** Grows with every stretch that was asked for and loaded. */
  loaded = $state(0);
  /** Grows with every change of posts and plans the program tells; guesses and pages do not count. */
  told = 0;
  readonly turns = new Turns();
  /** Told which posts are not there any more: nobody should act on them. */
  ongone: ((ids: readonly Id[]) => void) | null = null;

  /** The stretch `list` holds in full. */
  #range = $state.raw<RangeRequest | null>(null);
  #asked: { want: RangeRequest; around: Stretch } | null = null;
  #loads = 0;
  /** What is shown. */
  #byId = new Map<Id, Chip>();
  /** Posts outside the loaded stretch that someone still holds. */
  #aside = new Map<Id, Chip>();
  #layers = new Map<Id, Layer>();
  #holders = new Set<ReadonlySet<Id>>();
  /** Readings under way, and what was told of single posts while they are. */
  #readings = 0;
  #news = new Map<Id, { seq: number; chip: Chip | null }>();
  /** The number the newest stretch was read at, while readings are under way. */
  #floor = 0;

  constructor(private readonly api: Api) {}

  /** A known post: of the loaded stretch, on the shelf, or held. */
  get(id: Id): Chip | undefined {
    return this.#byId.get(id) ?? this.#aside.get(id);
  }

  /** Keeps the posts of a living set known, whatever stretch is loaded. Returns how to let go. */
  hold(ids: ReadonlySet<Id>): () => void {
    this.#holders.add(ids);
    return () => void this.#holders.delete(ids);
  }

  /** All of this stretch is in `list`: what is not there does not exist. */
  covers(want: RangeRequest): boolean {
    const range = this.#range;
    return range?.calendarId === want.calendarId && range.from <= want.from && range.to >= want.to;
  }

  /**
   * Loads a stretch of time unless it is there already, then what lies around it, so that the next
   * page is there when it is turned to. A later call wins over an earlier one.
   */
  async load(want: RangeRequest, around: Stretch = want, force = false): Promise<void> {
    const mine = ++this.#loads;
    this.#asked = { want, around };
    if (!force && this.state !== 'failed' && this.covers(want)) this.state = 'ready';
    else if (!(await this.#replace(want, force, mine))) return;
    await this.#widen(around, mine);
  }

  async reload(): Promise<void> {
    if (!this.#asked) return;
    await this.load(this.#asked.want, this.#asked.around, true);
    // What is held beside the stretch may be another by now, or gone.
    const held = [...this.#aside.keys()];
    if (this.state === 'ready' && held.length > 0 && held.length <= MANY) await this.refresh(held);
  }

  /** The feed told that these changed: reads just them. */
  async refresh(ids: readonly Id[]): Promise<void> {
    if (!this.#asked) return;
    if (ids.length === 0 || ids.length > MANY) return this.reload();
    await this.#reading(async () => {
      const { chips, lastSeq } = await this.api.posts.chips({ ids: [...ids] });
      const answered = new Map(chips.map((c) => [c.id, c]));
      const fresh = new Map<Id, Chip | null>();
      for (const id of ids) {
        if ((this.#news.get(id)?.seq ?? 0) > lastSeq) continue;
        // A stretch that was read later has told more of the posts it holds.
        if (lastSeq < this.#floor && (this.#byId.get(id)?.at ?? null) !== null) continue;
        const chip = answered.get(id) ?? null;
        this.#news.set(id, { seq: lastSeq, chip });
        fresh.set(id, chip);
      }
      this.#tell(fresh);
    });
  }

  /** Shows a change at once, until it is dropped or kept. */
  guess(guesses: readonly Guess[]): OpenGuess {
    return this.#lay(
      new Map(guesses.map(({ id, at, allDay }) => [id, (chip: Chip) => ({ ...chip, at, allDay })])),
    );
  }

  /** Takes posts away at once, until that is dropped or kept. */
  guessGone(ids: readonly Id[]): OpenGuess {
    return this.#lay(new Map(ids.map((id) => [id, () => null])));
  }

  #lay(changes: ReadonlyMap<Id, Change>): OpenGuess {
    const ids = [...changes.keys()].filter((id) => this.get(id) ?? this.#layers.has(id));
    for (const id of ids) {
      const change = changes.get(id);
      const layer = this.#layers.get(id) ?? { told: this.get(id) ?? null, changes: [] };
      if (change) layer.changes.push(change);
      this.#layers.set(id, layer);
    }
    this.#show(ids);
    const end = (keep: boolean) => {
      for (const id of ids) {
        const layer = this.#layers.get(id);
        const change = changes.get(id);
        if (!layer || !change || !layer.changes.includes(change)) continue;
        layer.changes = layer.changes.filter((c) => c !== change);
        if (keep && layer.told) layer.told = change(layer.told);
      }
      this.#show(ids);
    };
    return { drop: () => end(false), keep: () => end(true) };
  }

  /** Shows these as their guesses say; a post without guesses left is as it was told. */
  #show(ids: Iterable<Id>, always = false): void {
    const fresh = new Map<Id, Chip | null>();
    for (const id of ids) {
      const layer = this.#layers.get(id);
      if (layer) fresh.set(id, shownOf(layer));
    }
    this.#place(fresh, always);
    for (const id of fresh.keys())
      if (this.#layers.get(id)?.changes.length === 0) this.#layers.delete(id);
  }

  /** The program told these; null is gone. */
  #tell(answers: ReadonlyMap<Id, Chip | null>): void {
    if (answers.size === 0) return;
    this.told += 1;
    const gone = [...answers].flatMap(([id, chip]) => (chip === null ? [id] : []));
    if (gone.length > 0) this.ongone?.(gone);
    const fresh = new Map<Id, Chip | null>();
    for (const [id, chip] of answers) {
      const layer = this.#layers.get(id);
      if (layer) layer.told = chip;
      fresh.set(id, layer ? shownOf(layer) : chip);
    }
    this.#place(fresh);
  }

  /** Counts a reading; what was told meanwhile is forgotten with the last one. */
  async #reading<T>(read: () => Promise<T>): Promise<T> {
    this.#readings += 1;
    try {
      return await read();
    } finally {
      this.#readings -= 1;
      if (this.#readings === 0) {
        this.#news.clear();
        this.#floor = 0;
      }
    }
  }

  #read(calendarId: Id, { from, to }: Stretch): Promise<Chips> {
    return this.api.posts.range({ calendars: [calendarId], from, to });
  }

  /** Reads a stretch anew; false when it failed or another load took over. */
  async #replace(want: RangeRequest, force: boolean, mine: number): Promise<boolean> {
    const { calendarId } = want;
    const other = this.#range?.calendarId !== calendarId;
    // The posts of one calendar must not stand under the name of another.
    if (other && this.#range) this.#empty();
    if (this.state !== 'ready' || other) this.state = 'loading';
    return this.#reading(async () => {
      try {
        const [list, shelf] = await Promise.all([
          this.#read(calendarId, want),
          other || force ? this.api.posts.shelf({ calendars: [calendarId] }) : null,
        ]);
        if (mine !== this.#loads) return false;
        const seq = Math.min(list.lastSeq, shelf?.lastSeq ?? list.lastSeq);
        this.#put(want, sorted(list.chips), list.chips, shelf?.chips ?? null, seq);
        this.loaded += 1;
        if (force) this.told += 1;
        this.state = 'ready';
        return true;
      } catch (error) {
        if (mine !== this.#loads) return false;
        this.error = error;
        this.state = 'failed';
        return false;
      }
    });
  }

  /** Reads what `around` has beyond the loaded stretch, and lets go of what lies outside it. */
  async #widen(around: Stretch, mine: number): Promise<void> {
    const lacks = (range: Stretch) => around.from < range.from || around.to > range.to;
    if (!this.#range || !lacks(this.#range)) return;
    await new Promise((done) => setTimeout(done, PAUSE_MS));
    const range = this.#range;
    if (mine !== this.#loads || !range || !lacks(range)) return;
    const none: Chips = { chips: [], lastSeq: Infinity };
    await this.#reading(async () => {
      try {
        const [before, after] = await Promise.all([
          around.from < range.from
            ? this.#read(range.calendarId, { from: around.from, to: range.from })
            : none,
          around.to > range.to
            ? this.#read(range.calendarId, { from: range.to, to: around.to })
            : none,
        ]);
        if (mine !== this.#loads) return;
        dropMoved(before, after);
        const answered = [...before.chips, ...after.chips];
        const ids = new Set(answered.map((c) => c.id));
        const middle = this.list.filter(
          (c) => (c.at ?? 0) >= around.from && (c.at ?? 0) < around.to && !ids.has(c.id),
        );
        this.#put(
          { calendarId: range.calendarId, ...around },
          sorted([...before.chips, ...middle, ...after.chips]),
          answered,
          null,
          Math.min(before.lastSeq, after.lastSeq),
        );
      } catch {
        // Nobody asked for it yet: turning to that page reads it again, and tells.
      }
    });
  }

  #empty(): void {
    this.#range = null;
    this.#byId = new Map();
    this.#aside = new Map();
    this.list = [];
    this.shelf = [];
  }

  /** Holds another stretch: `answered` is what the program just told of it, read at `seq`. */
  #put(
    range: RangeRequest,
    list: readonly Chip[],
    answered: readonly Chip[],
    shelf: readonly Chip[] | null,
    seq: number,
  ): void {
    const known = (id: Id) => this.get(id);
    const byId = new Map<Id, Chip>();
    for (const c of list) byId.set(c.id, c);
    // A post that got its date between the two readings stands on its day only.
    const undated = (shelf ?? this.shelf).filter((c) => !byId.has(c.id));
    for (const c of undated) byId.set(c.id, c);
    const aside = new Map<Id, Chip>();
    for (const ids of [this.#layers, ...this.#holders])
      for (const id of ids.keys()) {
        const chip = byId.has(id) ? undefined : known(id);
        if (chip) aside.set(id, chip);
      }
    if (this.#layers.size > 0)
      for (const chip of shelf ? [...answered, ...shelf] : answered) {
        const layer = this.#layers.get(chip.id);
        if (layer) layer.told = chip;
      }
    this.#floor = seq;
    this.#range = range;
    this.#byId = byId;
    this.#aside = aside;
    this.list = list;
    if (shelf || undated.length !== this.shelf.length) this.shelf = undated;
    // What was told of single posts since that reading began is newer.
    this.#tell(
      new Map([...this.#news].flatMap(([id, n]) => (n.seq > seq ? [[id, n.chip] as const] : []))),
    );
    this.#show([...this.#layers.keys()], true);
  }

  /** Puts posts where they belong: on the calendar, on the shelf, aside, or away. */
  #place(fresh: ReadonlyMap<Id, Chip | null>, always = false): void {
    const range = this.#range;
    if (!range) return;
    // Two answers tell of one's own change: the second is no news. The first has another version than
    // the guess, so it is put into the list; what looks alike is drawn by no cell again.
    const changed = [...fresh.keys()].filter(
      (id) => always || !same(this.get(id), fresh.get(id) ?? undefined),
    );
    if (changed.length === 0) return;
    const list = without(this.list, changed, this.#byId);
    const shelf = without(this.shelf, changed, this.#byId);
    let shelfChanged = shelf.length !== this.shelf.length;
    for (const id of changed) {
      this.#byId.delete(id);
      this.#aside.delete(id);
      const chip = fresh.get(id);
      if (chip?.calendarId !== range.calendarId) continue;
      if (chip.at === null) {
        shelf.unshift(chip);
        shelfChanged = true;
        this.#byId.set(id, chip);
      } else if (chip.at >= range.from && chip.at < range.to) {
        list.splice(indexFor(list, chip), 0, chip);
        this.#byId.set(id, chip);
      } else if (this.#held(id)) this.#aside.set(id, chip);
    }
    this.list = list;
    if (shelfChanged) this.shelf = shelf;
  }

  #held(id: Id): boolean {
    return this.#layers.has(id) || [...this.#holders].some((ids) => ids.has(id));
  }
}

/** Of a post in both answers, since it moved between the two readings, the later one tells. */
function dropMoved(a: Chips, b: Chips): void {
  const [older, newer] = a.lastSeq <= b.lastSeq ? [a, b] : [b, a];
  const ids = new Set(newer.chips.map((c) => c.id));
  if (older.chips.some((c) => ids.has(c.id)))
    older.chips = older.chips.filter((c) => !ids.has(c.id));
}

function shownOf({ told, changes }: Layer): Chip | null {
  return changes.reduce<Chip | null>((chip, change) => chip && change(chip), told);
}
