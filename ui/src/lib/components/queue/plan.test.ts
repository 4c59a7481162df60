import { describe, expect, it } from 'vitest';
import { readTime } from '$lib/time/clock';
import { addSlot } from './plan';

describe('times of a weekly plan', () => {
  it.each([
    ['9', '09:00:00'],
    ['9:30', '09:30:00'],
    ['0930', '09:30:00'],
    ['14.05', '14:05:00'],
    ['2:30 pm', '14:30:00'],
    ['12am', '00:00:00'],
    ['12 pm', '12:00:00'],
  ])('reads %s', (text, time) => expect(readTime(text)).toBe(time));

  it.each(['', 'noon', '24:00', '9:60', '13pm', '0am', '9:5'])('does not take %j', (text) =>
    expect(readTime(text)).toBeNull(),
  );

  it('keeps a plan in order and without repeats', () => {
    const plan = addSlot([{ weekday: 3, time: '09:00:00' }], { weekday: 1, time: '14:30:00' });
    expect(plan?.map((s) => s.weekday)).toEqual([1, 3]);
    expect(addSlot(plan ?? [], { weekday: 3, time: '09:00:00' })).toBeNull();
  });
});
