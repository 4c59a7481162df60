import { describe, expect, it } from 'vitest';
import type { Chip } from '$lib/api';
import { placesOf, type Spared } from './places';

const chips = (ids: string) => [...ids].map((id) => ({ id }) as Chip);
const may = placesOf(null, '2026-05-01', chips('abc'), null);
const keysOn = (date: string, ids: string, spared: Spared = null) =>
  placesOf(may, date, chips(ids), spared).keys;

describe('elements of a cell', () => {
  it('keep their post while the day is the same, and none is taken over', () => {
    expect(may.keys).toEqual([1, 2, 3]);
    expect(keysOn('2026-05-01', 'cad')).toEqual([3, 1, 4]);
    const without = placesOf(may, '2026-05-01', chips('bc'), null);
    expect(placesOf(without, '2026-05-01', chips('abc'), null).keys).toEqual([4, 2, 3]);
  });

  it('go over to the posts of the next day in their order', () => {
    expect(keysOn('2026-05-29', 'xy')).toEqual([1, 2]);
    expect(keysOn('2026-05-29', 'vwxyz')).toEqual([1, 2, 3, 4, 5]);
    expect(keysOn('2026-05-29', '')).toEqual([]);
  });

  it('stay with the post that has the focus, or with all where it is elsewhere', () => {
    expect(keysOn('2026-05-29', 'xyz', 'b')).toEqual([1, 4, 3]);
    expect(keysOn('2026-05-29', 'xyz', 'all')).toEqual([4, 5, 6]);
  });

  it('answer the same when asked again', () => {
    const june = placesOf(may, '2026-05-29', chips('xyz'), 'b');
    expect(placesOf(june, '2026-05-29', chips('xyz'), 'all').keys).toEqual(june.keys);
  });
});
