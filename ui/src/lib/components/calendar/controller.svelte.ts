import { getContext, setContext } from 'svelte';
import type { Chip, Id } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import {
  addDays,
  dayBorders,
  endOfMonth,
  hourBorders,
  instantOf,
  type IsoDate,
  isDate,
  startOfMonth,
  startOfWeek,
  timeOfMinute,
} from '$lib/time';
import { t } from '$lib/words';
import { KeyCarry } from './drag/keys.svelte';
import {
  type Carried,
  carried,
  defaultTime,
  planDrop,
  type PlanInput,
  planStep,
} from './drag/plan';
import { PointerDrag } from './drag/pointer.svelte';
import { refusalText } from './drag/words';
import { cellName, Focus } from './focus';
import { hitTest, scrollerAt } from './hit';
import { type Cell, fillDays, fillHours, share } from './layout/fill';
import { applyFilters, type Filters, isFiltering, NO_FILTERS, readFilters } from './layout/filter';
import { daysOf, leaf, VIEWS, type ViewName } from './layout/grid';
import { listRows } from './layout/list';
import { between } from './layout/slices';
import { Moves } from './moves';
import { SlotTimes } from './slot-times';
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
  /** Scrolls a post's row into view, while the list is open. */
  showRow: ((id: Id) => void) | null = null;
  /** The cell that Tab reaches; follows the focus. */
  #lastCell = $state('');
  readonly roving = $derived.by(() => {
    const [date = '', hour] = this.#lastCell.split(':');
    const timed = this.view === 'week' || this.view === 'day';
    if (this.days.includes(date) && (hour !== undefined) === timed) return this.#lastCell;
    const day = this.days.includes(this.date) ? this.date : (this.days[0] ?? this.date);
    return timed ? cellName(day, 9) : day;
  });

  readonly drag: PointerDrag;
  readonly carry: KeyCarry;
  readonly moves: Moves;
  readonly focus: Focus;
  readonly slots: SlotTimes;
  readonly surfaces: Surfaces;

  readonly today = $derived.by(() => this.app.wallNow.date);
  readonly zone = $derived.by(() => this.app.session.zone);
  readonly #weekStart = $derived.by(() => this.app.session.formats.weekStart);
  readonly days = $derived(daysOf(this.view, this.date, this.#weekStart));
  readonly borders = $derived(dayBorders(this.days[0] ?? this.date, this.days.length, this.zone));
  readonly visible = $derived.by(() =>
    applyFilters(
      this.app.posts.list,
      this.filters,
      (id) => this.app.session.account(id)?.network ?? '',
    ),
  );
  readonly shelf = $derived.by(() =>
    applyFilters(
      this.app.posts.shelf,
      this.filters,
      (id) => this.app.session.account(id)?.network ?? '',
    ),
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

  #lastCells: Cell[] = [];
  readonly cells = $derived.by(() => {
    const cells = fillDays(this.visible, this.days, this.borders, this.cap, this.keep);
    this.#lastCells = share(this.#lastCells, cells);
    return this.#lastCells;
  });

  /** Posts an hour of the week or the day holds before "+N". */
  hourCap = $state(3);
  readonly #hourStarts = $derived(
    this.view === 'week' || this.view === 'day'
      ? this.days.map((d) => hourBorders(d, this.zone))
      : [],
  );
  #lastHours: Cell[] = [];
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

  constructor(readonly app: App) {
    this.moves = new Moves(app);
    this.focus = new Focus(this);
    this.slots = new SlotTimes(app);
    this.surfaces = new Surfaces();
    this.drag = new PointerDrag({
      hit: hitTest,
      carry: (id) => this.carriedAround(id),
      plan: (target, posts, leadId, copy) =>
        planDrop(target, { ...this.input(posts, leadId), copy }),
      drop: (plan, copy, leadId) => {
        void this.moves.drop(plan, copy, leadId);
        // What was dropped is seen and has the focus, also where a full day would hide it.
        if (!copy && plan.places.length > 0) this.focus.chipSoon(leadId);
      },
      cancelled: (posts, leadId, refusal) => this.moves.cancelled(posts, leadId, refusal),
      bounds: () => this.root?.querySelector('[data-leaf]')?.getBoundingClientRect() ?? null,
      leaf: (by) => {
        this.leaf(by);
        requestAnimationFrame(() => this.drag.retarget());
      },
      scroller: scrollerAt,
    });
    this.carry = new KeyCarry({
      input: (posts, leadId) => this.input(posts, leadId),
      formats: () => app.session.formats,
      show: (plan) => {
        this.keep = this.carry.leadId;
        if (plan.lead) this.reveal(plan.lead.date);
        return this.moves.show(plan);
      },
      drop: (plan, leadId) => {
        void this.moves.drop(plan, false, leadId);
        this.focus.chipSoon(leadId);
      },
      say: (text) => app.announcer.say(text),
      wordsOf: (p) => p.words || t('common.noWords'),
    });
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
  }

  /** The stretch of time to have loaded. The month before and after come along, so leafing is quick. */
  get range() {
    const calendarId = this.app.session.data?.calendarId ?? '';
    if (this.view === 'list') return { calendarId, ...EVER };
    const month = daysOf('month', this.date, this.#weekStart);
    const first = month[0] ?? this.date;
    return {
      calendarId,
      from: instantOf(addDays(first, -7), '00:00', this.zone),
      to: instantOf(addDays(first, 56), '00:00', this.zone),
    };
  }

  setView(view: ViewName): void {
    this.view = view;
    this.app.session.remember('calendar.view', view);
    this.speakView();
  }

  /** Turns to a date; the view keeps its kind. */
  goTo(date: IsoDate): void {
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

  /** The focus came to a cell or a post in it. */
  focused(cell: string): void {
    this.#lastCell = cell;
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

  carriedAround(id: Id): Carried[] {
    return this.app.selection
      .around(id)
      .flatMap((each) => this.app.posts.get(each) ?? [])
      .map((chip) => carried(chip, this.zone));
  }

  input(posts: readonly Carried[], leadId: Id): PlanInput {
    const now = this.app.wallNow;
    return {
      posts,
      leadId,
      now,
      copy: false,
      timeFor: (date, post) =>
        this.slots.get(date, this.#accountsOf(post.id), () => this.drag.retarget()) ??
        defaultTime(date, now, this.#usualTime),
    };
  }

  get #usualTime(): string {
    return this.app.session.data?.settings.usualTime.slice(0, 5) ?? '09:00';
  }

  #accountsOf(id: Id): Id[] {
    return this.app.posts.get(id)?.targets.map((target) => target.accountId) ?? [];
  }

  /** The time a new post gets on a day: next full hour today, else the accounts' next slot, else 09:00. */
  async newTime(date: IsoDate): Promise<string> {
    const accounts = this.app.session.calendar?.defaultAccounts ?? [];
    const now = this.app.wallNow;
    if (date === now.date) return defaultTime(date, now);
    return (await this.slots.ask(date, accounts)) ?? defaultTime(date, now, this.#usualTime);
  }

  /** Moves a post, or the selection around it, without picking it up. */
  nudge(id: Id, days: number, minutes: number): void {
    const posts = this.carriedAround(id);
    const plan = planStep(days, minutes, this.input(posts, id));
    if (plan.refusal) {
      this.app.messages.info(refusalText(plan.refusal));
      return;
    }
    if (plan.nothing) return;
    this.keep = id;
    if (plan.lead) this.reveal(plan.lead.date);
    void this.moves.drop(plan, false, id);
    this.focus.chipSoon(id);
  }

  /** First or last day of the week of a date, or of its month. */
  edgeOf(date: IsoDate, first: boolean, month: boolean): IsoDate {
    if (month) return first ? startOfMonth(date) : endOfMonth(date);
    const start = startOfWeek(date, this.#weekStart);
    return first ? start : addDays(start, 6);
  }

  hourForFocus(): number | null {
    return this.view === 'week' || this.view === 'day'
      ? Number(this.app.wallNow.time.slice(0, 2))
      : null;
  }

  /** Leafs, and takes the focus along to the same day of the new page. */
  leafWithFocus(by: number, from: IsoDate): void {
    const cell = this.focus.cell();
    this.leaf(by);
    if (cell) void this.focus.cellSoon(leaf(this.view, from, by), cell.hour);
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

  /** Where the focus goes when these posts leave: to the next post in order, else to the cell. */
  afterGone(ids: Id[]): () => void {
    const focused = this.focus.chip();
    const cell = this.focus.cell();
    if (focused === null || !ids.includes(focused)) return () => undefined;
    const order = this.order();
    const at = order.indexOf(focused);
    const sameDay = cell ? new Set(this.postsOf(cell.date).map((c) => c.id)) : null;
    const stays = (id: Id) => !ids.includes(id) && (sameDay === null || sameDay.has(id));
    const next = order.slice(at + 1).find(stays) ?? order.slice(0, at).reverse().find(stays);
    return () => {
      if (next !== undefined) this.focus.chipSoon(next);
      else if (cell) void this.focus.cellSoon(cell.date, cell.hour);
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

  /** Opens the composer for a day, or for an exact hour. A day that is over takes no new posts. */
  async newPost(date: IsoDate, hour: number | null): Promise<void> {
    const now = this.app.wallNow;
    const time = hour === null || hour < 0 ? await this.newTime(date) : timeOfMinute(hour * 60);
    if (
      date < now.date ||
      (date === now.date && hour !== null && hour >= 0 && hour < Number(now.time.slice(0, 2)))
    ) {
      this.app.messages.info(t('cal.newInPast'));
      return;
    }
    // The running hour is still open: the next quarter in it that is to come.
    const open = date === now.date && time <= now.time ? defaultTime(date, now) : time;
    this.app.router.newPost({ date, time: open });
  }

  openDay(date: IsoDate): void {
    const cell = this.root?.querySelector(`[data-cell="${date}"], [data-cell^="${date}:"]`);
    this.closePeek();
    this.surfaces.day = { date, anchor: cell?.getBoundingClientRect() ?? new DOMRect(200, 120) };
  }

  closeDay(): void {
    const date = this.surfaces.day?.date;
    this.surfaces.day = null;
    if (date && this.focus.place() === 'window') void this.focus.cellSoon(date, null);
  }

  closePeek(): void {
    this.surfaces.peekHeld = false;
    this.surfaces.peek = null;
  }

  destroy(): void {
    this.drag.destroy();
    this.carry.cancel();
  }
}

export function provideCalendar(controller: CalendarController): CalendarController {
  return setContext(KEY, controller);
}

export function getCalendar(): CalendarController {
  return getContext<CalendarController>(KEY);
}
