/** What a person does to a picture, as the editor holds it, and as the list the program keeps. */
import type { Area, Id, Look, MediaInfo, MediaUse, Operation, Watermark, Words } from '$lib/api';
import { withoutCaptions } from '$lib/video/captions';
import { ALL, isAll, mirrored, pixels, reshaped, turned } from './area';

/** Light and colour, each from -100 to 100. */
export interface Light {
  brightness: number;
  contrast: number;
  saturation: number;
  warmth: number;
}

export type Knob = keyof Light;

/** In the order they are done. */
export const ALL_KNOBS: readonly Knob[] = ['brightness', 'contrast', 'saturation', 'warmth'];

/** A part nobody shall recognise; in the picture as it was cut. */
export interface Blur {
  area: Area;
  /** 1 to 100. */
  strength: number;
}

/** All edits of the editor, in the order they are done. */
export interface Edits {
  /** Quarter turns clockwise, 0 to 3. */
  quarters: number;
  /** Left and right change places, after the turn. */
  flipped: boolean;
  area: Area;
  light: Light;
  look: Look | null;
  /** Of the look, 0 to 100. */
  strength: number;
  blurs: Blur[];
  /** Words on the picture as it was cut; those behind lie over those before. */
  words: Words[];
  /** It does not get the mark of its workspace. */
  unmarked: boolean;
}

export const NO_LIGHT: Light = { brightness: 0, contrast: 0, saturation: 0, warmth: 0 };

export const NO_EDITS: Edits = {
  quarters: 0,
  flipped: false,
  area: ALL,
  light: NO_LIGHT,
  look: null,
  strength: 100,
  blurs: [],
  words: [],
  unmarked: false,
};

/** By how much two shapes may differ before a person sees it, as a part of one. */
const SAME_SHAPE = 0.002;

/** The list the program does; empty when nothing was changed. */
export function toOperations(edits: Edits): Operation[] {
  const list: Operation[] = [];
  if (edits.quarters !== 0) list.push({ do: 'turn', quarters: edits.quarters });
  if (edits.flipped) list.push({ do: 'flip', mirror: 'sideways' });
  if (!isAll(edits.area)) list.push({ do: 'crop', area: edits.area });
  if (ALL_KNOBS.some((knob) => edits.light[knob] !== 0))
    list.push({ do: 'adjust', ...edits.light });
  if (edits.look !== null) list.push({ do: 'look', look: edits.look, strength: edits.strength });
  for (const { area, strength } of edits.blurs) list.push({ do: 'blur', area, strength });
  for (const words of edits.words) list.push({ do: 'words', words });
  if (edits.unmarked) list.push({ do: 'unmarked' });
  return list;
}

const ORDER = ['turn', 'flip', 'crop', 'adjust', 'look', 'blur', 'words', 'unmarked'];
/** What may stand in the list several times. */
const MANY = ['blur', 'words'];

/** The list as the editor holds it; null when it was made elsewhere in a way the editor cannot show. */
export function fromOperations(list: readonly Operation[]): Edits | null {
  let edits = NO_EDITS;
  let last = -1;
  for (const one of list) {
    const at = ORDER.indexOf(one.do);
    if (at < 0 || at < last || (at === last && !MANY.includes(one.do))) return null;
    last = at;
    if (one.do === 'turn') edits = { ...edits, quarters: one.quarters };
    else if (one.do === 'flip') {
      if (one.mirror !== 'sideways') return null;
      edits = { ...edits, flipped: true };
    } else if (one.do === 'crop') edits = { ...edits, area: one.area };
    else if (one.do === 'adjust') {
      const { brightness, contrast, saturation, warmth } = one;
      edits = { ...edits, light: { brightness, contrast, saturation, warmth } };
    } else if (one.do === 'look') edits = { ...edits, look: one.look, strength: one.strength };
    else if (one.do === 'blur')
      edits = { ...edits, blurs: [...edits.blurs, { area: one.area, strength: one.strength }] };
    else if (one.do === 'words') edits = { ...edits, words: [...edits.words, one.words] };
    else if (one.do === 'unmarked') edits = { ...edits, unmarked: true };
  }
  return edits;
}

/** Turned a quarter clockwise as the person sees it, with everything on it. */
export function turn(edits: Edits): Edits {
  return {
    ...edits,
    // A mirrored picture turns the other way underneath.
    quarters: (edits.quarters + (edits.flipped ? 3 : 1)) % 4,
    area: turned(edits.area),
    blurs: edits.blurs.map((b) => ({ ...b, area: turned(b.area) })),
  };
}

/** Left and right change places as the person sees it, with everything on it. */
export function flip(edits: Edits): Edits {
  return {
    ...edits,
    flipped: !edits.flipped,
    area: mirrored(edits.area),
    blurs: edits.blurs.map((b) => ({ ...b, area: mirrored(b.area) })),
  };
}

/** The size of a picture in pixels after turning, before cutting. */
export function turnedSize(edits: Edits, width: number, height: number) {
  return edits.quarters % 2 === 1 ? { width: height, height: width } : { width, height };
}

/** Edits as they were copied from one picture. */
export interface Copied {
  edits: Edits;
  /** Width by height of what stayed of that picture, in pixels; null where nothing was cut off. */
  shape: number | null;
}

/** The edits of a picture of this size, to be given to another. */
export function copyOf(edits: Edits, width: number, height: number): Copied {
  const size = turnedSize(edits, width, height);
  const { area } = edits;
  const shape = (area.width * size.width) / (area.height * size.height);
  return { edits, shape: isAll(area) ? null : shape };
}

/** Copied edits on a picture of this size: what stays of it has the shape that the other one was cut to. */
export function pasteOn({ edits, shape }: Copied, width: number, height: number): Edits {
  if (shape === null) return edits;
  const size = turnedSize(edits, width, height);
  const wanted = (shape * size.height) / size.width;
  const has = edits.area.width / edits.area.height;
  // Of a picture of the same shape it is the very same part.
  if (Math.abs(wanted / has - 1) < SAME_SHAPE) return edits;
  return { ...edits, area: reshaped(edits.area, wanted) };
}

/** The size of a picture in pixels after everything in the list. */
export function sizeAfter(list: readonly Operation[], width: number, height: number) {
  let size = { width, height };
  for (const one of list) {
    if (one.do === 'turn' && one.quarters % 2 === 1)
      size = { width: size.height, height: size.width };
    else if (one.do === 'crop') {
      const cut = pixels(one.area, size.width, size.height);
      size = { width: cut.width, height: cut.height };
    } else if (one.do === 'resize') {
      const longest = Math.max(size.width, size.height);
      const of = (n: number) => Math.max(1, Math.round((n * one.side) / longest));
      if (longest > one.side) size = { width: of(size.width), height: of(size.height) };
    }
  }
  return size;
}

/** Everything that is done to a picture before this account gets it; without one, for all. */
export function operationsFor(use: MediaUse, accountId: Id | null): Operation[] {
  const own = accountId === null ? [] : (use.accountEdits?.[accountId] ?? []);
  return [...(use.edits ?? []), ...own];
}

/** The use with other edits, for all accounts or for one. */
export function withOperations(
  use: MediaUse,
  accountId: Id | null,
  operations: Operation[],
): MediaUse {
  const next: MediaUse = { mediaId: use.mediaId, alt: use.alt };
  const edits = accountId === null ? operations : (use.edits ?? []);
  if (edits.length > 0) next.edits = edits;
  const own = { ...use.accountEdits };
  if (accountId !== null) own[accountId] = operations;
  const kept = Object.entries(own).filter(([, list]) => list && list.length > 0);
  if (kept.length > 0) next.accountEdits = Object.fromEntries(kept);
  return next;
}

/**
 * The use without what does nothing, as it is while a hand is at it: words that say nothing, a look of no
 * strength.
 */
export function withoutBlanks(use: MediaUse): MediaUse {
  const kept = (list: readonly Operation[] = []) =>
    list.filter((one) => {
      if (one.do === 'words') return one.words.text.trim() !== '';
      return one.do !== 'look' || one.strength > 0;
    });
  const shared = withOperations(use, null, kept(use.edits));
  return Object.entries(use.accountEdits ?? {}).reduce(
    (next, [id, list]) => withOperations(next, id, kept(list)),
    shared,
  );
}

/** The use as one account gets it: all that is done to it stands in one list. */
export function usedBy(use: MediaUse, accountId: Id): MediaUse {
  const bare: MediaUse = { mediaId: use.mediaId, alt: use.alt };
  return withOperations(bare, null, operationsFor(use, accountId));
}

/**
 * Everything that is done to a picture, with the mark of its workspace behind it where it gets one:
 * the same rule as the program's.
 */
export function withMark(
  operations: readonly Operation[],
  info: MediaInfo | undefined,
  watermark: Watermark | null | undefined,
): Operation[] {
  const may = info?.mime.startsWith('image/') === true && info.mime !== 'image/gif';
  const wanted = watermark?.on === true && may && !operations.some((o) => o.do === 'unmarked');
  return wanted ? [...operations, { do: 'mark', mark: watermark.mark }] : [...operations];
}

/** A list of edits as a part of an address: its JSON in UTF-8, in the base64 of addresses. */
function inAddress(operations: readonly Operation[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(operations));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Where the editor finds a picture exactly as the program makes it, as large as a screen. */
export function proofOf(mediaId: Id, operations: readonly Operation[]): string {
  return `proof/${mediaId}/${inAddress(operations)}`;
}

/** The longer side of a proof before anything is done to it, as the program opens it. */
export const PROOF_SIDE = 1600;

/**
 * Where the page finds a picture with these edits, or the picture that stands for a video; `small` for a
 * strip or a chip.
 */
export function addressOf(
  mediaId: Id,
  operations: readonly Operation[],
  small = false,
  video = false,
): string {
  // They change nothing that is seen, and would make the address as long as a film.
  operations = withoutCaptions(operations);
  if (operations.length === 0 && (small || !video)) return small ? `thumb/${mediaId}` : mediaId;
  const side: Operation = { do: 'resize', side: small ? 256 : 1600 };
  return `edited/${mediaId}/${inAddress([...operations, side])}`;
}
