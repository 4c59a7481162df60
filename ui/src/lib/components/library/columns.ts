/** What a grid shows of its rows: how far it is scrolled and how much fits, in CSS pixels. */
export interface Sight {
  scrollTop: number;
  clientHeight: number;
}

/**
 * How far to scroll once files are laid out in `now` columns instead of `before`, so that the file with the focus
 * stays where it is on the screen; while that is out of sight, the first one that is whole in sight does.
 */
export function scrollAfter(
  sight: Sight,
  focus: number | null,
  before: number,
  now: number,
  rowHeight: number,
): number {
  const { scrollTop, clientHeight } = sight;
  const onScreen = (index: number) => Math.floor(index / before) * rowHeight - scrollTop;
  const seen = (index: number) => onScreen(index) > -rowHeight && onScreen(index) < clientHeight;
  const first = Math.ceil(scrollTop / rowHeight) * before;
  const index = focus !== null && seen(focus) ? focus : first;
  return Math.floor(index / now) * rowHeight - onScreen(index);
}
