import { describe, expect, it } from 'vitest';
import type { Chip } from '$lib/api';
import { dayBorders, hourBorders, instantOf } from '$lib/time';
import { minuteIn, minuteOf } from './clock';
import { fillDays, fillHours, share } from './fill';
import { applyFilters, NO_FILTERS, readFilters } from './filter';
import { capFor, daysOf, leaf } from './grid';
import { headingNear, listRows, rowOfDay } from './list';
import { openingHour } from './opening';
import { between, cuts } from './slices';

const ZONE = 'Europe/Berlin';

function chip(id: string, date: string, time: string | null, more: Partial<Chip> = {}): Chip {
  return {
    id,
    calendarId: 'c',
    at: instantOf(date, time ?? '00:00', ZONE),
    allDay: time === null,
    words: id,
    status: 'scheduled',
    targets: [],
    labels: [],
    mediaCount: 0,
    thumb: null,
    timeSource: 'own',
    editing: false,
    version: 1,
    ...more,
  };
}

describe('days of a view', () => {
  it('holds six whole weeks of a month from the chosen first weekday', () => {
    const monday = daysOf('month', '2026-05-14', 1);
    expect(monday).toHaveLength(42);
    expect([monday[0], monday[41]]).toEqual(['2026-04-27', '2026-06-07']);
    expect(daysOf('month', '2026-05-14', 0)[0]).toBe('2026-04-26');
    expect(daysOf('week', '2026-05-14', 6)[0]).toBe('2026-05-09');
  });

  it('leafs to the last day of a shorter month', () => {
    expect(leaf('month', '2026-01-31', 1)).toBe('2026-02-28');
    expect(leaf('week', '2026-05-14', -1)).toBe('2026-05-07');
  });

  it('shows three chips in the low rows of the smallest window, and no more than wanted', () => {
    const smallest = (600 - 52 - 32 - 27) / 6;
    expect(capFor(smallest, 4)).toBe(3);
    expect(capFor(400, 4)).toBe(4);
    expect(capFor(20, 4)).toBe(1);
  });
});

describe('cells of a month', () => {
  // The clock goes forward on 29 March 2026: that day has 23 hours.
  const days = ['2026-03-28', '2026-03-29', '2026-03-30'];
  const borders = dayBorders('2026-03-28', 3, ZONE);

  it('puts the last and the first minute of a day on the right side of midnight', () => {
    const list = [
      chip('late', '2026-03-28', '23:59'),
      chip('early', '2026-03-29', '00:00'),
      chip('next', '2026-03-30', '00:00'),
    ];
    const cells = fillDays(list, days, borders, 4);
    expect(cells.map((c) => c.shown.map((p) => p.id))).toEqual([['late'], ['early'], ['next']]);
  });

  it('shows both of two posts at the same minute', () => {
    const list = [chip('a', '2026-03-28', '09:05'), chip('b', '2026-03-28', '09:05')];
    expect(fillDays(list, days, borders, 4)[0]?.shown).toHaveLength(2);
  });

  it('counts what the cap hides and keeps the moved post in sight', () => {
    const list = Array.from({ length: 9 }, (_, i) => chip(`p${i}`, '2026-03-28', `1${i}:00`));
    const [cell] = fillDays(list, days, borders, 4);
    expect([cell?.count, cell?.shown.map((p) => p.id)]).toEqual([9, ['p0', 'p1', 'p2', 'p3']]);
    const [kept] = fillDays(list, days, borders, 4, 'p7');
    expect(kept?.shown.map((p) => p.id)).toEqual(['p0', 'p1', 'p2', 'p7']);
    // It is read out as the eighth of nine, not as the fourth.
    expect([cell?.last, kept?.last]).toEqual([4, 8]);
  });

  it('keeps the object of every cell that did not change', () => {
    const a = chip('a', '2026-03-28', '09:00');
    const b = chip('b', '2026-03-30', '09:00');
    const before = fillDays([a, b], days, borders, 4);
    const moved = { ...a, at: instantOf('2026-03-29', '09:00', ZONE) };
    const after = share(before, fillDays([moved, b], days, borders, 4));
    expect(after.map((c, i) => c === before[i])).toEqual([false, false, true]);
  });

  it('keeps the very list where posts were only read again, and draws what did change', () => {
    const a = chip('a', '2026-03-28', '09:00', { labels: ['sale'] });
    const before = fillDays([a], days, borders, 4);
    const again = { ...a, labels: ['sale'], version: 2 };
    expect(share(before, fillDays([again], days, borders, 4))).toBe(before);
    const changes: Partial<Chip>[] = [
      { id: 'b' },
      { words: 'new' },
      { at: (a.at ?? 0) + 60_000 },
      { status: 'failed' },
      { allDay: true },
      { labels: [] },
      { mediaCount: 1 },
      { targets: [{ accountId: 'x', state: 'waiting' }] },
    ];
    for (const change of changes) {
      const after = share(before, fillDays([{ ...a, ...change }], days, borders, 4));
      expect(after.map((c, i) => c === before[i])).toEqual([false, true, true]);
    }
  });

  it('reads the wall time of a post also on the day of a clock change', () => {
    const post = chip('a', '2026-03-29', '09:05');
    expect(minuteOf(post, borders[1] ?? 0, borders[2] ?? 0, ZONE)).toBe(9 * 60 + 5);
  });
});

describe('cells of an hour grid', () => {
  it('has an empty hour where the clock skips it and no post is lost', () => {
    const date = '2026-03-29';
    const list = [chip('one', date, '01:30'), chip('gap', date, '02:30'), chip('day', date, null)];
    const sorted = list.toSorted((x, y) => (x.at ?? 0) - (y.at ?? 0));
    const cells = fillHours(sorted, date, hourBorders(date, ZONE), 3);
    const held = cells.filter((c) => c.count > 0).map((c) => [c.hour, c.shown[0]?.id]);
    // 02:30 does not exist: it is 03:30.
    expect(held).toEqual([
      [-1, 'day'],
      [1, 'one'],
      [3, 'gap'],
    ]);
    const gap = cells.find((c) => c.hour === 3);
    expect(gap && minuteIn(list[1] as Chip, gap, ZONE)).toBe(3 * 60 + 30);
  });

  it('holds both hours where one comes twice', () => {
    const date = '2026-10-25';
    const first = chip('first', date, '02:30');
    const second = { ...chip('second', date, '02:30'), at: (first.at ?? 0) + 3_600_000 };
    const cells = fillHours([first, second], date, hourBorders(date, ZONE), 3);
    expect(cells.find((c) => c.hour === 2)?.count).toBe(2);
  });
});

describe('slices', () => {
  it('cuts at borders, the border itself belonging to what follows', () => {
    const at = (n: number) => ({ at: n }) as Chip;
    const list = [at(1), at(5), at(5), at(9)];
    expect(cuts(list, [0, 5, 6, 100])).toEqual([0, 1, 3, 4]);
    expect(between(list, 5, 9)).toHaveLength(2);
    expect(between([], 0, 9)).toEqual([]);
  });
});

describe('the list', () => {
  it('has a heading for each day with posts, years apart, and finds days between', () => {
    const list = [
      chip('a', '2024-02-29', '10:00'),
      chip('b', '2024-02-29', '11:00'),
      chip('c', '2026-05-14', '09:00'),
    ];
    const rows = listRows(list, ZONE);
    expect(rows.map((r) => (r.kind === 'day' ? `${r.date} ${r.count}` : r.chip.id))).toEqual([
      '2024-02-29 2',
      'a',
      'b',
      '2026-05-14 1',
      'c',
    ]);
    expect(rowOfDay(rows, '2025-01-01')).toBe(3);
    expect(rowOfDay(rows, '2030-01-01')).toBe(4);
    expect(rowOfDay([], '2030-01-01')).toBe(0);
    expect(rows.map((r) => (r.kind === 'day' ? r.count : `${r.k}/${r.n}`))).toEqual([
      2,
      '1/2',
      '2/2',
      1,
      '1/1',
    ]);
    const near = (date: string) => [headingNear(rows, date, false), headingNear(rows, date, true)];
    expect(near('2025-01-01')).toEqual(['2026-05-14', '2024-02-29']);
    expect(near('2020-01-01')).toEqual(['2024-02-29', '2024-02-29']);
    expect(near('2030-01-01')).toEqual(['2026-05-14', '2026-05-14']);
    expect(headingNear([], '2026-05-14', true)).toBeNull();
  });
});

describe('filters', () => {
  const list = [
    chip('Spring sale', '2026-05-14', '09:00', {
      targets: [{ accountId: 'a', state: 'waiting' }],
      labels: ['sale'],
    }),
    chip('Other', '2026-05-14', '10:00', { status: 'draft' }),
  ];
  const network = () => 'bluesky';
  const ids = (f: Partial<typeof NO_FILTERS>) =>
    applyFilters(list, { ...NO_FILTERS, ...f }, network).map((c) => c.id);

  it('combines parts and leaves the list alone when nothing filters', () => {
    expect(applyFilters(list, NO_FILTERS, network)).toBe(list);
    expect(ids({ text: 'SALE' })).toEqual(['Spring sale']);
    expect(ids({ statuses: ['draft'] })).toEqual(['Other']);
    expect(ids({ networks: ['bluesky'], labels: ['sale'] })).toEqual(['Spring sale']);
    expect(ids({ accounts: ['a'], statuses: ['draft'] })).toEqual([]);
  });

  it('takes posts whose words stand further on than a chip shows', () => {
    const other = list[1]?.id ?? '';
    const shown = (f: Partial<typeof NO_FILTERS>) =>
      applyFilters(list, { ...NO_FILTERS, ...f }, network, new Set([other])).map((c) => c.id);
    expect(shown({ text: 'deep' })).toEqual(['Other']);
    expect(shown({ text: 'sale' })).toEqual(['Spring sale', 'Other']);
    expect(shown({ text: 'deep', labels: ['sale'] })).toEqual([]);
  });

  it('drops remembered parts that no longer fit', () => {
    expect(readFilters({ statuses: ['draft', 'gone'], accounts: 7, text: null })).toEqual({
      ...NO_FILTERS,
      statuses: ['draft'],
    });
    expect(readFilters('nonsense')).toEqual(NO_FILTERS);
  });
});

describe('where a week opens', () => {
  it('is now, else the first post, else work, and never midnight', () => {
    expect(openingHour({ now: 600, firstPost: 22, work: '09:00:00' })).toBeCloseTo(8.5);
    expect(openingHour({ now: null, firstPost: 22, work: '09:00:00' })).toBeCloseTo(21.75);
    expect(openingHour({ now: null, firstPost: null, work: '09:00:00' })).toBe(8);
  });
});
