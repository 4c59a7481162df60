/** What presses, clicks and keys mean. The calendar has one set of handlers; chips have none. */
import type { Id } from '$lib/api';
import { fileKey, isFileKey } from './carry-files';
import { primary } from '$lib/state/keymap';
import { addDays } from '$lib/time';
import type { CalendarController } from './controller.svelte';
import { readCell } from './focus';
import { leaf } from './layout/grid';

const closest = (event: Event, name: string): HTMLElement | null =>
  event.target instanceof Element ? event.target.closest<HTMLElement>(`[data-${name}]`) : null;

/** A file of the library in the panel beside the calendar. */
const fileOf = (event: Event): Id | null => closest(event, 'shelf-file')?.dataset.shelfFile ?? null;

const chipOf = (event: Event): Id | null => closest(event, 'chip')?.dataset.chip ?? null;

export function onPointerDown(calendar: CalendarController, event: PointerEvent): void {
  const file = fileOf(event);
  const id = chipOf(event) ?? (file === null ? null : fileKey(file));
  calendar.closePeek();
  // Posts in the hand go back and menus close first; the same press must not also open or drag what lies
  // under it.
  const { surfaces } = calendar;
  surfaces.endedCarry = calendar.carry.active;
  surfaces.spentPress = surfaces.endedCarry || surfaces.menu !== null;
  if (calendar.carry.active) putBack(calendar);
  else if (id !== null) calendar.drag.press(event, id);
}

export function onClick(calendar: CalendarController, event: MouseEvent): void {
  if (event.button !== 0 || calendar.surfaces.spentPress) return;
  const { selection, router } = calendar.app;
  const more = closest(event, 'more')?.dataset.more;
  if (more) {
    calendar.openDay(more, readCell(closest(event, 'cell')?.dataset.cell)?.hour ?? null);
    return;
  }
  const check = closest(event, 'check')?.dataset.check;
  if (check) {
    if (event.shiftKey) selection.range(check, calendar.order());
    else selection.toggle(check);
    // Keys act on the post of the row, not on the box in it.
    closest(event, 'day')?.querySelector<HTMLElement>('[data-chip]')?.focus();
    return;
  }
  const file = fileOf(event);
  if (file !== null) {
    router.go('library', { mediaId: file });
    return;
  }
  const id = chipOf(event);
  if (id !== null) {
    if (primary(event)) selection.toggle(id);
    else if (event.shiftKey) selection.range(id, calendar.order());
    else router.openPost(id);
    return;
  }
  if (calendar.surfaces.day && !closest(event, 'day-window')) {
    calendar.closeDay();
    return;
  }
  const cell = readCell(closest(event, 'cell')?.dataset.cell);
  if (!cell || calendar.view === 'list') return;
  if (selection.ids.size > 0) {
    selection.clear();
    return;
  }
  calendar.newPost(cell.date, cell.hour);
}

export function onContextMenu(calendar: CalendarController, event: MouseEvent): void {
  // The Menu key has no place of its own: the menu hangs on the post or the day.
  const byKey = event.button !== 2 || (event.clientX === 0 && event.clientY === 0);
  const point = byKey ? null : { x: event.clientX, y: event.clientY };
  if (!byKey && calendar.surfaces.endedCarry) {
    event.preventDefault();
    return;
  }
  const element = closest(event, 'chip');
  const id = element?.dataset.chip;
  if (element && id) openMenu(calendar, id, element, point);
  else if (!openDayMenu(calendar, event, point)) return;
  event.preventDefault();
  // WebKit sends a click after it, as of the left button.
  calendar.surfaces.spentPress = true;
}

/** The menu of the day or hour that something happened on; false where there is none. */
function openDayMenu(
  calendar: CalendarController,
  event: Event,
  point: { x: number; y: number } | null,
): boolean {
  const cell = closest(event, 'cell');
  const of = readCell(cell?.dataset.cell);
  const day = cell?.matches('[data-focus]')
    ? cell
    : cell?.querySelector<HTMLElement>('[data-focus]');
  if (!of || !day) return false;
  calendar.closePeek();
  day.focus();
  calendar.surfaces.menu = { kind: 'day', ...of, anchor: point ?? day, restore: day };
  return true;
}

export function openMenu(
  calendar: CalendarController,
  id: Id,
  element: HTMLElement,
  point: { x: number; y: number } | null,
): void {
  calendar.closePeek();
  element.focus();
  calendar.surfaces.menu = { kind: 'post', id, anchor: point ?? element, restore: element };
}

/** Keys that depend on what has the focus; everything else is in the table of commands. */
export function onKeyDown(calendar: CalendarController, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.target instanceof HTMLInputElement) return;
  if (calendar.carry.active) {
    if (carryKey(calendar, event)) event.preventDefault();
    return;
  }
  const focused = calendar.focus.chip();
  const key = calendar.app.keymap.read(event);
  const arrow = ARROWS[key];
  let taken = false;
  const file = fileOf(event);
  if (file !== null && key === 'Space') taken = pickUp(calendar, fileKey(file));
  else if (file !== null && key === 'Enter' && !primary(event)) {
    calendar.app.router.go('library', { mediaId: file });
    taken = true;
  } else if (event.code === 'Tab') taken = tabKey(calendar, event.shiftKey);
  else if (arrow && event.altKey && !primary(event))
    taken = focused !== null && nudge(calendar, focused, arrow, event.shiftKey);
  else if (arrow && !event.shiftKey && !primary(event)) taken = arrowKey(calendar, arrow);
  else if (key === 'Space' && focused !== null) taken = pickUp(calendar, focused);
  else if (key === 'Enter' && !primary(event)) taken = enterKey(calendar, event);
  else if (key === 'Home' || key === 'End')
    taken = homeEnd(calendar, key === 'Home', primary(event));
  else if (key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    const element = closest(event, 'chip');
    if (element && focused !== null) {
      openMenu(calendar, focused, element, null);
      taken = true;
    } else if (closest(event, 'focus')) taken = openDayMenu(calendar, event, null);
  }
  if (taken) event.preventDefault();
}

interface Arrow {
  x: number;
  y: number;
}

const ARROWS: Record<string, Arrow> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** How far an arrow moves a post: days, and minutes with Shift. Left and right follow the writing. */
export function stepOf(
  view: CalendarController['view'],
  arrow: Arrow,
  shift: boolean,
  rtl = false,
): { days: number; minutes: number } {
  const x = rtl ? -arrow.x : arrow.x;
  if (shift) return { days: 0, minutes: 60 * (x + arrow.y) };
  if (view === 'month') return { days: x + 7 * arrow.y, minutes: 0 };
  if (view === 'list') return { days: x + arrow.y, minutes: 0 };
  return { days: x, minutes: 60 * arrow.y };
}

const rtl = () => document.documentElement.dir === 'rtl';

function carryKey(calendar: CalendarController, event: KeyboardEvent): boolean {
  const { carry } = calendar;
  const key = calendar.app.keymap.read(event);
  const arrow = ARROWS[key];
  if (arrow) {
    const { days, minutes } = stepOf(calendar.view, arrow, event.shiftKey, rtl());
    carry.step(days, minutes);
    if (document.activeElement === document.body) calendar.focus.grid();
    return true;
  }
  if (key === 'PageUp' || key === 'PageDown') {
    const { place } = carry;
    if (place) carry.stepTo(leaf(calendar.view, place.date, key === 'PageUp' ? -1 : 1));
    return true;
  }
  if (key === 'Enter' || key === 'Space') {
    drop(calendar, primary(event));
    return true;
  }
  if (event.key === 'Escape') {
    putBack(calendar);
    return true;
  }
  if (event.code === 'Tab') return true;
  return event.key.length === 1;
}

/**
 * Drops what is carried by keys; the focus stays with it. What a file becomes, or a copy, takes the focus
 * once it is there.
 */
function drop(calendar: CalendarController, asCopy: boolean): void {
  const { leadId } = calendar.carry;
  const file = isFileKey(leadId);
  const copy = asCopy && !file;
  // Also where it was picked up, and nothing was moved.
  if (calendar.carry.drop(copy) && !file && !copy) void calendar.focus.chipSoon(leadId);
}

/** Ends carrying by keys: everything is where it was, and on its page. */
export function putBack(calendar: CalendarController): void {
  const { leadId } = calendar.carry;
  calendar.carry.cancel();
  if (!isFileKey(leadId)) void calendar.focus.chipSoon(leadId);
  else {
    const row = `[data-shelf-file="${leadId.slice(fileKey('').length)}"]`;
    calendar.root?.querySelector<HTMLElement>(row)?.focus();
  }
}

export function pickUp(calendar: CalendarController, id: Id): boolean {
  const posts = calendar.carrying.around(id);
  calendar.closePeek();
  calendar.surfaces.day = null;
  calendar.focus.grid();
  calendar.carry.pickUp(posts, id);
  return true;
}

/** Alt and arrows: picked up, moved and dropped in one press. */
function nudge(calendar: CalendarController, id: Id, arrow: Arrow, shift: boolean): boolean {
  calendar.closePeek();
  const { days, minutes } = stepOf(calendar.view, arrow, shift, rtl());
  calendar.carrying.nudge(id, days, minutes);
  return true;
}

function chipsIn(calendar: CalendarController): HTMLElement[] {
  const active = document.activeElement;
  const holder = active?.closest('[data-cell]') ?? active?.closest('[data-place]');
  if (!holder || !calendar.root?.contains(holder)) return [];
  return [...holder.querySelectorAll<HTMLElement>('[data-chip]')];
}

/** Into the day's posts, from one to the next, and out again. */
function tabKey(calendar: CalendarController, back: boolean): boolean {
  const active = document.activeElement;
  const cell = active?.closest<HTMLElement>('[data-cell]');
  if (!cell || calendar.view === 'list' || !calendar.root?.contains(cell)) return false;
  // "+N more" stands above the posts and is what comes after them.
  const inside = [
    ...cell.querySelectorAll<HTMLElement>('[data-chip]'),
    ...cell.querySelectorAll<HTMLElement>('[data-more]'),
  ];
  const day = cell.querySelector<HTMLElement>('[data-focus]');
  if (active === day) {
    if (back || inside.length === 0) return false;
    inside[0]?.focus();
    return true;
  }
  const at = inside.indexOf(active as HTMLElement) + (back ? -1 : 1);
  if (at >= inside.length) return leaveGrid(calendar);
  (at < 0 ? day : inside[at])?.focus();
  return true;
}

/** After the last post of a day: on to what follows the grid, not through all the days behind. */
function leaveGrid(calendar: CalendarController): boolean {
  const next = calendar.root?.querySelector<HTMLElement>(
    '[data-after-grid] [tabindex="0"], [data-after-grid] button',
  );
  next?.focus();
  return Boolean(next);
}

function arrowKey(calendar: CalendarController, arrow: Arrow): boolean {
  const place = calendar.focus.place();
  const onChip = calendar.focus.chip() !== null;
  if (place === 'shelf' || place === 'window' || calendar.view === 'list') return rowKey(arrow);
  const cell = calendar.focus.cell();
  if (!cell) return false;
  if (onChip && arrow.y !== 0) {
    const chips = chipsIn(calendar);
    const at = chips.indexOf(document.activeElement as HTMLElement) + arrow.y;
    const next = chips[at];
    if (next) {
      next.focus();
      return true;
    }
  }
  const x = rtl() ? -arrow.x : arrow.x;
  if (calendar.view === 'month') {
    void calendar.focus.cellSoon(addDays(cell.date, x + 7 * arrow.y), null);
    return true;
  }
  const hour = Math.max(-1, Math.min(23, (cell.hour ?? 0) + arrow.y));
  void calendar.focus.cellSoon(addDays(cell.date, x), hour);
  return true;
}

/** Rows of a list: up and down only. Rows that are not alive yet come alive by scrolling to them. */
function rowKey(arrow: Arrow): boolean {
  if (arrow.y === 0) return false;
  const holder = document.activeElement?.closest('[data-place]');
  if (!holder) return false;
  const rows = [
    ...holder.querySelectorAll<HTMLElement>('[data-chip], [data-focus], [data-shelf-file]'),
  ];
  const next = rows[rows.indexOf(document.activeElement as HTMLElement) + arrow.y];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return Boolean(next);
}

function enterKey(calendar: CalendarController, event: KeyboardEvent): boolean {
  if (closest(event, 'more')) return false;
  const id = calendar.focus.chip();
  if (id !== null) {
    calendar.app.router.openPost(id);
    return true;
  }
  const cell = calendar.focus.cell();
  if (!cell || !closest(event, 'focus')) return false;
  const count =
    cell.hour === null
      ? calendar.postsOf(cell.date).length
      : (calendar.hours.find((c) => c.date === cell.date && c.hour === cell.hour)?.count ?? 0);
  if (count > 0) calendar.openDay(cell.date, cell.hour);
  else calendar.newPost(cell.date, cell.hour);
  return true;
}

function homeEnd(calendar: CalendarController, home: boolean, month: boolean): boolean {
  const stand = calendar.focus.stand();
  if (stand?.place !== 'grid' || stand.date === null) return false;
  void calendar.focus.daySoon(calendar.edgeOf(stand.date, home, month), stand.hour, !home);
  return true;
}
