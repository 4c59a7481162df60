import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type Chip, type DateParse, type DateParsed } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
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
