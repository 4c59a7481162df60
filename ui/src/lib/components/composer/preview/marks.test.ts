import { describe, expect, it } from 'vitest';
import { blocks, runs } from './marks';

const said = (text: string, style: 'markdown' | 'telegram' | 'slack' | null) =>
  runs(text, [], null, style).map((r) => [
    r.text,
    (['bold', 'italic', 'strike', 'code', 'spoiler', 'lit'] as const).filter((k) => r[k]).join(' '),
  ]);

describe('marks in a text', () => {
  it.each([
    [
      'a **b** c',
      'markdown',
      [
        ['a ', ''],
        ['b', 'bold'],
        [' c', ''],
      ],
    ],
    [
      '*a* _b_ ~~c~~ ||d||',
      'markdown',
      [
        ['a', 'italic'],
        [' ', ''],
        ['b', 'italic'],
        [' ', ''],
        ['c', 'strike'],
        [' ', ''],
        ['d', 'spoiler'],
      ],
    ],
    ['snake_case_name', 'markdown', [['snake_case_name', '']]],
    ['`**a**`', 'markdown', [['**a**', 'code']]],
    [
      'see [us](https://a.example)',
      'telegram',
      [
        ['see ', ''],
        ['us', 'lit'],
      ],
    ],
    [
      '__a__ **b _c_**',
      'telegram',
      [
        ['a', 'italic'],
        [' ', ''],
        ['b _c_', 'bold'],
      ],
    ],
    [
      '*a* ~b~ <https://a.example|c>',
      'slack',
      [
        ['a', 'bold'],
        [' ', ''],
        ['b', 'strike'],
        [' ', ''],
        ['c', 'lit'],
      ],
    ],
    ['**a**', null, [['**a**', '']]],
  ] as const)('%s as %s', (text, style, wanted) => {
    expect(said(text, style)).toEqual(wanted);
  });

  it('keep spans and what is too long, and nest', () => {
    const found = runs('**see #a**', [{ from: 6, to: 8, kind: 'tag' }], 7, 'markdown');
    expect(found.map((r) => [r.text, r.bold, r.lit, r.over])).toEqual([
      ['see ', true, false, false],
      ['#', true, true, false],
      ['a', true, true, true],
    ]);
  });

  it('lose nothing of a text without marks', () => {
    const text = '🎉 1 * 2 * 3, a_b, **';
    expect(
      runs(text, [], null, 'markdown')
        .map((r) => r.text)
        .join(''),
    ).toBe(text);
  });
});

it('an article falls into its blocks', () => {
  expect(
    blocks('# Title\nfirst\nline\n\n- one\n- two\n\n> said\n> so\n\nend').map((b) => [
      b.kind,
      b.text,
    ]),
  ).toEqual([
    ['heading', 'Title'],
    ['text', 'first\nline'],
    ['item', 'one'],
    ['item', 'two'],
    ['quote', 'said\nso'],
    ['text', 'end'],
  ]);
});
