import { describe, expect, it } from 'vitest';
import { createFormats } from './format';
import { zoneWords } from './zones';

const system = { hours: 'system', weekStart: 'system', dateOrder: 'system' } as const;

describe('dates and times as people read them', () => {
  it('follows the system', () => {
    const gb = createFormats({ ...system, locale: 'en-GB' });
    expect(gb.moment('2026-05-12', '09:05')).toBe('Tue 12 May, 09:05');
    expect(gb.dayLong('2026-05-12')).toBe('Tuesday 12 May');
    expect(gb.momentFull('2026-05-12', '09:05')).toBe('Tue 12 May 2026, 09:05');
    expect(gb.momentFull('2026-05-12', null)).toBe('Tue 12 May 2026');
    expect([gb.hour12, gb.weekStart]).toEqual([false, 1]);
    const us = createFormats({ ...system, locale: 'en-US' });
    expect(us.moment('2026-05-12', '21:05')).toBe('Tue May 12, 9:05 PM');
    expect(us.momentFull('2026-05-12', '21:05')).toBe('Tue May 12, 2026, 9:05 PM');
    expect([us.minuteShort(21 * 60 + 5), us.minuteShort(0)]).toEqual(['9:05p', '12:00a']);
    expect([us.hour12, us.weekStart]).toEqual([true, 0]);
  });

  it('follows the choice over the system', () => {
    const f = createFormats({ hours: 'h24', weekStart: 6, dateOrder: 'dmy', locale: 'en-US' });
    expect(f.moment('2026-05-12', '21:05')).toBe('Tue 12 May, 21:05');
    expect(f.startOfWeek('2026-05-12')).toBe('2026-05-09');
  });

  it('names stretches of days once where it can', () => {
    const f = createFormats({ ...system, locale: 'en-GB' });
    expect(f.span('2026-05-11', '2026-05-17')).toBe('11 – 17 May 2026');
    expect(f.span('2026-04-27', '2026-05-03')).toBe('27 Apr – 3 May 2026');
  });

  it('names a zone and its offset, and once where both are called the same', () => {
    const summer = Date.UTC(2026, 6, 1);
    expect(zoneWords(summer, 'America/New_York')).toEqual(['America/New York', 'UTC−4']);
    expect(zoneWords(summer, 'Europe/London')).toEqual(['Europe/London', 'UTC+1']);
    expect(zoneWords(summer, 'UTC')).toEqual(['UTC']);
  });

  it('does not fall over a system whose language is no language', () => {
    expect(createFormats({ ...system, locale: 'C' }).time('09:05')).toMatch(/9:05/);
  });
});
