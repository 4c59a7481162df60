import { expect, it } from 'vitest';
import { scrollAfter } from './columns';

const HEIGHT = 184;
/** Where a file is on the screen. */
const at = (index: number, columns: number, scrollTop: number) =>
  Math.floor(index / columns) * HEIGHT - scrollTop;

it('leaves the file with the focus where it is, there and back', () => {
  const sight = { scrollTop: 3_000, clientHeight: 558 };
  const narrow = scrollAfter(sight, 92, 5, 3, HEIGHT);
  expect(at(92, 3, narrow)).toBe(at(92, 5, 3_000));
  expect(scrollAfter({ ...sight, scrollTop: narrow }, 92, 3, 5, HEIGHT)).toBe(3_000);
});

it('leaves the first whole file where it is while the focus is elsewhere', () => {
  const sight = { scrollTop: 3_000, clientHeight: 558 };
  for (const focus of [null, 3, 80, 19_999]) {
    // The seventeenth row of five is cut off above, and the file with the focus may be in it.
    const kept = focus === 80 ? 80 : 85;
    const scrolled = scrollAfter(sight, focus, 5, 3, HEIGHT);
    expect(at(kept, 3, scrolled), String(focus)).toBe(at(kept, 5, 3_000));
  }
});

it('stays at the top where nothing was scrolled', () => {
  expect(scrollAfter({ scrollTop: 0, clientHeight: 558 }, null, 1, 6, HEIGHT)).toBe(0);
});
