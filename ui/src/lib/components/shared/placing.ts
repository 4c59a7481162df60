/** Where what opens beside something stands in the window. All lengths in CSS pixels, as drawn. */

/** Between a menu and what it hangs at. */
export const GAP = 4;
/** What stays free to the edges of the window. */
export const EDGE = 8;
/** Between a card and what it hangs at. */
const CARD_GAP = 6;

type Rect = Pick<DOMRect, 'left' | 'right' | 'top' | 'bottom'>;
type Size = Pick<DOMRect, 'width' | 'height'>;

/**
 * How high a menu may be that stands above or below its anchor, whichever side has more room. A
 * window drawn at twice the size is low: what does not fit is reached by scrolling, and no line
 * comes to lie under the pointer that opened the menu.
 */
export function roomBeside(anchor: Pick<Rect, 'top' | 'bottom'>, windowHeight: number): number {
  const side = Math.max(windowHeight - anchor.bottom, anchor.top);
  const room = Math.floor(side - GAP - EDGE);
  // An anchor as high as the window has no side.
  return room > 0 ? room : windowHeight - 2 * EDGE;
}

/** Where a card stands: where there is room, and always inside the window. */
export function cardPlace(
  anchor: Rect,
  card: Size,
  room: Size,
  side: 'below' | 'beside',
): { left: number; top: number } {
  const inside = (at: number, size: number, all: number) =>
    Math.max(EDGE, Math.min(at, all - size - EDGE));
  const [x, y] = [
    (at: number) => inside(at, card.width, room.width),
    (at: number) => inside(at, card.height, room.height),
  ];
  if (side === 'beside') {
    const right =
      anchor.right + CARD_GAP + card.width <= room.width ||
      anchor.left < card.width + CARD_GAP + EDGE;
    return {
      left: x(right ? anchor.right + CARD_GAP : anchor.left - card.width - CARD_GAP),
      top: y(anchor.top - EDGE),
    };
  }
  const below =
    anchor.bottom + CARD_GAP + card.height <= room.height ||
    anchor.top < card.height + CARD_GAP + EDGE;
  return {
    left: x(anchor.left),
    top: y(below ? anchor.bottom + CARD_GAP : anchor.top - card.height - CARD_GAP),
  };
}
