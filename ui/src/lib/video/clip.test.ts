import { describe, expect, it } from 'vitest';
import {
  fromOperations,
  lengthAfter,
  lengthText,
  momentText,
  NO_CLIP_EDITS,
  parseMoment,
  pulled,
  startAfter,
  toOperations,
  withTrim,
} from './clip';

describe('the list of a video', () => {
  it('comes back as it was given, and is empty when nothing was done', () => {
    expect(toOperations(NO_CLIP_EDITS, 60_000)).toEqual([]);
    const edits = { ...NO_CLIP_EDITS, from: 2_000, to: 9_000, mute: true, poster: 5_000 };
    const list = toOperations(edits, 60_000);
    expect(list).toEqual([
      { do: 'trim', fromMs: 2_000, toMs: 9_000 },
      { do: 'mute' },
      { do: 'poster', atMs: 3_000 },
    ]);
    expect(fromOperations(list, 60_000)).toEqual(edits);
    const open = { ...NO_CLIP_EDITS, from: 2_000 };
    expect(fromOperations(toOperations(open, 60_000), 60_000)).toEqual(open);
  });

  it('is not understood when it was made elsewhere', () => {
    const trim = { do: 'trim' as const, fromMs: 0, toMs: 9 };
    expect(fromOperations([trim, trim], 60_000)).toBeNull();
    expect(fromOperations([{ do: 'mute' }, trim], 60_000)).toBeNull();
    expect(fromOperations([{ do: 'turn', quarters: 1 }], 60_000)).toBeNull();
  });

  it('keeps one cut where another is added', () => {
    const cut = { do: 'trim' as const, fromMs: 0, toMs: 90_000 };
    expect(withTrim([{ do: 'mute' }], cut)).toEqual([cut, { do: 'mute' }]);
    const before = { do: 'trim' as const, fromMs: 10_000, toMs: 200_000 };
    expect(withTrim([before], cut)).toEqual([{ do: 'trim', fromMs: 10_000, toMs: 100_000 }]);
  });

  it('adds cuts up as the program does', () => {
    const list = [
      { do: 'trim' as const, fromMs: 10_000, toMs: 40_000 },
      { do: 'trim' as const, fromMs: 5_000, toMs: 90_000 },
    ];
    expect(lengthAfter(list, 60_000)).toBe(25_000);
    expect(startAfter(list)).toBe(15_000);
    expect(lengthAfter(list, null)).toBeNull();
  });
});

describe('moments', () => {
  it('are read as people type them', () => {
    const cases: [string, number | null][] = [
      ['65', 65_000],
      ['1:05', 65_000],
      ['1:02:05,5', 3_725_500],
      ['0:00.04', 40],
      ['1:75', null],
      ['1.5:00', null],
      ['', null],
      ['1::2', null],
      ['-3', null],
      ['soon', null],
    ];
    for (const [text, ms] of cases) expect([text, parseMoment(text)]).toEqual([text, ms]);
  });

  it('are written to a hundredth', () => {
    expect(momentText(65_204)).toBe('1:05.20');
    expect(momentText(3_725_000)).toBe('1:02:05.00');
    expect(lengthText(200_900)).toBe('3:20');
    expect(lengthText(3_725_400)).toBe('1:02:05');
  });

  it('stay within the video and apart', () => {
    const edits = { ...NO_CLIP_EDITS, from: 1_000, to: 2_000 };
    expect(pulled(edits, 'from', 5_000, 9_000)).toEqual({ from: 1_960 });
    expect(pulled(edits, 'from', -5, 9_000)).toEqual({ from: 0 });
    expect(pulled(edits, 'to', 0, 9_000)).toEqual({ to: 1_040 });
    expect(pulled(edits, 'to', 20_000, 9_000)).toEqual({ to: null });
  });
});
