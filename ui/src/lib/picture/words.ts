/** Words on a picture, as the editor makes and moves them. */
import type { Words } from '$lib/api';
import { WHOLE } from './area';

/** Smallest and largest letters a person can choose, in millionths of the shorter side. */
export const LEAST_SIZE = 20_000;
export const MOST_SIZE = 500_000;
/** Narrowest box of words. */
const LEAST_WIDTH = 50_000;

/** Words as they are when they are added: in the lower half, white with a dark line, easy to read. */
export function newWords(text: string): Words {
  return {
    text,
    letters: {
      font: '',
      bold: true,
      size: 90_000,
      colour: '#ffffff',
      outline: { colour: '#000000', width: 8 },
      ground: null,
    },
    left: 100_000,
    top: 650_000,
    width: 800_000,
    align: 'middle',
  };
}

const clamp = (value: number, least: number, most: number) =>
  Math.round(Math.min(Math.max(value, least), Math.max(least, most)));

/** The words elsewhere; a part of them stays on the picture. */
export function movedWords(words: Words, dx: number, dy: number): Words {
  return {
    ...words,
    left: clamp(words.left + dx, 0, WHOLE - words.width),
    top: clamp(words.top + dy, 0, WHOLE - LEAST_SIZE),
  };
}

/** The box wider or narrower, with its left or right edge in hand. */
export function widened(words: Words, edge: -1 | 1, dx: number): Words {
  if (edge > 0)
    return { ...words, width: clamp(words.width + dx, LEAST_WIDTH, WHOLE - words.left) };
  const right = words.left + words.width;
  const left = clamp(words.left + dx, 0, right - LEAST_WIDTH);
  return { ...words, left, width: right - left };
}

/** The letters larger or smaller. */
export function sized(words: Words, size: number): Words {
  return { ...words, letters: { ...words.letters, size: clamp(size, LEAST_SIZE, MOST_SIZE) } };
}

/** A colour without what shines through it, as colour fields take it, and the other way round. */
export const opaque = (colour: string): string => colour.slice(0, 7);
export const withCover = (colour: string, cover: string): string => opaque(colour) + cover;
