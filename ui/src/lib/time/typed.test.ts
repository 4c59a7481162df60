import { describe, expect, it } from 'vitest';
import { readMoment } from './typed';

// A Tuesday.
const context = {
  today: '2026-05-12',
  from: '2026-05-20',
  order: 'dmy' as const,
  weekStart: 1,
};
const read = (text: string, more = {}) => {
  const m = readMoment(text, { ...context, ...more });
  return m && `${m.date}${m.time ? ` ${m.time}` : ''}`;
};

describe('dates as people type them', () => {
  it.each([
    ['fri 9', '2026-05-15 09:00'],
    ['Friday at 9am', '2026-05-15 09:00'],
    ['tue', '2026-05-19'],
    ['next mon', '2026-05-18'],
    ['next sun', '2026-05-24'],
    ['+2w', '2026-06-03'],
    ['+3', '2026-05-23'],
    ['-1d', '2026-05-19'],
    ['in 3 days', '2026-05-15'],
    ['14.5. 16:30', '2026-05-14 16:30'],
    ['14.5', '2026-05-14'],
    ['3.5.', '2027-05-03'],
    ['14 May 2027, 9:05', '2027-05-14 09:05'],
    ['may 14', '2026-05-14'],
    ['29 feb', '2028-02-29'],
    ['tomorrow noon', '2026-05-13 12:00'],
    ['16:30', '2026-05-20 16:30'],
    ['4 pm tomorrow', '2026-05-13 16:00'],
    ['12 am fri', '2026-05-15 00:00'],
    ['2026-12-24 18:00', '2026-12-24 18:00'],
  ])('reads %s as %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('follows the order of dates for slashes only', () => {
    expect(read('3/6')).toBe('2026-06-03');
    expect(read('3/6', { order: 'mdy' })).toBe('2027-03-06');
    expect(read('14.5.', { order: 'mdy' })).toBe('2026-05-14');
  });

  it.each(['', '   ', 'soon', '31 feb', '25:00', 'fri 9 and more words than a date has', '13pm'])(
    'does not guess at %o',
    (text) => {
      expect(read(text)).toBeNull();
    },
  );
});
