import { describe, expect, it } from 'vitest';
import {
  type Carried,
  defaultTime,
  planDrop,
  type PlanInput,
  planStep,
  shifted,
  snap,
  timeInHour,
} from './plan';

const NOW = { date: '2026-05-12', time: '10:20' };

function post(id: string, date: string | null, time: string | null, more: Partial<Carried> = {}) {
  return { id, words: id, status: 'scheduled' as const, date, time, ...more };
}

function input(posts: Carried[], more: Partial<PlanInput> = {}): PlanInput {
  return {
    posts,
    leadId: posts[0]?.id ?? '',
    now: NOW,
    copy: false,
    timeFor: (date) => defaultTime(date, NOW),
    ...more,
  };
}

describe('a drop on a day', () => {
  it('keeps the time of day, also across a clock change', () => {
    const plan = planDrop(
      { kind: 'day', date: '2026-10-26' },
      input([post('a', '2026-10-23', '09:05')]),
    );
    expect(plan.places).toEqual([{ id: 'a', date: '2026-10-26', time: '09:05' }]);
    expect(plan.refusal).toBeNull();
  });

  it('moves all of a selection by the same days, each with its own time', () => {
    const posts = [post('a', '2026-05-14', '09:00'), post('b', '2026-05-16', '18:30')];
    const plan = planDrop({ kind: 'day', date: '2026-05-21' }, input(posts));
    expect(plan.places).toEqual([
      { id: 'a', date: '2026-05-21', time: '09:00' },
      { id: 'b', date: '2026-05-23', time: '18:30' },
    ]);
  });

  it('does nothing where the post already is', () => {
    const plan = planDrop(
      { kind: 'day', date: '2026-05-14' },
      input([post('a', '2026-05-14', '09:00')]),
    );
    expect([plan.nothing, plan.places, plan.refusal]).toEqual([true, [], null]);
  });

  it('gives an undated draft the usual time, and the next full hour today', () => {
    const draft = [post('a', null, null)];
    const later = planDrop({ kind: 'day', date: '2026-05-14' }, input(draft));
    expect(later.places[0]?.time).toBe('09:00');
    const today = planDrop({ kind: 'day', date: NOW.date }, input(draft));
    expect(today.places[0]?.time).toBe('11:00');
  });

  it('keeps a post without a time without one', () => {
    const plan = planDrop(
      { kind: 'day', date: '2026-05-15' },
      input([post('a', '2026-05-14', null)]),
    );
    expect(plan.places).toEqual([{ id: 'a', date: '2026-05-15', time: null }]);
  });
});

describe('a drop on an hour', () => {
  it('sets the time and keeps the distances of a selection across midnight', () => {
    const posts = [post('a', '2026-05-14', '09:00'), post('b', '2026-05-14', '22:30')];
    const plan = planDrop({ kind: 'time', date: '2026-05-14', minute: 11 * 60 }, input(posts));
    expect(plan.places).toEqual([
      { id: 'a', date: '2026-05-14', time: '11:00' },
      { id: 'b', date: '2026-05-15', time: '00:30' },
    ]);
  });

  it('snaps to quarters, and to the minute with Alt', () => {
    expect(snap(9, 0.6, false)).toBe(9 * 60 + 30);
    expect(snap(9, 0.6, true)).toBe(9 * 60 + 36);
    expect(snap(23, 1, false)).toBe(23 * 60 + 45);
  });
});

describe('what is refused', () => {
  it('is the past, with today counted to the minute', () => {
    const p = [post('a', '2026-05-14', '09:00')];
    const to = (date: string) => planDrop({ kind: 'day', date }, input(p)).refusal;
    expect(to('2026-05-11')).toBe('past');
    expect(to('2026-05-12')).toBe('past');
    expect(to('2026-05-13')).toBeNull();
  });

  it('is the whole selection when one of it would lie in the past', () => {
    const posts = [post('a', '2026-05-20', '09:00'), post('b', '2026-05-14', '09:00')];
    expect(planDrop({ kind: 'day', date: '2026-05-15' }, input(posts)).refusal).toBe('past');
  });

  it('is a post that went out or is going out, but not a copy of it', () => {
    const sent = [post('a', '2026-05-11', '09:00', { status: 'published' })];
    const day = { kind: 'day', date: '2026-05-20' } as const;
    expect(planDrop(day, input(sent)).refusal).toBe('published');
    expect(planDrop(day, input(sent, { copy: true })).refusal).toBeNull();
    const going = [post('a', '2026-05-12', '10:20', { status: 'publishing' })];
    expect(planDrop(day, input(going)).refusal).toBe('sending');
    expect(planDrop({ kind: 'shelf' }, input(going)).refusal).toBe('sending');
    const held = [post('a', '2026-05-19', '10:20', { status: 'placed' })];
    expect(planDrop(day, input(held)).refusal).toBe('placed');
  });
});

describe('the shelf', () => {
  it('takes dates away from those that have one', () => {
    const posts = [post('a', '2026-05-14', '09:00'), post('b', null, null)];
    const plan = planDrop({ kind: 'shelf' }, input(posts));
    expect([plan.shelve, plan.nothing]).toEqual([['a'], false]);
    expect(planDrop({ kind: 'shelf' }, input([post('b', null, null)])).nothing).toBe(true);
  });
});

describe('steps by keys', () => {
  it('add up from where the post was picked up', () => {
    const p = [post('a', '2026-05-14', '23:30')];
    expect(planStep(1, 60, input(p)).lead).toEqual({ date: '2026-05-16', time: '00:30' });
    expect(planStep(0, 0, input(p)).nothing).toBe(true);
    expect(planStep(-7, 0, input(p)).refusal).toBe('past');
  });

  it('give a draft the time of the day it comes to, and hours on top of that', () => {
    const timeFor = (date: string) => (date === '2026-05-14' ? '14:30' : defaultTime(date, NOW));
    const steps = (days: number, minutes: number) =>
      planStep(days, minutes, input([post('a', null, null)], { timeFor })).lead;
    expect(steps(0, 0)).toEqual({ date: '2026-05-12', time: '11:00' });
    expect(steps(1, 0)).toEqual({ date: '2026-05-13', time: '09:00' });
    expect(steps(2, 60)).toEqual({ date: '2026-05-14', time: '15:30' });
  });

  it('cross months and midnight in both directions', () => {
    expect(shifted('2026-05-01', '00:30', 0, -60)).toEqual({ date: '2026-04-30', time: '23:30' });
    expect(shifted('2026-12-31', null, 1, 60)).toEqual({ date: '2027-01-01', time: null });
  });
});

it('offers the last minute of the day when there is no next full hour', () => {
  expect(defaultTime('2026-05-12', { date: '2026-05-12', time: '23:40' })).toBe('23:59');
});

it('keeps to the hour that runs while there is time left in it', () => {
  expect(['10:20', '10:44', '10:47', '10:57', '23:57'].map(timeInHour)).toEqual([
    '10:30',
    '10:45',
    '10:50',
    '11:00',
    '23:59',
  ]);
});
