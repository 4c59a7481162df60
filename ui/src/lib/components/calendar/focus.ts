import { tick } from 'svelte';
import type { Id } from '$lib/api';
import { type IsoDate, wallAt } from '$lib/time';
import type { CalendarController } from './controller.svelte';
import { headingNear } from './layout/list';
import type { Spared } from './layout/places';

/** The name of a cell for focus: `2026-05-14`, or `2026-05-14:9` for an hour. */
export function cellName(date: IsoDate, hour: number | null): string {
  return hour === null ? date : `${date}:${hour}`;
}

/** The day of a cell by its name, and its hour; null for the name of none. */
export function readCell(name: string | undefined): { date: IsoDate; hour: number | null } | null {
  if (!name) return null;
  const [date = '', hour] = name.split(':');
  return { date, hour: hour === undefined ? null : Number(hour) };
}

type PlaceName = 'grid' | 'shelf' | 'window';

/** Where the keyboard stands, told without elements: those may be drawn anew. */
export interface Stand {
  place: PlaceName;
  chip: Id | null;
  date: IsoDate | null;
  hour: number | null;
}

const STOP = '[tabindex="0"]';

/** Where the focus is and where it goes. It is read from the page: the page cannot disagree with itself. */
export class Focus {
  /** Asked for and not yet there. */
  #coming = 0;
  /** A post that gets the focus once its page is loaded, and what stands in for it. */
  #late: { id: Id; stand: Element | null } | null = null;

  constructor(private readonly calendar: CalendarController) {}

  #active(): HTMLElement | null {
    const active = document.activeElement;
    return active instanceof HTMLElement && this.calendar.root?.contains(active) ? active : null;
  }

  /** The focused post, in the grid, in the list, on the shelf or in the day window. */
  chip(): Id | null {
    return this.#active()?.closest<HTMLElement>('[data-chip]')?.dataset.chip ?? null;
  }

  /** The focused day or hour: of the cell itself or of the post in it. */
  cell(): { date: IsoDate; hour: number | null } | null {
    return readCell(this.#active()?.closest<HTMLElement>('[data-cell]')?.dataset.cell);
  }

  /** The focused day: of a cell, of a row of the list, or of the day window. */
  day(): IsoDate | null {
    const active = this.#active();
    return (
      this.cell()?.date ??
      active?.closest<HTMLElement>('[data-day]')?.dataset.day ??
      active?.closest<HTMLElement>('[data-day-window]')?.dataset.dayWindow ??
      null
    );
  }

  place(): PlaceName | null {
    const place = this.#active()?.closest<HTMLElement>('[data-place]')?.dataset.place;
    return place === 'grid' || place === 'shelf' || place === 'window' ? place : null;
  }

  /** Null when the keyboard is somewhere else. */
  stand(): Stand | null {
    const place = this.place();
    if (place === null) return null;
    return { place, chip: this.chip(), date: this.day(), hour: this.cell()?.hour ?? null };
  }

  /**
   * Posts whose elements no other post may take over: the focus must not turn to another post unseen.
   * What lies over the calendar gives it back to an element.
   */
  spared(): Spared {
    const active = document.activeElement;
    return active === document.body || this.#active() !== null ? this.chip() : 'all';
  }

  /** On its way to a place: nothing else should scroll or take it. */
  get coming(): boolean {
    return this.#coming > 0;
  }

  #focus(selector: string): boolean {
    const element = this.calendar.root?.querySelector<HTMLElement>(selector);
    if (!element) return false;
    element.focus();
    element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    return true;
  }

  #focusCell(name: string): boolean {
    const cell = `[data-cell="${name}"]`;
    return this.#focus(`${cell} [data-focus], ${cell}[data-focus]`);
  }

  #focusChip(id: Id, place: PlaceName): boolean {
    const chip = `[data-chip=${JSON.stringify(id)}]`;
    return this.#focus(`[data-place="${place}"] ${chip}`) || this.#focus(chip);
  }

  /** Waits until a turned page is drawn, has it scrolled, waits again, and focuses. */
  async #soon(scroll: () => void, focus: () => void): Promise<void> {
    this.#late = null;
    this.#coming += 1;
    try {
      await tick();
      scroll();
      await tick();
    } finally {
      this.#coming -= 1;
    }
    // Of several wishes the last one counts.
    if (this.#coming === 0) focus();
  }

  /** Focuses a cell after the page has drawn it; turns the page first where it must. */
  async cellSoon(date: IsoDate, hour: number | null): Promise<void> {
    const { calendar } = this;
    calendar.reveal(date);
    await this.#soon(
      () => {
        if (hour !== null && hour >= 0) calendar.showHour?.(hour);
      },
      () => {
        if (!this.#focusCell(cellName(date, hour)) && hour !== null)
          this.#focusCell(cellName(date, 0));
      },
    );
  }

  /**
   * Focuses a day in whatever way the view shows days: an hour of it where there are hours, the
   * nearest day with posts in the list, the one before rather than the one after with `back`.
   */
  async daySoon(date: IsoDate, hour: number | null = null, back = false): Promise<void> {
    const { calendar } = this;
    if (calendar.view !== 'list')
      return this.cellSoon(date, calendar.timed ? (hour ?? calendar.hourOf(date)) : null);
    let near: IsoDate | null = null;
    await this.#soon(
      () => {
        near = headingNear(calendar.rows, date, back);
        if (near !== null) calendar.showRow?.(near);
      },
      () => {
        if (near === null || !this.#focusCell(near)) this.#focus('[data-grid]');
      },
    );
  }

  /**
   * Focuses a post after the page has drawn it, wherever it stands, first of all in `place`; turns
   * the page where it must.
   */
  async chipSoon(id: Id, place: PlaceName = 'grid'): Promise<void> {
    const { calendar } = this;
    calendar.keep = id;
    const chip = calendar.app.posts.get(id);
    const wall = chip && chip.at !== null ? wallAt(chip.at, calendar.zone) : null;
    if (wall) calendar.reveal(wall.date);
    await this.#soon(
      () => {
        if (wall && !chip?.allDay) calendar.showHour?.(Number(wall.time.slice(0, 2)));
        calendar.showRow?.(id);
      },
      () => {
        if (this.#focusChip(id, place)) return;
        const hour = wall && calendar.timed ? Number(wall.time.slice(0, 2)) : null;
        if (!wall || !this.#focusCell(cellName(wall.date, hour))) this.reachable();
        if (!calendar.covered) this.#late = { id, stand: document.activeElement };
      },
    );
  }

  /** Where Tab would lead: the shelf or the grid has one such element. */
  reachable(place: PlaceName = 'grid'): void {
    if (!this.#focus(`[data-place="${place}"] ${STOP}`)) this.#focus(`[data-place="grid"] ${STOP}`);
  }

  /** Goes back to where it stood, after the page was drawn in another way. */
  async back(stand: Stand): Promise<void> {
    const known = stand.chip !== null && this.calendar.app.posts.get(stand.chip) !== undefined;
    if (known && stand.chip !== null) await this.chipSoon(stand.chip, stand.place);
    else if (stand.place !== 'shelf' && stand.date !== null)
      await this.daySoon(stand.date, stand.hour);
    else
      await this.#soon(
        () => undefined,
        () => this.reachable(stand.place),
      );
  }

  /**
   * Posts changed and were drawn anew: the focus follows its post where drawing took it away. A
   * post whose page was not loaded yet gets it now.
   */
  follow(before: Stand | null): void {
    const active = document.activeElement;
    const late = this.#late;
    const waits = late !== null && (active === document.body || active === late.stand);
    if (waits && this.calendar.covered) void this.chipSoon(late.id);
    else if (before && active === document.body && !this.coming) void this.back(before);
  }

  /** Focuses a post when whatever closed over the calendar left the focus nowhere. */
  async unlessSomewhere(id: Id): Promise<void> {
    await tick();
    if (document.activeElement === document.body && !this.coming) await this.chipSoon(id);
  }

  /** Focuses the grid itself: while carrying by keys nothing else should speak. */
  grid(): void {
    this.#focus('[data-grid]');
  }
}
