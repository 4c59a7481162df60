import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import { postOf, whenAt } from '$lib/demo/state';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../test/axe';
import { renderIn, startApp } from '../../test/render';
import AccountsView from './AccountsView.svelte';
import ActivityView from './ActivityView.svelte';
import DraftsView from './DraftsView.svelte';
import QueueView from './QueueView.svelte';
import SettingsView from './SettingsView.svelte';

const ZONE = 'Europe/Berlin';
let host: DemoHost;
let app: App;

const scheduled = (id: string, date: string, text: string) =>
  postOf({
    id,
    segments: [{ text, media: [] }],
    accounts: ['acc-ana'],
    when: whenAt(date, '14:30', ZONE, true),
    status: 'scheduled',
    timeSource: 'slot',
  });

beforeEach(async () => {
  host = createDemo({
    posts: [
      scheduled('a', '2026-05-13', 'First in line'),
      scheduled('b', '2026-05-15', 'Second in line'),
      postOf({ id: 'd', segments: [{ text: 'An idea', media: [] }] }),
      postOf({
        id: 'f',
        segments: [{ text: 'Too long', media: [] }],
        accounts: ['acc-ana'],
        when: whenAt('2026-05-10', '09:00', ZONE, true),
        status: 'failed',
      }),
    ],
  });
  app = await startApp(host);
});

const called = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);

describe('the queue', () => {
  it('moves a post by keys and says where it went', async () => {
    host.answer('queue.reorder', () => ({ value: { posts: [] }, undo: null, notes: [] }));
    const { container } = renderIn(app, QueueView);
    const post = await screen.findByRole('button', { name: /First in line/ });
    post.focus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(called('queue.reorder')).toEqual([{ accountId: 'acc-ana', ids: ['b', 'a'] }]);
    expect(await faults(container)).toEqual([]);
  });

  it('says so at the end of the line and asks the program nothing', async () => {
    renderIn(app, QueueView);
    (await screen.findByRole('button', { name: /First in line/ })).focus();
    await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
    expect(app.announcer.text).toBe('Already first in the queue');
    expect(called('queue.reorder')).toEqual([]);
  });

  it('opens a new post with the time of the free slot that was clicked', async () => {
    renderIn(app, QueueView);
    const [free] = await screen.findAllByRole('button', { name: /Write a post for/ });
    await userEvent.click(free as HTMLElement);
    expect(app.router.composer).toMatchObject({
      kind: 'new',
      time: '14:30',
      accounts: ['acc-ana'],
    });
  });

  it('keeps the plan in the dialog when a time is no time', async () => {
    renderIn(app, QueueView);
    const [plan] = await screen.findAllByRole('button', { name: 'Weekly plan…' });
    await userEvent.click(plan as HTMLElement);
    const field = await screen.findByRole('textbox', { name: 'Time for Tuesday' });
    await userEvent.type(field, '25:00{Enter}');
    const wrong = 'Write a time such as 14:30.';
    expect(screen.getByText(wrong, { selector: 'p' })).toBeTruthy();
    expect(app.announcer.text).toBe(wrong);
    await userEvent.clear(field);
    await userEvent.type(field, '9{Enter}');
    await userEvent.click(screen.getByRole('button', { name: 'Save the plan' }));
    expect(called('slots.replace')).toMatchObject([
      { accountId: 'acc-ana', slots: expect.arrayContaining([{ weekday: 2, time: '09:00:00' }]) },
    ]);
  });
});

describe('drafts', () => {
  it('finds by words and deletes with undo', async () => {
    const { container } = renderIn(app, DraftsView);
    await screen.findByText('An idea');
    expect(await faults(container)).toEqual([]);
    await userEvent.type(screen.getByRole('textbox', { name: 'Words in a draft' }), 'nothing');
    expect(screen.getByText('No draft has these words.')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Clear' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Delete' }));
    expect(app.messages.current?.text).toBe('Deleted An idea');
    await app.undo();
    expect(host.world.posts.chip('d')).not.toBeNull();
  });
});

describe('activity', () => {
  it('tells what failed, why, and offers the remedy', async () => {
    host.answer('targets.retry', () => ({
      value: host.world.posts.posts.get('f'),
      undo: null,
      notes: [],
    }));
    const { container } = renderIn(app, ActivityView);
    await screen.findByRole('heading', { name: 'Needs you' });
    await userEvent.click(screen.getByRole('button', { name: 'Try now: Too long' }));
    expect(called('targets.retry')).toEqual([{ id: 'f:acc-ana' }]);
    expect(await faults(container)).toEqual([]);
  });

  it('does not say that nothing needs one below what does', async () => {
    const post = { id: 'a', targetId: 'a:acc-ana', words: 'First in line', at: null };
    const out = { kind: 'reconnect', message: 'Bluesky signed Ana out.', detail: null } as const;
    let troubles = [{ ...out, accountId: 'acc-ana', count: 1, posts: [post] }];
    host.answer('activity.troubles', () => ({ troubles }));
    host.answer('activity.list', () => ({ entries: [], more: false }));
    renderIn(app, ActivityView);
    screen.getByRole('combobox', { name: /^Show/ }).focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(document.querySelector('[role=option]')).not.toBeNull());
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await waitFor(() =>
      expect(called('activity.list').at(-1)).toHaveProperty('onlyNeedsPerson', true),
    );
    await screen.findByText('Bluesky signed Ana out.');
    expect(screen.queryByText('Nothing needs you.')).toBeNull();
    troubles = [];
    host.world.changed('account', ['acc-ana']);
    await screen.findByText('Nothing needs you.');
  });

  it('shows a failure in place and tries again', async () => {
    host.failNext('activity.list', new ApiError('storage', 'The disk is full.'));
    renderIn(app, ActivityView);
    expect(await screen.findByText(/The disk is full/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'What happened' })).toBeTruthy();
  });
});

describe('accounts', () => {
  it('keeps what was typed when the password is wrong and says so at the field', async () => {
    const { container } = renderIn(app, AccountsView);
    expect(await faults(container)).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Connect an account' }));
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: /Bluesky/ }));
    await userEvent.type(dialog.getByLabelText('Handle'), 'ana.test');
    await userEvent.click(dialog.getByRole('button', { name: 'Connect an account' }));
    expect(dialog.getByText('Needed to sign in.')).toBeTruthy();
    await userEvent.type(dialog.getByLabelText('App password'), 'wrong{Enter}');
    await dialog.findByText(/does not know this handle/, { selector: 'p' });
    expect((dialog.getByLabelText('Handle') as HTMLInputElement).value).toBe('ana.test');
    const password = dialog.getByLabelText('App password');
    await userEvent.clear(password);
    await userEvent.type(password, 'abcd-efgh-ijkl-mnop{Enter}');
    expect(await screen.findByRole('heading', { name: 'ana.test' })).toBeTruthy();
    expect(JSON.stringify(app.session.data)).not.toContain('abcd-efgh');
  });

  it('pauses with a reason that shows', async () => {
    renderIn(app, AccountsView);
    await userEvent.click(screen.getByRole('button', { name: 'What to do with Ana Brandt' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Pause…' }));
    await userEvent.type(screen.getByLabelText(/Reason/), 'Moving house{Enter}');
    expect(await screen.findByText('Paused: Moving house')).toBeTruthy();
  });
});

describe('settings', () => {
  it('takes effect at once and goes back when the program refuses', async () => {
    const { container } = renderIn(app, SettingsView);
    await screen.findByText(/Everything lies in/);
    expect(await faults(container)).toEqual([]);
    host.failNext('settings.set', new ApiError('storage', 'The disk is full.'));
    await userEvent.click(
      screen.getByRole('switch', { name: 'Tell me when a post was published' }),
    );
    expect(app.messages.current?.text).toBe('The disk is full.');
    expect(app.session.data?.settings.notifyPublished).toBe(true);
    await userEvent.click(
      screen.getByRole('switch', { name: 'Start when I sign in to this computer' }),
    );
    expect(app.session.data?.settings.startAtLogin).toBe(true);
  });

  it('refuses a key that does something else already', async () => {
    app.keymap.register([
      { id: 'x.one', title: 'Do one thing', group: 'app', keys: ['G'], run: () => undefined },
      { id: 'x.two', title: 'Do another', group: 'app', keys: ['H'], run: () => undefined },
    ]);
    renderIn(app, SettingsView);
    const field = await screen.findByLabelText('Do another');
    await userEvent.type(field, 'g{Enter}');
    field.blur();
    expect(
      await screen.findByText('G already does “Do one thing”.', { selector: 'p' }),
    ).toBeTruthy();
    expect(called('settings.set')).toEqual([]);
  });

  it('finds a setting by words', async () => {
    renderIn(app, SettingsView);
    await userEvent.type(await screen.findByRole('searchbox'), 'backup');
    expect(screen.queryByRole('heading', { name: 'Look' })).toBeNull();
    expect(screen.getByRole('heading', { name: 'Data' })).toBeTruthy();
  });
});
