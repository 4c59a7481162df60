import { expect, it } from 'vitest';
import { readDrop } from './hit';

it('reads what an element says about a drop on it', () => {
  expect(readDrop('day:2026-05-14', 0.5, false)).toEqual({ kind: 'day', date: '2026-05-14' });
  expect(readDrop('hour:2026-05-14:9', 0.6, false)).toEqual({
    kind: 'time',
    date: '2026-05-14',
    minute: 9 * 60 + 30,
  });
  expect(readDrop('hour:2026-05-14:9', 0.6, true)).toMatchObject({ minute: 9 * 60 + 36 });
  expect(readDrop('shelf', 0, false)).toEqual({ kind: 'shelf' });
  expect(readDrop('day:nonsense', 0, false)).toBeNull();
  expect(readDrop(undefined, 0, false)).toBeNull();
});
