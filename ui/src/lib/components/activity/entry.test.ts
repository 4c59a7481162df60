import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type ActivityEntry } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import ActivityView from '$lib/views/ActivityView.svelte';
import { renderIn, startApp } from '../../../test/render';
import Entry from './Entry.svelte';

vi.setConfig({ testTimeout: 30_000 });

let host: DemoHost;
let app: App;

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

const AT = Date.parse('2026-05-12T08:20:00Z');

function refused(nextTryAt: number | null, nextTry: number | null): ActivityEntry {
  return {
    cursor: 'c',
    postId: 'p',
    words: 'Spring sale',
    accountId: 'acc-ana',
    state: 'waiting',
    status: 'scheduled',
    url: null,
    nextTry,
    firstComment: null,
    attempt: {
      id: 'a',
      targetId: 't',
      number: 7,
      startedAt: AT - 60_000,
      endedAt: AT - 59_000,
      durationMs: 1000,
      outcome: 'not_sent',
      category: 'network_error',
      message: 'The connection was cut.',
      detail: 'reset by peer',
      willRetry: nextTryAt !== null,
      nextTryAt,
      stepsDone: 0,
      placeAt: null,
    },
  };
}

describe('an attempt that did not send', () => {
  it.each([
    [
      'counts the tries of this time, not those of the whole life',
      AT + 60_000,
      2,
      'Trying again at 10:21 (2 of 3).',
    ],
    ['names no count where there is none', AT + 60_000, null, 'Trying again at 10:21.'],
    [
      'names the day when it is another',
      AT + 86_400_000,
      3,
      'Trying again at Wed 13 May, 10:20 (3 of 3).',
    ],
    ['promises nothing that is over', AT - 30_000, 2, 'It was to be tried again at 10:19.'],
    ['says when nothing follows', null, null, 'It is not tried again by itself.'],
  ])('%s', (_, nextTryAt, nextTry, says) => {
    renderIn(app, Entry, { entry: refused(nextTryAt, nextTry) });
    screen.getByText(says);
  });

  it.each([
    [
      'sent' as const,
      'Handed over to Bluesky (ana.example.com), to be published Wed 13 May, 10:20',
    ],
    ['not_sent' as const, 'Not handed over to Bluesky (ana.example.com)'],
  ])('is told as a handing over where its network was to publish it: %s', (outcome, says) => {
    const entry = refused(null, null);
    entry.attempt = { ...entry.attempt, outcome, placeAt: AT + 86_400_000 };
    renderIn(app, Entry, { entry });
    screen.getByText(says);
    if (outcome === 'not_sent') screen.getByText('This computer sends it at its time.');
  });

  it('lets the details be copied', async () => {
    renderIn(app, Entry, { entry: refused(null, null) });
    await userEvent.click(screen.getByText('Details'));
    await userEvent.click(screen.getByRole('button', { name: 'Copy' }));
    expect(host.copied).toEqual(['reset by peer']);
  });
});

describe('only what needs you', () => {
  it('shows the reason, and not the full list, when it cannot be read', async () => {
    host.answer('activity.list', () => ({ entries: [refused(null, null)], more: false }));
    renderIn(app, ActivityView);
    await screen.findByText('Spring sale');
    host.failNext('activity.list', new ApiError('storage', 'The database is locked.'));
    screen.getByRole('combobox', { name: /^Show/ }).focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(document.querySelector('[role=option]')).not.toBeNull());
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await screen.findByText('What happened could not be read.');
    screen.getByText('The database is locked.');
    expect(screen.queryByText('Spring sale')).toBeNull();
  });
});

describe('the log', () => {
  it('keeps what one read back to while posts go out, with nothing missing', async () => {
    const entry = (n: number) => ({
      ...refused(null, null),
      cursor: String(n),
      words: `Entry ${n}`,
    });
    let newest = 120;
    host.answer('activity.list', ({ before, limit }: { before: string | null; limit: number }) => {
      const from = before === null ? newest : Number(before) - 1;
      const entries = Array.from({ length: Math.min(limit, from) }, (_, i) => entry(from - i));
      return { entries, more: from > limit };
    });
    renderIn(app, ActivityView);
    const shown = () => screen.queryAllByText(/^Entry \d+$/).map((n) => n.textContent);
    await userEvent.click(await screen.findByRole('button', { name: 'Show older' }));
    await waitFor(() => expect(shown()).toHaveLength(100));
    newest = 123;
    host.world.changed('post', ['a']);
    await waitFor(() => expect(shown()[0]).toBe('Entry 123'));
    expect(shown()).toEqual(Array.from({ length: 100 }, (_, i) => `Entry ${123 - i}`));
  });
});
