/** Parts of a picture in millionths of its width and height, and what hands do to them. */
import type { Area } from '$lib/api';

/** The whole width or height. */
export const WHOLE = 1_000_000;
/** The smallest part a person can make: a fiftieth of each side. */
export const LEAST = 20_000;

export const ALL: Area = { left: 0, top: 0, width: WHOLE, height: WHOLE };

/** Which edges a hand has hold of: `-1` the left or upper one, `1` the right or lower one. */
export interface Grip {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

export const isAll = (area: Area): boolean => area.width === WHOLE && area.height === WHOLE;

const clamp = (value: number, least: number, most: number) =>
  Math.round(Math.min(Math.max(value, least), Math.max(least, most)));

/** The part elsewhere, as far as the picture goes. */
export function moved(area: Area, dx: number, dy: number): Area {
  return {
    ...area,
    left: clamp(area.left + dx, 0, WHOLE - area.width),
    top: clamp(area.top + dy, 0, WHOLE - area.height),
  };
}

/**
 * The part with one of its edges or corners elsewhere. `ratio` is its width by its height, both in
 * millionths, where the shape is kept; the opposite edge or corner stays where it is.
 */
export function resized(
  area: Area,
  grip: Grip,
  dx: number,
  dy: number,
  ratio: number | null,
): Area {
  const roomX = grip.x < 0 ? area.left + area.width : WHOLE - area.left;
  const roomY = grip.y < 0 ? area.top + area.height : WHOLE - area.top;
  let width = grip.x === 0 ? area.width : clamp(area.width + dx * grip.x, LEAST, roomX);
  let height = grip.y === 0 ? area.height : clamp(area.height + dy * grip.y, LEAST, roomY);
  if (ratio !== null) {
    // The side that was pulled decides; at a corner the one that was pulled further.
    const byWidth = grip.y === 0 || (grip.x !== 0 && width / area.width >= height / area.height);
    const mostWide = Math.min(grip.x === 0 ? WHOLE : roomX, (grip.y === 0 ? WHOLE : roomY) * ratio);
    width = Math.min(byWidth ? width : height * ratio, mostWide);
    height = width / ratio;
  }
  const left = grip.x < 0 ? area.left + area.width - width : area.left;
  const top = grip.y < 0 ? area.top + area.height - height : area.top;
  // An edge that nobody holds grows to both sides.
  return inside({
    left: grip.x === 0 ? area.left + (area.width - width) / 2 : left,
    top: grip.y === 0 ? area.top + (area.height - height) / 2 : top,
    width,
    height,
  });
}

/** Whole numbers that lie within the picture. */
function inside(area: Area): Area {
  const width = clamp(area.width, 1, WHOLE);
  const height = clamp(area.height, 1, WHOLE);
  return {
    left: clamp(area.left, 0, WHOLE - width),
    top: clamp(area.top, 0, WHOLE - height),
    width,
    height,
  };
}

/** The largest part of this shape around the middle of another. */
export function shaped(around: Area, ratio: number): Area {
  const width = Math.min(WHOLE, WHOLE * ratio);
  const height = width / ratio;
  return inside({
    left: around.left + (around.width - width) / 2,
    top: around.top + (around.height - height) / 2,
    width,
    height,
  });
}

/** The part in another shape around its middle, as large as before where the picture has room for it. */
export function reshaped(area: Area, ratio: number): Area {
  const width = Math.min(WHOLE, WHOLE * ratio, Math.sqrt(area.width * area.height * ratio));
  const height = width / ratio;
  return inside({
    left: area.left + (area.width - width) / 2,
    top: area.top + (area.height - height) / 2,
    width,
    height,
  });
}

/** Where a part lies after the picture was turned a quarter clockwise. */
export function turned(area: Area): Area {
  return {
    left: WHOLE - area.top - area.height,
    top: area.left,
    width: area.height,
    height: area.width,
  };
}

/** Where a part lies after left and right changed places. */
export function mirrored(area: Area): Area {
  return { ...area, left: WHOLE - area.left - area.width };
}

/** The pixels a part covers, as the program cuts them. */
export function pixels(area: Area, width: number, height: number) {
  const span = (from: number, length: number, of: number): [number, number] => {
    const edge = (at: number) => Math.floor((Math.min(at, WHOLE) * of + WHOLE / 2) / WHOLE);
    const first = Math.min(edge(from), Math.max(of - 1, 0));
    const end = Math.min(Math.max(edge(from + length), first + 1), Math.max(of, first + 1));
    return [first, end - first];
  };
  const [left, across] = span(area.left, area.width, width);
  const [top, down] = span(area.top, area.height, height);
  return { left, top, width: across, height: down };
}
