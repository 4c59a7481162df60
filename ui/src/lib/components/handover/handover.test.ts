import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import { postOf, targetOf, whenAt } from '$lib/demo/state';
import type { App } from '$lib/state/app.svelte';
// Fetched up front, so that the first test does not wait for it.
import '$lib/components/composer/ComposerSheet.svelte';
import ActivityView from '$lib/views/ActivityView.svelte';
import Composer from '$lib/views/Composer.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';

/** With what was put into its links, which was not typed. */
const SENT = 'One?utm_source=snap\n\nTwo';

let host: DemoHost;
let app: App;

beforeEach(async () => {
  host = createDemo({
    posts: [
      postOf({
        id: 'h',
        segments: ['One', 'Two'].map((text) => ({ text, media: [] })),
        targets: [targetOf('h', 'acc-snap', 0, 'unconfirmed')],
        when: whenAt('2026-05-12', '10:00', 'Europe/Berlin', true),
        editorial: 'scheduled',
        status: 'your_turn',
      }),
    ],
  });
  const [ana] = host.world.boot.accounts as [Account];
  const settings = { folder: '/home/ana/Phone', page: 'https://web.snapchat.example/' };
  const account = { ...ana, id: 'acc-snap', network: 'snapchat', settings };
  host.world.boot = { ...host.world.boot, accounts: [account] };
  host.answer('activity.troubles', () => ({
    troubles: [
      {
        kind: 'your_turn',
        message: 'It is laid ready in /home/ana/Phone.',
        detail: null,
        accountId: 'acc-snap',
        count: 1,
        posts: [{ id: 'h', targetId: 'h:acc-snap', words: 'One', at: null }],
      },
    ],
  }));
  host.answer('targets.handed_over', () => ({
    folder: '/home/ana/Phone/2026-05-12-one',
    text: SENT,
  }));
  app = await startApp(host);
});

const state = () => host.world.posts.posts.get('h')?.targets[0]?.state;

describe('a post that the person posts', () => {
  it('is copied, shown, and said to be there from Activity', async () => {
    const { container } = renderIn(app, ActivityView);
    const card = (await screen.findByText(/laid ready/)).closest('section') as HTMLElement;
    const press = async (name: string) =>
      userEvent.click(within(card).getByRole('button', { name: `${name}: One` }));
    expect(await faults(container)).toEqual([]);
    await press('Copy the text');
    await waitFor(() => expect(host.copied).toEqual([SENT]));
    await press('Open the folder');
    await waitFor(() => expect(host.revealed).toEqual(['/home/ana/Phone/2026-05-12-one']));
    await press('Open the page');
    expect(host.opened).toEqual(['https://web.snapchat.example/']);
    expect(within(card).queryByRole('button', { name: /Send again/ })).toBeNull();
    await press('I posted it');
    await waitFor(() => expect(state()).toBe('published'));
  });

  it('says in the open post whose turn it is', async () => {
    renderIn(app, Composer);
    app.router.openPost('h');
    const sheet = within(await screen.findByRole('dialog'));
    await sheet.findByText(/laid ready for you: post it there/);
    sheet.getByText(/cannot be changed until you say that you did/);
    expect(await faults(document.body)).toEqual([]);
    sheet.getByRole('button', { name: 'Give up' });
    await userEvent.click(sheet.getByRole('button', { name: 'Copy the text' }));
    await waitFor(() => expect(host.copied).toHaveLength(1));
    await userEvent.click(sheet.getByRole('button', { name: 'I posted it' }));
    await waitFor(() => expect(state()).toBe('published'));
  });

  it('is copied by itself when its notification is opened, and says so', async () => {
    renderIn(app, Composer);
    host.emit('open', { postId: 'h' });
    await waitFor(() => expect(host.copied).toEqual([SENT]));
    await waitFor(() => expect(app.announcer.text).toMatch(/^The text for .+ is copied/));
  });

  it('is copied by itself when it is opened from Activity, and only then', async () => {
    renderIn(app, ActivityView);
    renderIn(app, Composer);
    const card = (await screen.findByText(/It is laid ready/)).closest('section') as HTMLElement;
    expect(host.copied).toEqual([]);
    await userEvent.click(within(card).getByRole('button', { name: 'Open: One' }));
    await waitFor(() => expect(host.copied).toEqual([SENT]));
  });

  it('keeps its button where the clipboard refuses, and says so', async () => {
    renderIn(app, Composer);
    const real = host.copyText.bind(host);
    host.copyText = () => Promise.reject(new Error('NotAllowedError'));
    host.emit('open', { postId: 'h' });
    await waitFor(() => expect(app.announcer.text).toMatch(/could not be copied by itself/));
    host.copyText = real;
    const sheet = within(await screen.findByRole('dialog'));
    await userEvent.click(sheet.getByRole('button', { name: 'Copy the text' }));
    await waitFor(() => expect(host.copied).toEqual([SENT]));
  });
});
