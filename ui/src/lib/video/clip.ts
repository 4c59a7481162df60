/** What a person does to a video, as the editor holds it, and as the list the program keeps. */
import type { Area, MediaInfo, Operation } from '$lib/api';
import { ALL, isAll } from '$lib/picture/area';

/** Everything the editor of videos does. Times are milliseconds of the video as it came to it. */
export interface ClipEdits {
  from: number;
  /** Null where the video ends. */
  to: number | null;
  area: Area;
  mute: boolean;
  convert: boolean;
  /** The moment that stands for it; null where the program chooses one. */
  poster: number | null;
}

export const NO_CLIP_EDITS: ClipEdits = {
  from: 0,
  to: null,
  area: ALL,
  mute: false,
  convert: false,
  poster: null,
};

/** The shortest stretch that may stay: about a picture. */
export const LEAST_MS = 40;

/** The list the program does; empty when nothing was changed. */
export function toOperations(edits: ClipEdits, length: number | null): Operation[] {
  const list: Operation[] = [];
  if (length !== null && (edits.from > 0 || edits.to !== null))
    list.push({ do: 'trim', fromMs: edits.from, toMs: edits.to ?? length });
  if (!isAll(edits.area)) list.push({ do: 'crop', area: edits.area });
  if (edits.mute) list.push({ do: 'mute' });
  if (edits.convert) list.push({ do: 'convert' });
  // Counted from where what is left begins.
  if (edits.poster !== null)
    list.push({ do: 'poster', atMs: Math.max(0, edits.poster - edits.from) });
  return list;
}

const ORDER = ['trim', 'crop', 'mute', 'convert', 'poster'];

/** The list as the editor holds it; null when it was made elsewhere in a way the editor cannot show. */
export function fromOperations(
  list: readonly Operation[],
  length: number | null,
): ClipEdits | null {
  let edits = NO_CLIP_EDITS;
  let last = -1;
  for (const one of list) {
    const at = ORDER.indexOf(one.do);
    if (at <= last) return null;
    last = at;
    if (one.do === 'trim') {
      const to = length !== null && one.toMs >= length ? null : one.toMs;
      edits = { ...edits, from: one.fromMs, to };
    } else if (one.do === 'crop') edits = { ...edits, area: one.area };
    else if (one.do === 'mute') edits = { ...edits, mute: true };
    else if (one.do === 'convert') edits = { ...edits, convert: true };
    else if (one.do === 'poster') edits = { ...edits, poster: edits.from + one.atMs };
  }
  return edits;
}

/** The list with one more cut. It stands first, as the editor puts it, with an earlier one in it. */
export function withTrim(
  list: readonly Operation[],
  cut: Extract<Operation, { do: 'trim' }>,
): Operation[] {
  const [first, ...rest] = list;
  if (first?.do !== 'trim') return [cut, ...list];
  const toMs = Math.min(first.toMs, first.fromMs + cut.toMs);
  return [{ do: 'trim', fromMs: first.fromMs + cut.fromMs, toMs }, ...rest];
}

/** How long a video runs after everything in the list; null where that is not known. */
export function lengthAfter(list: readonly Operation[], length: number | null): number | null {
  if (length === null) return null;
  return list.reduce(
    (left, one) =>
      one.do === 'trim' ? Math.max(0, Math.min(one.toMs, left) - Math.min(one.fromMs, left)) : left,
    length,
  );
}

/** Where what is left begins, in milliseconds of the original. */
export function startAfter(list: readonly Operation[]): number {
  return list.reduce((at, one) => (one.do === 'trim' ? at + one.fromMs : at), 0);
}

/** One step of an arrow key: a picture, or a tenth of a second where nobody knows how long one stands. */
export function stepOf(info: MediaInfo): number {
  const rate = info.clip?.frameRate ?? 0;
  return rate > 0 ? 1_000_000 / rate : 100;
}

/** `1:05.20`, `1:02:05.00`: a moment to a hundredth of a second. */
export function momentText(ms: number): string {
  const hundredths = Math.round(ms / 10);
  const two = (n: number) => String(n).padStart(2, '0');
  const seconds = Math.floor(hundredths / 100);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${two(seconds % 60)}.${two(hundredths % 100)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** A length as people write it: `3:20`. */
export function lengthText(ms: number): string {
  return momentText(Math.floor(ms / 1000) * 1000).replace(/\.00$/, '');
}

/** A moment as a person types it: `65`, `1:05`, `1:02:05,5`; null when it is none. */
export function parseMoment(text: string): number | null {
  const parts = text.trim().replace(',', '.').split(':');
  if (parts.length > 3 || parts.some((part) => part.trim() === '')) return null;
  const numbers = parts.map(Number);
  if (numbers.some((n) => !Number.isFinite(n) || n < 0)) return null;
  // Only the last part has a fraction, and only the first may be larger than a clock shows.
  if (numbers.slice(0, -1).some((n) => !Number.isInteger(n))) return null;
  if (numbers.slice(1).some((n) => n >= 60)) return null;
  return Math.round(numbers.reduce((sum, n) => sum * 60 + n, 0) * 1000);
}

/** The stretch with its beginning or end elsewhere; never empty, never outside. */
export function pulled(
  edits: ClipEdits,
  edge: 'from' | 'to',
  at: number,
  length: number,
): Partial<ClipEdits> {
  const to = edits.to ?? length;
  if (edge === 'from')
    return { from: Math.round(Math.min(Math.max(0, at), Math.max(0, to - LEAST_MS))) };
  const end = Math.round(Math.min(Math.max(at, edits.from + LEAST_MS), length));
  return { to: end >= length ? null : end };
}
