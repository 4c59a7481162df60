import { isDate } from '$lib/time';
import { type DropTarget, snap } from './drag/plan';

/**
 * What a point of the page means for a drop. Elements say it themselves: `data-drop` is `shelf`,
 * `day:2026-05-14` or `hour:2026-05-14:9`.
 */
export function readDrop(
  drop: string | undefined,
  part: number,
  exact: boolean,
): DropTarget | null {
  if (drop === 'shelf') return { kind: 'shelf' };
  const [kind, date = '', hour] = (drop ?? '').split(':');
  if (!isDate(date)) return null;
  if (kind === 'day') return { kind: 'day', date };
  if (kind === 'hour') return { kind: 'time', date, minute: snap(Number(hour), part, exact) };
  return null;
}

export function hitTest(x: number, y: number, exact: boolean): DropTarget | null {
  const element = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]');
  if (!element) return null;
  const { top, height } = element.getBoundingClientRect();
  return readDrop(element.dataset.drop, height > 0 ? (y - top) / height : 0, exact);
}

/** The box that scrolls by itself when a drag comes near its upper or lower edge. */
export function scrollerAt(x: number, y: number): Element | null {
  return document.elementFromPoint(x, y)?.closest('[data-scroll]') ?? null;
}
