import { describe, expect, it } from 'vitest';
import { cardPlace, EDGE, GAP, roomBeside } from './placing';

/** A window of 1280 by 800, drawn so many times as large: the page has fewer pixels then. */
const drawn = (zoom: number) => ({
  width: Math.floor(1280 / zoom),
  height: Math.floor(800 / zoom),
});
const ZOOMS = [0.5, 1, 1.5, 2, 3];

describe('a menu', () => {
  it('fits on the side with more room, wherever it is opened and however large the page is drawn', () => {
    for (const zoom of ZOOMS) {
      const { height } = drawn(zoom);
      for (let top = 0; top <= height; top += 5)
        for (const thick of [0, 18, 34]) {
          const bottom = Math.min(top + thick, height);
          const room = roomBeside({ top, bottom }, height);
          const below = bottom + GAP + room <= height - EDGE;
          const above = top - GAP - room >= EDGE;
          expect(below || above, `${top} of ${height}`).toBe(true);
          expect(room).toBeGreaterThanOrEqual(Math.floor((height - thick) / 2) - GAP - EDGE - 1);
        }
    }
  });

  it('has the whole window where its anchor leaves no side', () => {
    expect(roomBeside({ top: 0, bottom: 400 }, 400)).toBe(384);
    expect(roomBeside({ top: -50, bottom: 500 }, 400)).toBe(384);
  });
});

describe('a card', () => {
  it('is inside the window, wherever its anchor is', () => {
    for (const zoom of ZOOMS) {
      const room = drawn(zoom);
      const card = {
        width: Math.min(304, room.width - 2 * EDGE),
        height: Math.min(360, room.height - 2 * EDGE),
      };
      for (let left = -20; left <= room.width; left += 40)
        for (let top = -20; top <= room.height; top += 40)
          for (const side of ['below', 'beside'] as const) {
            const anchor = { left, top, right: left + 90, bottom: top + 18 };
            const at = cardPlace(anchor, card, room, side);
            expect(at.left).toBeGreaterThanOrEqual(EDGE);
            expect(at.top).toBeGreaterThanOrEqual(EDGE);
            expect(at.left + card.width).toBeLessThanOrEqual(room.width - EDGE);
            expect(at.top + card.height).toBeLessThanOrEqual(room.height - EDGE);
          }
    }
  });

  it('turns to the other side where there is no room', () => {
    const [card, room] = [{ width: 300, height: 200 }, drawn(1)];
    const at = (left: number, top: number) => ({ left, top, right: left + 90, bottom: top + 18 });
    expect(cardPlace(at(100, 100), card, room, 'below')).toEqual({ left: 100, top: 124 });
    expect(cardPlace(at(100, 700), card, room, 'below')).toEqual({ left: 100, top: 494 });
    expect(cardPlace(at(100, 100), card, room, 'beside')).toEqual({ left: 196, top: 92 });
    expect(cardPlace(at(1000, 100), card, room, 'beside')).toEqual({ left: 694, top: 92 });
  });
});
