import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '$lib/api';
import { faults } from '../../../../test/axe';
import { type Bench, bench, openNew } from '../../../../test/composer';
import { lookOf } from './looks';

let b: Bench;
const frame = () => screen.getByTestId('preview-frame');
const preview = () => within(screen.getByRole('region', { name: 'Preview' }));

function account(network: string): Account {
  return {
    id: `acc-${network}`,
    workspaceId: 'ws-1',
    network,
    handle: 'paperbench',
    displayName: 'Paper Bench',
    remoteId: network,
    server: '',
    settings: {},
    health: { kind: 'ok' },
    paused: null,
    createdAt: 0,
  };
}

/** A new post for one account of a network. */
async function write(network: string, text: string) {
  const accounts = [...b.host.world.boot.accounts, account(network)];
  b.host.world.boot = { ...b.host.world.boot, accounts };
  await b.app.session.refresh();
  const field = await openNew(b, { accounts: [`acc-${network}`], text });
  await waitFor(() => expect(frame().textContent).not.toBe(''));
  return field;
}

beforeEach(async () => {
  b = await bench();
});

describe('each kind of network', () => {
  it.each([
    ['mastodon', 'Paper Bench'],
    ['x', '@paperbench'],
    ['threads', 'Paper Bench'],
    ['linkedin', 'Comment'],
    ['facebook', 'Share'],
    ['instagram', 'paperbench'],
    ['tiktok', '@paperbench'],
    ['youtube', 'Hello there'],
    ['pinterest', 'No board chosen'],
    ['reddit', 'Paper Bench'],
    ['telegram', 'Paper Bench'],
    ['discord', 'APP'],
    ['slack', 'APP'],
    ['wordpress', 'Hello there'],
    ['nostr', 'Paper Bench'],
    ['webhook', 'What Paper Bench receives'],
    ['snapchat', 'Ready for you to post on Paper Bench'],
  ])('%s is drawn by what its look says', async (network, says) => {
    await write(network, 'Hello there #spring');
    expect(frame().dataset['look']).toBe(network);
    expect(frame().textContent).toContain(says);
    expect(frame().textContent).toContain('Hello there');
    expect(preview().getByText('about like this')).toBeTruthy();
    expect(await faults(frame())).toEqual([]);
  });

  it('takes the nearest look for a network that nobody drew', () => {
    const entry = b.app.session.data?.catalogue[0];
    if (!entry) throw new Error('no network');
    expect(lookOf({ ...entry, key: 'new' }).family).toBe('feed');
    expect(lookOf({ ...entry, key: 'new', support: 'hand_off' }).family).toBe('handoff');
    expect(lookOf({ ...entry, key: 'new', exactPreview: true }).family).toBe('file');
  });
});

describe('what options do to it', () => {
  it('a warning stands in place of the words until it is opened, and a poll below them', async () => {
    await write('mastodon', 'The end of the book');
    await b.user.click(screen.getByText('Options'));
    await b.user.click(screen.getByRole('switch', { name: 'With a poll' }));
    await b.user.type(screen.getByLabelText('Answers (needed)'), 'Yes{Enter}No{Enter}');
    const poll = await preview().findByRole('list', { name: 'Answers of the poll' });
    expect(
      within(poll)
        .getAllByRole('listitem')
        .map((li) => li.textContent),
    ).toEqual(['Yes', 'No']);
    await b.user.click(screen.getByRole('switch', { name: 'Hide behind a warning' }));
    await b.user.type(screen.getByLabelText('Warning (needed)'), 'Spoiler');
    await waitFor(() => expect(frame().textContent).toContain('Spoiler'));
    expect(frame().textContent).not.toContain('The end of the book');
    await b.user.click(preview().getByRole('button', { name: 'Show' }));
    expect(frame().textContent).toContain('The end of the book');
  });

  it('the title of a video is what was typed, else the first words', async () => {
    await write('youtube', 'How we bind\nIn ten steps');
    expect(preview().getByRole('heading', { level: 4 }).textContent).toBe('How we bind');
    await b.user.click(screen.getByText('Options'));
    await b.user.type(screen.getByLabelText('Title (needed)'), 'Binding');
    await waitFor(() =>
      expect(preview().getByRole('heading', { level: 4 }).textContent).toBe('Binding'),
    );
  });

  it('marks are drawn where the network reads them', async () => {
    await write('discord', 'A **bold** word');
    expect(frame().querySelector('.bold')?.textContent).toBe('bold');
    expect(frame().textContent).toContain('A bold word');
  });
});

describe('how it is looked at', () => {
  it('light or dark, on a phone or wide, by key too, and remembered', async () => {
    await openNew(b, { accounts: ['acc-ana'], text: 'Hello' });
    await waitFor(() => expect(frame().dataset['theme']).toBe('light'));
    await b.user.click(preview().getByRole('button', { name: 'Dark' }));
    expect(frame().dataset['theme']).toBe('dark');
    preview().getByRole('button', { name: 'As on a wide screen' }).focus();
    await b.user.keyboard('{Enter}');
    expect(frame().dataset['size']).toBe('wide');
    expect(
      preview().getByRole('button', { name: 'As on a wide screen' }).getAttribute('aria-pressed'),
    ).toBe('true');
    expect(b.app.session.remembered('preview.theme', null)).toBe('dark');
    expect(b.app.session.remembered('preview.size', null)).toBe('wide');
    expect(await faults(document.body)).toEqual([]);
  });

  it('shows links as they go out, with their parameters', async () => {
    b.host.world.boot = {
      ...b.host.world.boot,
      writing: {
        'ws-1': {
          tagGroups: [],
          watermark: null,
          links: {
            networks: { bluesky: { source: '{network}', medium: '', campaign: '' } },
            except: [],
          },
        },
      },
    };
    const field = await openNew(b, { accounts: ['acc-ana'], text: 'See https://a.example/x now' });
    await waitFor(() =>
      expect(frame().textContent).toContain('https://a.example/x?utm_source=bluesky now'),
    );
    expect(field.value).toBe('See https://a.example/x now');
  });
});
