import { describe, expect, it } from 'vitest';
import type { Area, MediaInfo, MediaUse, Operation } from '$lib/api';
import { ALL, mirrored, moved, pixels, reshaped, resized, shaped, turned, WHOLE } from './area';
import { chained, matrix, mixed, tables } from './colours';
import { newWords } from './words';
import {
  addressOf,
  copyOf,
  flip,
  fromOperations,
  NO_EDITS,
  NO_LIGHT,
  operationsFor,
  pasteOn,
  sizeAfter,
  proofOf,
  toOperations,
  turn,
  withMark,
  withoutBlanks,
  withOperations,
} from './edits';

const part: Area = { left: 200_000, top: 100_000, width: 400_000, height: 500_000 };
const inside = (a: Area) =>
  a.left >= 0 && a.top >= 0 && a.left + a.width <= WHOLE && a.top + a.height <= WHOLE;

describe('edits that are copied', () => {
  const square = { left: 125_000, top: 0, width: 750_000, height: WHOLE };

  it('cut a picture of another shape to the shape that was chosen', () => {
    const copied = copyOf({ ...NO_EDITS, area: square }, 4000, 3000);
    for (const [width, height] of [
      [3000, 4000],
      [1920, 1080],
      [500, 500],
    ] as const) {
      const { area } = pasteOn(copied, width, height);
      const cut = pixels(area, width, height);
      expect(inside(area)).toBe(true);
      expect(Math.abs(cut.width - cut.height), `${width} × ${height}`).toBeLessThanOrEqual(1);
    }
    // Turned before it is cut, a picture that stood lies.
    const turned = copyOf({ ...NO_EDITS, quarters: 1, area: square }, 3000, 4000);
    expect(pasteOn(turned, 1500, 2000).area).toEqual(square);
  });

  it('keep the very same part of a picture of the same shape, and all of one that was not cut', () => {
    const edits = { ...NO_EDITS, area: part };
    expect(pasteOn(copyOf(edits, 4000, 3000), 1024, 768)).toEqual(edits);
    expect(pasteOn(copyOf(NO_EDITS, 4000, 3000), 900, 1600)).toEqual(NO_EDITS);
  });
});

describe('parts of a picture', () => {
  it('get another shape around their middle, as large as before where there is room', () => {
    const wide = { left: 400_000, top: 400_000, width: 400_000, height: 100_000 };
    const tall = { left: 500_000, top: 250_000, width: 200_000, height: 400_000 };
    expect(reshaped({ ...wide, height: 200_000 }, 0.5)).toEqual({ ...tall, top: 300_000 });
    expect(inside(reshaped(wide, 40))).toBe(true);
    expect(reshaped({ ...ALL }, 2)).toEqual({
      left: 0,
      top: 250_000,
      width: WHOLE,
      height: 500_000,
    });
  });

  it('move as far as the picture goes', () => {
    expect(moved(part, -900_000, 50_000)).toEqual({ ...part, left: 0, top: 150_000 });
    expect(moved(part, 900_000, 900_000)).toEqual({ ...part, left: 600_000, top: 500_000 });
  });

  it('are pulled by a corner while the opposite one stays', () => {
    const pulled = resized(part, { x: -1, y: -1 }, 100_000, 100_000, null);
    expect(pulled).toEqual({ left: 300_000, top: 200_000, width: 300_000, height: 400_000 });
    expect(resized(part, { x: 1, y: 0 }, -990_000, 0, null).width).toBe(20_000);
  });

  it('keep their shape and stay inside wherever they are pulled', () => {
    for (const x of [-1, 0, 1] as const)
      for (const y of [-1, 0, 1] as const)
        for (const ratio of [0.5, 1, 1.91])
          for (const by of [-900_000, -50_000, 70_000, 900_000]) {
            const start = shaped(part, ratio);
            const pulled = resized(start, { x, y }, by, by, ratio);
            expect(inside(pulled)).toBe(true);
            expect(pulled.width / pulled.height).toBeCloseTo(ratio, 2);
          }
  });

  it('turn and mirror with the picture', () => {
    expect(turned(turned(turned(turned(part))))).toEqual(part);
    expect(mirrored(mirrored(part))).toEqual(part);
    expect(turned(part)).toEqual({ left: 400_000, top: 200_000, width: 500_000, height: 400_000 });
  });

  it('cover the same pixels as the program cuts', () => {
    // The cases of the program's own test.
    expect(pixels({ left: 999_999, top: 0, width: 1, height: WHOLE }, 10, 10)).toEqual({
      left: 9,
      top: 0,
      width: 1,
      height: 10,
    });
    expect(pixels({ ...ALL, width: 333_333 }, 1000, 1).width).toBe(333);
  });
});

describe('the list of edits', () => {
  const full = {
    quarters: 3,
    flipped: true,
    area: part,
    light: { ...NO_LIGHT, contrast: -20 },
    look: 'sepia' as const,
    strength: 40,
    blurs: [{ area: part, strength: 60 }],
    words: [newWords('Meer ☀️'), newWords('שלום')],
    unmarked: true,
  };

  it('comes back as it was written, and nothing is written for nothing', () => {
    expect(toOperations(NO_EDITS)).toEqual([]);
    expect(fromOperations(toOperations(full))).toEqual(full);
    expect(fromOperations([])).toEqual(NO_EDITS);
  });

  it('made elsewhere in another way is not taken for something else', () => {
    const crop: Operation = { do: 'crop', area: part };
    expect(fromOperations([crop, { do: 'turn', quarters: 1 }])).toBeNull();
    expect(fromOperations([crop, crop])).toBeNull();
    expect(fromOperations([{ do: 'flip', mirror: 'upside' }])).toBeNull();
  });

  it('gives the size a network gets', () => {
    expect(sizeAfter(toOperations({ ...NO_EDITS, quarters: 1, area: part }), 4000, 3000)).toEqual({
      width: 1200,
      height: 2000,
    });
    expect(sizeAfter([{ do: 'resize', side: 100 }], 400, 300)).toEqual({ width: 100, height: 75 });
  });

  it('turns and flips what a person sees', () => {
    let edits = { ...NO_EDITS, area: part };
    for (let n = 0; n < 4; n++) edits = turn(edits);
    expect(edits).toEqual({ ...NO_EDITS, area: part });
    // Four turns of a mirrored picture, too, and a turn after a flip is undone by three more.
    expect(turn(turn(turn(turn(flip(edits)))))).toEqual(flip(edits));
    expect(turn(flip(edits)).quarters).toBe(3);
  });

  it('is kept for all and for single accounts, and leaves no empty rest', () => {
    const use: MediaUse = { mediaId: 'm', alt: 'x' };
    const turned: Operation[] = [{ do: 'turn', quarters: 1 }];
    const both = withOperations(withOperations(use, null, turned), 'ana', [
      { do: 'crop', area: part },
    ]);
    expect(operationsFor(both, 'ana')).toHaveLength(2);
    expect(operationsFor(both, 'ben')).toEqual(turned);
    expect(withOperations(withOperations(both, 'ana', []), null, [])).toEqual(use);
  });

  it('leaves out what does nothing, for all and for single accounts', () => {
    const said: Operation = { do: 'words', words: newWords('Low tide') };
    const blank: Operation = { do: 'words', words: newWords('  ') };
    const use = { mediaId: 'm', alt: 'x' };
    const faint: Operation = { do: 'look', look: 'sepia', strength: 0 };
    expect(
      withoutBlanks({ ...use, edits: [faint, blank], accountEdits: { ana: [blank] } }),
    ).toEqual(use);
    expect(
      withoutBlanks({ ...use, edits: [said, blank], accountEdits: { ana: [blank, said] } }),
    ).toEqual({ ...use, edits: [said], accountEdits: { ana: [said] } });
  });

  it('gets the mark of its workspace last, unless it may move or says otherwise', () => {
    const mark = {
      what: { of: 'picture' as const, mediaId: 'logo', size: 200_000 },
      across: 'end' as const,
      down: 'end' as const,
      strength: 60,
    };
    const photo = { mime: 'image/jpeg' } as MediaInfo;
    const turn: Operation = { do: 'turn', quarters: 1 };
    expect(withMark([turn], photo, { on: true, mark })).toEqual([turn, { do: 'mark', mark }]);
    expect(withMark([turn], photo, { on: false, mark })).toEqual([turn]);
    expect(withMark([], { mime: 'image/gif' } as MediaInfo, { on: true, mark })).toEqual([]);
    expect(withMark([{ do: 'unmarked' }], photo, { on: true, mark })).toHaveLength(1);
  });

  it('writes any words into an address', () => {
    const list: Operation[] = [{ do: 'words', words: newWords('שלום ☀️') }];
    const [kind, id, text = ''] = proofOf('m', list).split('/');
    expect([kind, id]).toEqual(['proof', 'm']);
    const bytes = Uint8Array.from(
      atob(text.replaceAll('-', '+').replaceAll('_', '/')),
      (c) => c.codePointAt(0) ?? 0,
    );
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(list);
  });

  it('names the picture in an address the program reads', () => {
    expect(addressOf('m', [], true)).toBe('thumb/m');
    expect(addressOf('m', [])).toBe('m');
    const [kind, id, text] = addressOf('m', [{ do: 'turn', quarters: 1 }]).split('/');
    expect([kind, id]).toEqual(['edited', 'm']);
    expect(text).toMatch(/^[\w-]+$/);
  });
});

describe('colours', () => {
  it('do nothing where nothing is set', () => {
    expect(tables(NO_EDITS)).toEqual([]);
  });

  it('mix and follow each other', () => {
    const dark = [
      [0.5, 0, 0, 0],
      [0, 0.5, 0, 0],
      [0, 0, 0.5, 0.1],
    ] as const;
    expect(mixed(dark, 50)[0]?.[0]).toBeCloseTo(0.75);
    expect(chained(dark, dark)[2]?.[3]).toBeCloseTo(0.15);
    expect(matrix(dark)).toBe('0.5 0 0 0 0 0 0.5 0 0 0 0 0 0.5 0 0.1 0 0 0 1 0');
  });

  it('grey is grey', () => {
    const [table] = tables({ ...NO_EDITS, light: { ...NO_LIGHT, saturation: -100 } });
    expect(table?.[0]).toEqual(table?.[2]);
  });
});
