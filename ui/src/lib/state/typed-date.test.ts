import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type DateParse, type DateParsed } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from './app.svelte';
import { startApp } from '../../test/render';
import { TypedDate } from './typed-date.svelte';

const ZONE = 'America/New_York';
let host: DemoHost;
let app: App;
let typed: TypedDate;
/** Questions that wait for the test to answer them. */
let asked: { input: DateParse; answer: (wall: string | null) => Promise<void> }[];

beforeEach(async () => {
  host = createDemo({ count: 0, settings: { weekStart: 'sunday', dateOrder: 'mdy' } });
  app = await startApp(host);
  asked = [];
  host.answer(
    'dates.parse',
    (input: DateParse) =>
      new Promise((resolve, reject) => {
        const answer = async (wall: string | null) => {
          if (wall === null) reject(new ApiError('validation', `${input.text} is no day.`));
          else resolve({ wall, zone: ZONE } as DateParsed);
          await vi.advanceTimersByTimeAsync(1);
        };
        asked.push({ input, answer });
      }),
  );
  vi.useFakeTimers();
  typed = new TypedDate(app, () => ({ zone: ZONE, base: '2026-05-14T09:05:00' }));
});
afterEach(() => vi.useRealTimers());

const type = async (text: string) => {
  typed.type(text);
  await vi.advanceTimersByTimeAsync(1);
};
const found = () => typed.found?.wall ?? null;

describe('a typed date', () => {
  it('is read by the program as the screen writes dates and weeks', async () => {
    await type('next mon');
    expect(asked[0]?.input).toEqual({
      text: 'next mon',
      zone: ZONE,
      base: '2026-05-14T09:05:00',
      order: 'mdy',
      weekStart: 7,
    });
  });

  it('shows the answer to what was typed last, however late an older one comes', async () => {
    await type('fri');
    await type('fri 9');
    await asked[1]?.answer('2026-05-15T09:00:00');
    await asked[0]?.answer('2026-05-15T10:00:00');
    expect(found()).toBe('2026-05-15T09:00:00');
  });

  it('keeps what was understood while a word is half typed, then says what it is not', async () => {
    await type('tom');
    await asked[0]?.answer('2026-05-13T09:00:00');
    await type('tomo');
    await asked[1]?.answer(null);
    expect([found(), typed.problem, typed.stale]).toEqual(['2026-05-13T09:00:00', null, true]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([found(), typed.problem, typed.stale]).toEqual([null, 'tomo is no day.', false]);
  });

  it('is read to the end when it is taken', async () => {
    await type('fri');
    const read = typed.read();
    await vi.advanceTimersByTimeAsync(1);
    await asked[1]?.answer('2026-05-15T09:05:00');
    expect((await read)?.wall).toBe('2026-05-15T09:05:00');
    expect(typed.stale).toBe(false);
  });

  it('is a time of the day there is in a field for times, or says that it is none', async () => {
    typed = new TypedDate(app, () => ({ zone: ZONE, base: null, day: '2026-05-14' }));
    typed.type('9.10', true);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked[0]?.input).toMatchObject({ text: '2026-05-14 09:10', base: null });
    expect(asked[0]?.input).not.toHaveProperty('day');
    typed.type('tomorrow', true);
    await vi.advanceTimersByTimeAsync(1000);
    expect([asked.length, typed.problem]).toEqual([1, 'Write a time such as 14:30.']);
    expect(await typed.read()).toBeNull();
    await type('9.10');
    expect(asked[1]?.input.text).toBe('9.10');
  });

  it('is nothing when the field is empty', async () => {
    await type('fri');
    await type('');
    await asked[0]?.answer('2026-05-15T09:05:00');
    expect([found(), typed.problem, await typed.read()]).toEqual([null, null, null]);
  });
});
