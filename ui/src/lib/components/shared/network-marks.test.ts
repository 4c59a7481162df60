import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { letterOf } from './network-letter';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const marks = read('./network-marks.css');
const tokens = read('../../../styles/tokens.css');

/** Light of a colour, as WCAG counts it. */
function luminance([l = 0, c = 0, h = 0]: number[]): number {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const [x = 0, y = 0, z = 0] = [
    l + 0.3963377774 * a + 0.2158037573 * b,
    l - 0.1055613458 * a - 0.0638541728 * b,
    l - 0.0894841775 * a - 1.291485548 * b,
  ].map((v) => v ** 3);
  const [red = 0, green = 0, blue = 0] = [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ].map((v) => Math.min(1, Math.max(0, v)));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const colours = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\(oklch\(([^)/]+)\), oklch\(([^)/]+)\)\)/g)].map(
    ([, name = '', ...both]) => [name, both.map((one) => luminance(one.split(' ').map(Number)))],
  ),
);
const SURFACES = ['paper', 'sheet', 'raised', 'sunk', 'hover', 'accent-wash'];

describe('the marks of networks', () => {
  it('have a shape and a colour of their own for each network of the catalogue', () => {
    const keys = [...marks.matchAll(/^\.network-mark\[data-network='(\w+)'\] \{/gm)].map(
      (m) => m[1],
    );
    expect(keys).toEqual(
      expect.arrayContaining(
        'bluesky folder mastodon x linkedin facebook instagram threads tiktok youtube pinterest reddit telegram discord slack wordpress nostr webhook snapchat hand_off'.split(
          ' ',
        ),
      ),
    );
    const shapes = [...marks.matchAll(/--shape: (url.*);/g)].map((m) => m[1]);
    expect(new Set(shapes).size).toBe(shapes.length);
    for (const [, name] of marks.matchAll(/var\(--(net-\w+)\)/g))
      expect(colours.has(name ?? ''), name).toBe(true);
  });

  it('can be told from every surface in both themes', () => {
    const poor = [...colours].flatMap(([name, both]) =>
      name.startsWith('net-')
        ? SURFACES.flatMap((surface) =>
            both.flatMap((mine, theme) => {
              const under = colours.get(surface)?.[theme] ?? mine;
              const ratio = (Math.max(mine, under) + 0.05) / (Math.min(mine, under) + 0.05);
              return ratio < 4.5 ? [`${name} on ${surface}: ${ratio.toFixed(2)}`] : [];
            }),
          )
        : [],
    );
    expect(poor).toEqual([]);
  });

  it('fall back to the first letter of a network they do not know', () => {
    expect([letterOf('peertube'), letterOf('écho'), letterOf('')]).toEqual(['P', 'É', '?']);
  });
});
