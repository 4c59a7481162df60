import { expect, it } from 'vitest';
import { aliveRows, rowWindow } from './virtual';

it('needs what is seen and some on both sides, within the list', () => {
  expect(rowWindow(0, 100, 20, 1_000, 3)).toEqual({ first: 0, last: 8 });
  expect(rowWindow(400, 100, 20, 1_000, 3)).toEqual({ first: 17, last: 28 });
  expect(rowWindow(19_990, 100, 20, 1_000, 3)).toEqual({ first: 996, last: 1_000 });
});

it('lets rows go many at a time, and never one that is needed', () => {
  const [count, slack] = [1_000, 10];
  let alive = { first: 0, last: 0 };
  let gone = 0;
  for (let top = 0; top < 12_000; top += 7) {
    const needed = rowWindow(top, 100, 20, count, 3);
    const { first } = alive;
    alive = aliveRows(alive, needed, slack, count);
    expect(alive.first).toBeLessThanOrEqual(needed.first);
    expect(alive.last).toBeGreaterThanOrEqual(needed.last);
    expect(alive.last - alive.first).toBeLessThanOrEqual(needed.last - needed.first + slack);
    gone += Number(alive.first !== first);
  }
  // Six hundred rows went by.
  expect(gone).toBeLessThan(70);
});

it('keeps none of a place it jumped away from, nor more than the list still has', () => {
  const needed = { first: 500, last: 520 };
  expect(aliveRows({ first: 0, last: 20 }, needed, 1_000, 1_000)).toEqual(needed);
  const short = rowWindow(0, 100, 20, 4, 3);
  expect(aliveRows({ first: 0, last: 30 }, short, 30, 4)).toEqual({ first: 0, last: 4 });
  expect(aliveRows({ first: 10, last: 30 }, { first: 0, last: 0 }, 30, 0)).toEqual({
    first: 0,
    last: 0,
  });
});
