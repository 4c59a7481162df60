import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type Chip, type DateParse, type DateParsed } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import { postOf } from '$lib/demo/state';
import type { App } from '$lib/state/app.svelte';
import { renderIn, startApp } from '../../../test/render';
import Palette from './Palette.svelte';

let host: DemoHost;
let app: App;
const user = userEvent.setup();
const field = () => screen.findByRole('combobox', { name: 'Find anything' });
const options = () => screen.queryAllByRole('option').map((o) => o.textContent?.trim());

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
  renderIn(app, Palette, { onclose: vi.fn() });
});

describe('finding anything', () => {
  it('tells looking from finding nothing', async () => {
    let answer: (chips: { chips: Chip[] }) => void = () => undefined;
    host.answer('posts.search', () => new Promise((resolve) => (answer = resolve)));
    await user.type(await field(), 'zebra');
    expect(screen.getByText('Looking for posts…')).toBeTruthy();
    await waitFor(() => expect(host.calls.some((c) => c.name === 'posts.search')).toBe(true));
    expect(screen.queryByText(/Nothing found/)).toBeNull();
    answer({ chips: [] });
    expect(await screen.findByText(/Nothing found.*zebra/)).toBeTruthy();
  });

  it('says why posts could not be looked for, and goes on with the next letter', async () => {
    host.failNext('posts.search', new ApiError('storage', 'The disk does not answer.'));
    await user.type(await field(), 'zebra');
    expect(
      await screen.findByText('Posts could not be searched. The disk does not answer.'),
    ).toBeTruthy();
    expect(screen.queryByText(/Nothing found/)).toBeNull();
    await user.type(await field(), 's');
    expect(await screen.findByText(/Nothing found/)).toBeTruthy();
  });

  it('finds posts of every calendar in use, and opens each over its own', async () => {
    const [first] = host.world.boot.calendars;
    if (!first) throw new Error('no calendar');
    host.world.boot = {
      ...host.world.boot,
      calendars: [
        first,
        { ...first, id: 'cal-2', name: 'Winter' },
        { ...first, id: 'cal-3', name: 'Old', status: 'archived' },
      ],
    };
    await app.session.refresh();
    const zebra = postOf({
      id: 'z',
      calendarId: 'cal-2',
      segments: [{ text: 'Zebra', media: [] }],
    });
    host.world.posts.posts.set('z', zebra);
    await user.type(await field(), 'zebra');
    await waitFor(() => expect(options().join()).toMatch(/Zebra\s*Winter/));
    const asked = host.calls.filter((c) => c.name === 'posts.search').at(-1)?.input;
    expect(asked).toMatchObject({ calendars: ['cal-1', 'cal-2'] });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(app.router.composer).toMatchObject({ kind: 'post', id: 'z' }));
    expect(app.session.data?.calendarId).toBe('cal-2');
  });

  it.each([
    ['a', 0],
    ['店', 1],
    ['ร', 1],
    ['가', 1],
  ])('looks for posts from one character on where it says enough: %s', async (letter, times) => {
    await user.type(await field(), letter);
    await new Promise((done) => setTimeout(done, 120));
    expect(host.calls.filter((c) => c.name === 'posts.search')).toHaveLength(times);
  });

  it('takes a date that is still being read when Enter comes', async () => {
    const waiting: (() => void)[] = [];
    host.answer(
      'dates.parse',
      ({ text }: DateParse) =>
        new Promise((resolve) => {
          const found = { wall: '2026-12-24T09:00:00', dateGiven: text === '24.12.' };
          waiting.push(() => resolve(found as DateParsed));
        }),
    );
    await user.type(await field(), '24.12.');
    await user.keyboard('{Enter}');
    for (const answer of waiting) answer();
    await waitFor(() => expect(app.router.param).toEqual({ date: '2026-12-24' }));
  });

  it('offers no day for a time alone', async () => {
    await user.type(await field(), 'tomorrow');
    await waitFor(() => expect(options()[0]).toMatch(/Wednesday 13 May 2026/));
    await user.clear(await field());
    await user.type(await field(), '16:30');
    await waitFor(() => expect(options()).toEqual([]));
  });
});
