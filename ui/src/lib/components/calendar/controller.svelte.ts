import { getContext, setContext } from 'svelte';
import type { Chip, Id } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { Finder } from '$lib/state/finder.svelte';
import {
  addDays,
  addMonths,
  dayBorders,
  endOfMonth,
  hourBorders,
  instantOf,
  type IsoDate,
  isDate,
  startOfMonth,
  startOfWeek,
} from '$lib/time';
import { t } from '$lib/words';
import { Carrying } from './carrying';
import { Crowding, daysToAsk } from './crowding.svelte';
import type { KeyCarry } from './drag/keys.svelte';
import type { PointerDrag } from './drag/pointer.svelte';
import { cellName, Focus } from './focus';
import { type Cell, fillDays, fillHours, share } from './layout/fill';
import { applyFilters, type Filters, isFiltering, NO_FILTERS, readFilters } from './layout/filter';
import { daysOf, leaf, VIEWS, type ViewName } from './layout/grid';
import { listRows } from './layout/list';
import { between } from './layout/slices';
import type { Moves } from './moves';
import { newPost } from './new-posts';
import { Surfaces } from './surfaces.svelte';

const KEY = Symbol('calendar');
/** The list shows everything there is. */
const EVER = { from: -62_135_596_800_000, to: 253_402_300_799_000 };

/** What the calendar shows and how it is driven; one per open calendar room. */
export class CalendarController {
  view = $state<ViewName>('month');
  /** The day everything turns around: its month, its week, or itself. */
  date = $state<IsoDate>('1970-01-01');
  filters = $state.raw<Filters>(NO_FILTERS);
  /** Chips a cell of the month can hold, from its measured height. */
  cap = $state(4);
  /** The post that must be seen even where a cell hides some: the one moved last. */
  keep = $state<Id | null>(null);
  root: HTMLElement | null = null;
  /** Scrolls an hour of the week or the day into view, while such a view is open. */
  showHour: ((hour: number) => void) | null = null;
  /** Scrolls a row into view, by its post or its day, while the list is open. */
  showRow: ((key: string) => void) | null = null;
  /** The hours of the week or the day that are drawn, of those that can be. */
  drawn = $state.raw({ first: 0, last: 23 });
  /** The row of each list that had the focus last: Tab comes back to it. */
  stops = $state({ grid: '', shelf: '', window: '' });
  /** The cell that Tab reaches; follows the focus. */
  #lastCell = $state('');
  readonly roving = $derived.by(() => {
    const [date = '', hour] = this.#lastCell.split(':');
    const drawn = (h: number) => h >= this.drawn.first && h <= this.drawn.last;
    const there = this.timed ? hour !== undefined && drawn(Number(hour)) : hour === undefined;
    if (this.days.includes(date) && there) return this.#lastCell;
    const day = this.days.includes(this.date) ? this.date : (this.days[0] ?? this.date);
    if (!this.timed) return day;
    const usual = this.hourOf(day);
    return cellName(day, drawn(usual) ? usual : this.drawn.first);
  });

  /** Finds words that stand further on in a post than its chip shows. */
  readonly finder: Finder;
  readonly #networkOf = (id: Id) => this.app.session.account(id)?.network ?? '';
  readonly crowding: Crowding;
  readonly carrying: Carrying;
  readonly drag: PointerDrag;
  readonly carry: KeyCarry;
  readonly moves: Moves;
  readonly focus: Focus;
  readonly surfaces: Surfaces;
  readonly #letGo: (() => void)[];

  readonly today = $derived.by(() => this.app.wallNow.date);
  readonly zone = $derived.by(() => this.app.session.zone);
  readonly #weekStart = $derived.by(() => this.app.session.formats.weekStart);
  readonly days = $derived(daysOf(this.view, this.date, this.#weekStart));
  /** Days are divided into hours. */
  readonly timed = $derived(this.view === 'week' || this.view === 'day');
  readonly borders = $derived(dayBorders(this.days[0] ?? this.date, this.days.length, this.zone));
  readonly visible = $derived.by(() =>
    applyFilters(this.app.posts.list, this.filters, this.#networkOf, this.finder.found),
  );
  readonly shelf = $derived.by(() =>
    applyFilters(this.app.posts.shelf, this.filters, this.#networkOf, this.finder.found),
  );
  readonly filtering = $derived(isFiltering(this.filters));
  /** The card of the first start hangs on today, so it shows only where today does. */
  readonly welcoming = $derived.by(
    () =>
      this.app.session.data?.firstStart === true &&
      this.surfaces.welcome &&
      this.view === 'month' &&
      this.days.includes(this.today),
  );

  #lastCells: readonly Cell[] = [];
  readonly cells = $derived.by(() => {
    const cells = fillDays(this.visible, this.days, this.borders, this.cap, this.keep);
    this.#lastCells = share(this.#lastCells, cells);
    return this.#lastCells;
  });

  /** Posts an hour of the week or the day holds before "+N". */
  hourCap = $state(3);
  readonly #hourStarts = $derived(
    this.timed ? this.days.map((d) => hourBorders(d, this.zone)) : [],
  );
  #lastHours: readonly Cell[] = [];
  /** 25 cells for each day: those without a time, then the hours. */
  readonly hours = $derived.by(() => {
    const starts = this.#hourStarts;
    const cells = starts.flatMap((borders, i) =>
      fillHours(this.visible, this.days[i] ?? this.date, borders, this.hourCap, this.keep),
    );
    this.#lastHours = share(this.#lastHours, cells);
    return this.#lastHours;
  });

  readonly rows = $derived.by(() =>
    this.view === 'list' ? listRows(this.visible, this.zone) : [],
  );

  /** How many posts the view shows, behind "+N more" included. */
  readonly inView = $derived.by(() => {
    if (this.view === 'list') return this.visible.length;
    return this.posts().length;
  });

  /** How many of the selected posts the view does not show: on other pages, or behind a filter. */
  readonly unseen = $derived.by(() => {
    const { ids } = this.app.selection;
    if (ids.size === 0) return 0;
    const seen = new Set(this.order());
    return [...ids].filter((id) => !seen.has(id)).length;
  });

  constructor(readonly app: App) {
    this.surfaces = new Surfaces();
    this.finder = new Finder(app);
    this.crowding = new Crowding(app);
    this.focus = new Focus(this);
    this.carrying = new Carrying(this);
    ({ drag: this.drag, carry: this.carry, moves: this.moves } = this.carrying);
    // What is in the hand stays known while pages are leafed.
    this.#letGo = [app.posts.hold(this.drag.ids), app.posts.hold(this.carry.ids)];
    this.#restore();
  }

  #restore(): void {
    const { session } = this.app;
    const view = session.remembered<string>('calendar.view', 'month');
    this.view = VIEWS.find((v) => v === view) ?? 'month';
    const date = session.remembered<string>('calendar.date', '');
    this.date = isDate(date) ? date : this.app.wallNow.date;
    this.filters = readFilters(session.remembered<unknown>('calendar.filters', null));
    this.surfaces.welcome = !session.remembered('welcome.closed', false);
    // Over a narrow window the shelf would cover the days: there it opens on demand.
    this.surfaces.shelf = session.remembered('shelf.open', true) && innerWidth >= 1100;
    if (session.remembered<string>('shelf.shows', 'drafts') === 'library')
      this.surfaces.shelfShows = 'library';
  }

  readonly #calendarId = $derived.by(() => this.app.session.data?.calendarId ?? '');
  readonly #month = $derived(startOfMonth(this.date));
  /** The stretch of time the view needs: six weeks, also where fewer are shown. */
  readonly range = $derived.by(() => {
    const calendarId = this.#calendarId;
    return this.view === 'list' ? { calendarId, ...EVER } : { calendarId, ...this.#weeks(0, 0) };
  });
  /** The months before and after come along, so that leafing is quick. */
  readonly around = $derived(this.view === 'list' ? EVER : this.#weeks(-1, 1));
  /** The days of the view that can be fuller than a network takes. */
  readonly fillable = $derived.by(() => daysToAsk(this.days, this.today, this.view === 'list'));
  /** Every post of the view is there: what does not show does not exist. */
  readonly covered = $derived.by(() => this.app.posts.covers(this.range));

  /** From the first week of one month to the last of another, counted from the month in view. */
  #weeks(first: number, last: number): { from: number; to: number } {
    const days = (by: number) => daysOf('month', addMonths(this.#month, by), this.#weekStart);
    const start = days(first)[0] ?? this.#month;
    const end = addDays(days(last).at(-1) ?? this.#month, 1);
    const at = (date: IsoDate) => instantOf(date, '00:00', this.zone);
    return { from: at(start), to: at(end) };
  }

  setView(view: ViewName): void {
    const stand = this.focus.stand();
    this.view = view;
    this.app.session.remember('calendar.view', view);
    // The day one looks at stays in sight, and what has the focus keeps it.
    if (stand?.place === 'grid' && stand.date !== null) this.goTo(stand.date);
    this.speakView();
    if (stand?.place === 'grid') void this.focus.back(stand);
  }

  /** Turns to a day in another view. */
  showIn(view: ViewName, date: IsoDate, hour: number | null): void {
    this.goTo(date);
    this.setView(view);
    void this.focus.daySoon(date, hour);
  }

  /** Turns to a date; the view keeps its kind. */
  goTo(date: IsoDate): void {
    // The element under the card goes over to a post of the new page.
    if (date !== this.date) this.closePeek();
    this.date = date;
    this.app.session.remember('calendar.date', date);
  }

  leaf(by: number): void {
    this.goTo(leaf(this.view, this.date, by));
    this.speakView();
  }

  /** Turns the page only when the day is not on it. */
  reveal(date: IsoDate): void {
    if (this.view !== 'list' && !this.days.includes(date)) this.goTo(date);
  }

  /** The focus came to a cell, to a row, or to a post in one. */
  focused(element: Element): void {
    const name = (of: string) => element.closest<HTMLElement>(`[data-${of}]`)?.dataset[of];
    const [cell, chip, place] = [name('cell'), name('chip'), name('place')];
    if (cell) this.#lastCell = cell;
    const key = chip ?? cell;
    if (key && (place === 'grid' || place === 'shelf' || place === 'window'))
      this.stops[place] = key;
  }

  speakView(): void {
    this.app.announcer.say(
      t('speak.view', { view: t(`cal.${this.view}`), range: this.rangeText() }),
    );
  }

  rangeText(): string {
    const { formats } = this.app.session;
    if (this.view === 'day') return `${formats.day(this.date)} ${this.date.slice(0, 4)}`;
    if (this.view !== 'week') return formats.month(this.date);
    const [first = this.date] = this.days;
    return formats.span(first, addDays(first, 6));
  }

  setFilters(filters: Filters): void {
    this.filters = filters;
    this.app.session.remember('calendar.filters', filters);
  }

  clearFilters(): void {
    this.setFilters(NO_FILTERS);
  }

  /** Every post of the view in order of time. */
  posts(): readonly Chip[] {
    if (this.view === 'list') return this.visible;
    const from = this.view === 'month' ? this.#monthBorders.from : this.borders[0];
    const to = this.view === 'month' ? this.#monthBorders.to : this.borders.at(-1);
    return between(this.visible, from ?? 0, to ?? 0);
  }

  readonly #monthBorders = $derived.by(() => ({
    from: instantOf(startOfMonth(this.date), '00:00', this.zone),
    to: instantOf(addDays(endOfMonth(this.date), 1), '00:00', this.zone),
  }));

  /** Selects these posts and no others, spoken. */
  selectAll(ids: Id[]): void {
    this.app.selection.all(ids);
    this.app.announcer.say(t('speak.selected', { n: this.app.selection.ids.size }));
  }

  /** Every post of one day. */
  postsOf(date: IsoDate): readonly Chip[] {
    const [from = 0, to = 0] = dayBorders(date, 1, this.zone);
    return between(this.visible, from, to);
  }

  /** Order for ranges: all that is on screen, the calendar first, then the shelf. */
  order(): Id[] {
    const [from = 0, to = 0] = [this.borders[0], this.borders.at(-1)];
    const grid = this.view === 'list' ? this.visible : between(this.visible, from, to);
    return [...grid, ...this.shelf].map((c) => c.id);
  }

  get usualTime(): string {
    return this.app.session.data?.settings.usualTime.slice(0, 5) ?? '09:00';
  }

  /** First or last day of the week of a date, or of its month. */
  edgeOf(date: IsoDate, first: boolean, month: boolean): IsoDate {
    if (month) return first ? startOfMonth(date) : endOfMonth(date);
    const start = startOfWeek(date, this.#weekStart);
    return first ? start : addDays(start, 6);
  }

  /** The hour to stand on in a day: the one that runs, else the usual one. */
  hourOf(date: IsoDate): number {
    const { date: today, time } = this.app.wallNow;
    return Number((date === today ? time : this.usualTime).slice(0, 2));
  }

  /** Leafs, and takes the focus along to the same day of the new page. */
  leafWithFocus(by: number): void {
    const stand = this.focus.stand();
    const from = stand?.date ?? this.date;
    const to = leaf(this.view, from, by);
    this.goTo(this.view === 'list' ? to : leaf(this.view, this.date, by));
    this.speakView();
    if (stand?.place === 'grid') void this.focus.daySoon(to, stand.hour, by < 0);
  }

  /** Escape clears the selection first, then closes what lies over the calendar. False: nothing to do. */
  escape(): boolean {
    if (this.surfaces.peek) this.closePeek();
    else if (this.app.selection.ids.size > 0) {
      this.app.selection.clear();
      this.app.announcer.say(t('speak.cleared'));
    } else if (this.surfaces.day) this.closeDay();
    else return false;
    return true;
  }

  /** Where the focus goes when these posts leave: to the next post in order, else to the day. */
  afterGone(ids: Id[]): () => void {
    const stand = this.focus.stand();
    const focused = stand?.chip ?? null;
    if (!stand || focused === null || !ids.includes(focused)) return () => undefined;
    const order = this.order();
    const at = order.indexOf(focused);
    const near =
      stand.place === 'shelf'
        ? this.shelf
        : stand.date === null || this.view === 'list'
          ? this.visible
          : this.postsOf(stand.date);
    const there = new Set(near.map((c) => c.id));
    const stays = (id: Id) => there.has(id) && !ids.includes(id);
    const next = order.slice(at + 1).find(stays) ?? order.slice(0, at).reverse().find(stays);
    return () => {
      if (next !== undefined) void this.focus.chipSoon(next, stand.place);
      else void this.focus.back({ ...stand, chip: null });
    };
  }

  /** Shows or hides the card of the focused post, and reads it out. */
  peekFocused(): void {
    const id = this.focus.chip();
    const anchor = document.activeElement;
    if (id === null || !(anchor instanceof HTMLElement)) return;
    const open = this.surfaces.peek?.id === id && this.surfaces.peek.pinned;
    this.surfaces.peek = open ? null : { id, anchor, pinned: true };
  }

  toggleShelf(): void {
    this.surfaces.shelf = !this.surfaces.shelf;
    this.app.session.remember('shelf.open', this.surfaces.shelf);
  }

  newPost(date: IsoDate, hour: number | null): void {
    newPost(this, date, hour);
  }

  /** Opens the day window, from a day or from an hour of it. */
  openDay(date: IsoDate, hour: number | null = null): void {
    const cell = this.root?.querySelector(`[data-cell="${date}"], [data-cell^="${date}:"]`);
    this.closePeek();
    const anchor = cell?.getBoundingClientRect() ?? new DOMRect(200, 120);
    this.surfaces.day = { date, hour, anchor };
  }

  /** Closes the day window; the focus goes back to where it was opened from. */
  closeDay(): void {
    const { day } = this.surfaces;
    const inside = this.focus.place() === 'window';
    this.surfaces.day = null;
    if (day && inside) void this.focus.daySoon(day.date, day.hour);
  }

  closePeek(): void {
    this.surfaces.peekHeld = false;
    this.surfaces.peek = null;
  }

  destroy(): void {
    this.drag.destroy();
    this.carry.cancel();
    for (const release of this.#letGo) release();
  }
}

export function provideCalendar(controller: CalendarController): CalendarController {
  return setContext(KEY, controller);
}

export function getCalendar(): CalendarController {
  return getContext<CalendarController>(KEY);
}
