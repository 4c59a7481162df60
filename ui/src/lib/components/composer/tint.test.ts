import { describe, expect, it } from 'vitest';
import type { Checked, TextSpan } from '$lib/api';
import { graphemeCount, leftOf, strictest } from './counters';
import { pieces, shiftSpans } from './tint';

const link = (from: number, to: number): TextSpan => ({ from, to, kind: 'link' });

describe('pieces of a text', () => {
  it('together are the text, with what is too long marked', () => {
    const text = 'See https://a.example now';
    const cut = pieces(text, [link(4, 21)], 10);
    expect(cut.map((p) => p.text).join('')).toBe(text);
    expect(cut).toEqual([
      { text: 'See ', kind: null, over: false },
      { text: 'https:', kind: 'link', over: false },
      { text: '//a.example', kind: 'link', over: true },
      { text: ' now', kind: null, over: true },
    ]);
  });

  it('counts in UTF-16 units, so an emoji before a link does not shift it', () => {
    const text = '👨‍👩‍👧‍👦 #tag';
    const from = text.indexOf('#');
    expect(pieces(text, [{ from, to: text.length, kind: 'tag' }], null).at(-1)).toEqual({
      text: '#tag',
      kind: 'tag',
      over: false,
    });
  });

  it('leaves out spans that overlap or reach beyond the text', () => {
    const cut = pieces('abcdef', [link(0, 3), link(2, 4), link(4, 99)], null);
    expect(cut.map((p) => [p.text, p.kind])).toEqual([
      ['abc', 'link'],
      ['def', null],
    ]);
  });

  it('stays quick with thousands of tags, and keeps every letter', () => {
    const text = '#a '.repeat(5000);
    const spans = Array.from({ length: 5000 }, (_, i) => link(i * 3, i * 3 + 2));
    const cut = pieces(text, spans, 300);
    expect(cut.length).toBeLessThan(205);
    expect(cut.map((p) => p.text).join('')).toBe(text);
  });

  it('gives nothing for an empty text', () => {
    expect(pieces('', [], null)).toEqual([]);
  });
});

describe('spans until the next answer', () => {
  const old = 'go https://a.example end #tag';
  const spans = [link(3, 20), { from: 25, to: 29, kind: 'tag' as const }];

  it('move along behind an edit and stay before it', () => {
    const now = old.replace('end', 'the end');
    expect(shiftSpans(old, now, spans)).toEqual([link(3, 20), { from: 29, to: 33, kind: 'tag' }]);
  });

  it('go when the edit touches them', () => {
    const now = old.replace('a.example', 'b.example');
    expect(shiftSpans(old, now, spans)).toEqual([{ from: 25, to: 29, kind: 'tag' }]);
  });
});

describe('the counter', () => {
  const segment = (used: number, limit: number | null, overFrom: number | null = null) => ({
    segment: { text: '', media: [] },
    measure: { used, limit, overFrom },
    spans: [],
    cardUrl: null,
    sent: null,
  });
  const checked = (...accounts: [string, ReturnType<typeof segment>][]): Checked => ({
    problems: [],
    accounts: accounts.map(([accountId, s]) => ({
      accountId,
      segments: [s],
      cost: null,
      costs: null,
      videos: [],
    })),
    blocked: null,
    resolved: null,
  });

  it('names the network that leaves least', () => {
    const c = checked(
      ['wide', segment(10, 500)],
      ['tight', segment(12, 300)],
      ['free', segment(10, null)],
    );
    expect(strictest(c, ['free', 'wide', 'tight'], 0)).toMatchObject({
      accountId: 'tight',
      left: 288,
    });
    expect(strictest(c, ['free'], 0)?.left).toBeNull();
    expect(strictest(c, [], 0)).toBeNull();
  });

  it('puts a text over a second limit first, although characters are left', () => {
    const c = checked(['tight', segment(12, 20)], ['bytes', segment(100, 300, 90)]);
    expect(strictest(c, ['tight', 'bytes'], 0)).toMatchObject({ accountId: 'bytes', over: true });
  });

  it('is over with a negative number', () => {
    expect(leftOf('a', { used: 338, limit: 300, overFrom: 300 })).toMatchObject({
      left: -38,
      over: true,
    });
  });

  it('counts clusters as one', () => {
    expect(graphemeCount('👨‍👩‍👧‍👦e\u0301')).toBe(2);
  });
});
