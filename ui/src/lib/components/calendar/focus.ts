import { tick } from 'svelte';
import type { Id } from '$lib/api';
import { type IsoDate, wallAt } from '$lib/time';
import type { CalendarController } from './controller.svelte';

/** The name of a cell for focus: `2026-05-14`, or `2026-05-14:9` for an hour. */
export function cellName(date: IsoDate, hour: number | null): string {
  return hour === null ? date : `${date}:${hour}`;
}

/** Where the focus is and where it goes. It is read from the page: the page cannot disagree with itself. */
export class Focus {
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
    const name = this.#active()?.closest<HTMLElement>('[data-cell]')?.dataset.cell;
    if (!name) return null;
    const [date = '', hour] = name.split(':');
    return { date, hour: hour === undefined ? null : Number(hour) };
  }

  place(): 'grid' | 'shelf' | 'window' | null {
    const place = this.#active()?.closest<HTMLElement>('[data-place]')?.dataset.place;
    return place === 'grid' || place === 'shelf' || place === 'window' ? place : null;
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

  /** Focuses a cell after the page has drawn it; turns the page first where it must. */
  async cellSoon(date: IsoDate, hour: number | null): Promise<void> {
    this.calendar.reveal(date);
    if (hour !== null && hour >= 0) this.calendar.showHour?.(hour);
    await tick();
    if (!this.#focusCell(cellName(date, hour)) && hour !== null) this.#focusCell(cellName(date, 0));
  }

  /** Focuses a post after the page has drawn it; a hidden one gives the focus to its day. */
  chipSoon(id: Id): void {
    const { calendar } = this;
    calendar.keep = id;
    const at = calendar.app.posts.get(id)?.at;
    if (calendar.showHour && at !== null && at !== undefined)
      calendar.showHour(Number(wallAt(at, calendar.zone).time.slice(0, 2)));
    calendar.showRow?.(id);
    void tick().then(() => {
      const chip = `[data-chip=${JSON.stringify(id)}]`;
      if (this.#focus(`[data-place="grid"] ${chip}`) || this.#focus(chip)) return;
      this.#focus('[data-focus][tabindex="0"]');
    });
  }

  /** Focuses the grid itself: while carrying by keys nothing else should speak. */
  grid(): void {
    this.#focus('[data-grid]');
  }
}
