import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/**
 * Families of which only some words are looked up by a value, `t(`cal.${view}`)`: what the value may be.
 * Wherever else a key ends in a value, every word of that family belongs to it.
 */
const VALUES: Record<string, readonly string[]> = {
  cal: ['month', 'week', 'day', 'list'],
  cmd: ['month', 'week', 'day', 'list'],
  move: ['past', 'published', 'sending', 'placed', 'unconfirmed', 'your_turn'],
  picture: ['brightness', 'contrast', 'saturation', 'warmth'],
  programs: ['owner', 'admin', 'member', 'editor', 'viewer'],
};

const read = (path: string) => readFileSync(path, 'utf8');

const keys = readdirSync('src/lib/words/en').flatMap((file) =>
  [...read(`src/lib/words/en/${file}`).matchAll(/^ {2}'([^']+)':/gm)].map(([, key = '']) => key),
);

/** What ships, without the catalogue. */
const code = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path}`)
  .filter(
    (path) =>
      /\.(ts|svelte)$/.test(path) && !/\.test\.ts$|^src\/(test|lib\/words\/en)\//.test(path),
  )
  .map(read)
  .join('\n');

const whole = new Set([...code.matchAll(/'([\w.]+)'/g)].map(([, key]) => key));
/** Keys that end in values, as what they begin with and how many parts follow; names of commands are none. */
const families = new Map(
  [...code.matchAll(/(?<!\bid: )`([\w.]+)\.\$\{[^}]+\}((?:\.\$\{[^}]+\})*)`/g)].map(
    ([, begin = '', more = '']) => [begin, 1 + more.split('.$').length - 1],
  ),
);

function used(key: string): boolean {
  if (whole.has(key)) return true;
  const parts = key.split('.');
  return [1, 2].some((ends) => {
    const begin = parts.slice(0, -ends).join('.');
    const values = VALUES[begin];
    return families.get(begin) === ends && (values?.includes(parts.at(-1) ?? '') ?? true);
  });
}

describe('the catalogue of words', () => {
  it('has no word that is shown nowhere', () => {
    expect(keys.length).toBeGreaterThan(1000);
    expect(keys.filter((key) => !used(key))).toEqual([]);
  });

  it('is asked by value for each family of which only some words are', () => {
    expect(Object.keys(VALUES).filter((begin) => families.get(begin) !== 1)).toEqual([]);
  });
});
