import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api';
import { faults } from '../../../test/axe';
import { type Bench, bench, openNew } from '../../../test/composer';
import { askable, mentionAt } from './mentions.svelte';

describe('what stands before the cursor', () => {
  it.each([
    ['Hi @bo', 6, { from: 3, to: 6, query: 'bo' }],
    ['(@bo.li', 7, { from: 1, to: 7, query: 'bo.li' }],
    ['@bo rest', 3, { from: 0, to: 3, query: 'bo' }],
    ['Hi @b', 5, null],
    ['mail@bo', 7, null],
    ['Hi @bo ', 7, null],
    ['Hi bo', 5, null],
  ])('%s', (text, caret, wanted) => {
    expect(mentionAt(text, caret)).toEqual(wanted);
  });
});

describe('people to mention', () => {
  let b: Bench;
  let text: HTMLTextAreaElement;
  const options = () => screen.findAllByRole('option', {}, { timeout: 4000 });

  beforeEach(async () => {
    b = await bench();
    text = await openNew(b);
  });

  it('are asked for once two letters stand behind the sign, and the latest question wins', async () => {
    await b.user.type(text, 'Hi @b');
    expect(screen.queryByRole('listbox')).toBeNull();
    await b.user.type(text, 'o');
    const [first] = await options();
    expect(first?.textContent).toContain('Bo Lindqvist (@bo.bsky.example)');
    expect(b.called('accounts.choices')).toEqual([
      { id: 'acc-ana', option: 'mention', query: 'bo' },
    ]);
    expect(text.getAttribute('aria-activedescendant')).toBe(first?.id);
    expect(screen.getByTestId('announcer').textContent).toContain('1 person found');
    expect(await faults(document.body)).toEqual([]);
  });

  it('are chosen by key: arrows, then Enter puts the handle in', async () => {
    await b.user.type(text, 'Hi @ar');
    expect(await options()).toHaveLength(2);
    await b.user.keyboard('{ArrowDown}');
    expect((await options())[1]?.getAttribute('aria-selected')).toBe('true');
    await b.user.keyboard('{Enter}');
    expect(text.value).toBe('Hi @carla.bsky.example ');
    expect(screen.queryByRole('listbox')).toBeNull();
  });

  it('are chosen by pointer', async () => {
    await b.user.type(text, '@bo');
    const [first] = await options();
    if (first) await b.user.click(first);
    expect(text.value).toBe('@bo.bsky.example ');
    expect(document.activeElement).toBe(text);
  });

  it('go away with Escape, which leaves the sheet open, and stay away for that word', async () => {
    await b.user.type(text, '@bo');
    await options();
    await b.user.keyboard('{Escape}');
    expect(screen.queryByRole('listbox')).toBeNull();
    await b.user.type(text, 'l');
    await waitFor(() => expect(screen.queryByRole('listbox')).toBeNull());
    expect(screen.getByRole('textbox', { name: 'Text' })).toBe(text);
  });

  it('say quietly that nobody can be asked', async () => {
    b.host.answer('accounts.choices', () => {
      throw new ApiError('network', 'No internet.');
    });
    await b.user.type(text, '@bo');
    expect(
      await screen.findByText(
        /People cannot be looked up just now\. No internet\./,
        {},
        { timeout: 4000 },
      ),
    ).toBeTruthy();
    await b.user.keyboard('{Enter}go on');
    expect(text.value).toBe('@bo\ngo on');
  });

  it('are asked of one account of each network that finds people, and of no other', () => {
    const of = (ids: string[]) => askable(b.app, ids).map((a) => a.id);
    expect(of(['acc-ana', 'acc-shop', 'acc-notes'])).toEqual(['acc-ana']);
    expect(of(['acc-notes', 'gone'])).toEqual([]);
  });
});

describe('hashtag groups', () => {
  it('are put in with a press, without those that are there', async () => {
    const b = await bench();
    b.host.world.boot = {
      ...b.host.world.boot,
      writing: {
        'ws-1': {
          tagGroups: [{ name: 'Sale', tags: ['spring', 'paper', 'Leipzig'] }],
          links: { networks: {}, except: [] },
          watermark: null,
        },
      },
    };
    await b.app.session.refresh();
    const text = await openNew(b);
    await b.user.type(text, 'Now #Paper');
    await b.user.click(screen.getByRole('button', { name: 'Put hashtags in' }));
    const list = within(screen.getByRole('dialog', { name: 'Hashtag groups' }));
    expect(await faults(document.body)).toEqual([]);
    await b.user.click(list.getByRole('button', { name: /Sale/ }));
    await waitFor(() => expect(text.value).toBe('Now #Paper #spring #Leipzig'));
    await waitFor(() => expect(screen.getByText(/Bluesky: 3/)).toBeTruthy());
    await b.user.keyboard('{Control>}{Shift>}h{/Shift}{/Control}');
    await b.user.click(
      within(await screen.findByRole('dialog', { name: 'Hashtag groups' })).getByRole('button', {
        name: /Sale/,
      }),
    );
    expect(text.value).toBe('Now #Paper #spring #Leipzig');
  });
});
