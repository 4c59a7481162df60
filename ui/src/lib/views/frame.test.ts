import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { createDemo, type DemoHost, type DemoOptions } from '$lib/demo';
import { postOf, targetOf, whenAt } from '$lib/demo/state';
import { App } from '$lib/state/app.svelte';
import { faults } from '../../test/axe';
// Fetched up front, so that no test waits for a room's code.
import './AccountsView.svelte';
import './QueueView.svelte';
import './SettingsView.svelte';
import Window from './Window.svelte';

vi.setConfig({ testTimeout: 30_000 });

const sale = () =>
  postOf({
    id: 'Sale',
    segments: [{ text: 'Spring sale', media: [] }],
    targets: [targetOf('Sale', 'acc-ana', 0, 'scheduled')],
    when: whenAt('2026-05-14', '09:05', 'Europe/Berlin', true),
    status: 'scheduled',
  });

async function open(
  options: DemoOptions = { posts: [sale()] },
  prepare?: (host: DemoHost) => void,
) {
  vi.stubGlobal('innerWidth', 1280);
  const host = createDemo(options);
  prepare?.(host);
  const app = new App(host, 'en-GB');
  const view = render(Window, { app });
  await waitFor(() => expect(document.body.dataset.ready).toBeTruthy(), { timeout: 8000 });
  await waitFor(() => expect(app.posts.state).toBe('ready'));
  return { app, host, user: userEvent.setup(), ...view };
}
type Opened = Awaited<ReturnType<typeof open>>;

beforeEach(() => {
  delete document.body.dataset.ready;
});

const called = ({ host }: Opened, name: string) =>
  host.calls.filter((c) => c.name === name).map((c) => c.input);
const rail = () => within(screen.getByRole('navigation', { name: 'Rooms' }));
const gone = (name: string) =>
  waitFor(() => expect(screen.queryByRole('dialog', { name })).toBeNull());

describe('the menu of the window', () => {
  const menu = () => rail().getByRole('button', { name: 'Menu' });

  it('holds by pointer what else has only a key, with the key', async () => {
    const w = await open();
    await w.app.api.posts.remove({ ids: ['Sale'] });
    expect(w.host.world.posts.chip('Sale')).toBeNull();
    await w.user.click(menu());
    await w.user.click(await screen.findByRole('menuitem', { name: /^Undo.*Z/ }));
    await waitFor(() => expect(w.host.world.posts.chip('Sale')).not.toBeNull());
    await w.user.click(menu());
    await w.user.click(await screen.findByRole('menuitem', { name: /^Redo/ }));
    await waitFor(() => expect(w.host.world.posts.chip('Sale')).toBeNull());
    await w.user.click(menu());
    await w.user.click(await screen.findByRole('menuitem', { name: /^Find anything/ }));
    await screen.findByRole('dialog', { name: 'Find anything' });
  });

  it('goes by keys, and gives the focus back', async () => {
    const w = await open();
    menu().focus();
    await w.user.keyboard('{Enter}');
    const item = await screen.findByRole('menuitem', { name: /^Show all keys/ });
    for (let i = 0; i < 20 && document.activeElement !== item; i += 1)
      await w.user.keyboard('{ArrowDown}');
    await w.user.keyboard('{Enter}');
    await screen.findByRole('dialog', { name: 'Keys' });
    await w.user.keyboard('{Escape}');
    await gone('Keys');
    await waitFor(() => expect(document.activeElement).toBe(menu()));
  });

  it('holds all posts, and lets them go', async () => {
    const w = await open();
    await w.user.click(menu());
    await w.user.click(await screen.findByRole('menuitem', { name: /^Hold all posts/ }));
    await screen.findAllByText('All posts are held');
    await w.user.click(menu());
    await w.user.click(await screen.findByRole('menuitem', { name: /^Let posts go out again/ }));
    await screen.findByText('Nothing is being sent');
  });
});

describe('keys and commands of the calendar from another room', () => {
  it('stand on the sheet of keys, the chosen ones too', async () => {
    const w = await open({ posts: [], settings: { keys: { 'calendar.left': 'H' } } });
    w.app.router.go('settings');
    await w.user.keyboard('?');
    const sheet = within(await screen.findByRole('dialog', { name: 'Keys' }));
    const keysOf = (title: string | RegExp) =>
      sheet.getByText(title).parentElement?.querySelector('dd')?.textContent?.trim();
    expect(keysOf('Week view')).toBe('W');
    expect(keysOf(/^Focus to the left/)).toBe('H');
    expect(keysOf('New post')).toMatch(/^N/);
    expect(keysOf('Everything larger')).toContain('Ctrl +');
  });

  it('are found by typing, and open the calendar to run there', async () => {
    const w = await open();
    w.app.router.go('queue');
    await w.user.keyboard('{Control>}k{/Control}');
    await w.user.type(
      await screen.findByRole('combobox', { name: 'Find anything' }),
      'week view{Enter}',
    );
    await waitFor(() => expect(w.app.router.view).toBe('calendar'));
    await waitFor(() =>
      expect(screen.getByRole('heading', { level: 1 }).textContent).toMatch(/11.*17 May 2026/),
    );
  });

  it('N opens a new post', async () => {
    const w = await open();
    w.app.router.go('queue');
    await waitFor(() => expect(document.body.dataset.ready).toBe('Queue'), { timeout: 8000 });
    await w.user.keyboard('n');
    expect(w.app.router.composer).toMatchObject({ kind: 'new' });
  });

  it('move the focus with a chosen key, and the usual one is free', async () => {
    const w = await open({ posts: [], settings: { keys: { 'calendar.right': 'G' } } });
    const day = (date: string) =>
      document.querySelector<HTMLElement>(
        `[data-cell="${date}"][data-focus], [data-cell="${date}"] [data-focus]`,
      );
    day('2026-05-13')?.focus();
    await w.user.keyboard('g');
    await waitFor(() => expect(document.activeElement).toBe(day('2026-05-14')));
    await w.user.keyboard('{ArrowRight}');
    expect(document.activeElement).toBe(day('2026-05-14'));
  });
});

describe('finding by keys', () => {
  const find = async (w: Opened, text: string) => {
    await w.user.keyboard('{Control>}k{/Control}');
    await w.user.type(await screen.findByRole('combobox', { name: 'Find anything' }), text);
  };

  it('opens an account', async () => {
    const w = await open();
    await find(w, 'paper bench');
    await screen.findByRole('option', { name: /Paper Bench · Bluesky/ });
    await w.user.keyboard('{Enter}');
    await waitFor(() => expect(w.app.router.view).toBe('accounts'));
  });

  it('walks to a post and opens it with Enter', async () => {
    const w = await open();
    await find(w, 'spring');
    const option = await screen.findByRole('option', { name: /Spring sale/ });
    for (let i = 0; i < 5 && option.getAttribute('aria-selected') !== 'true'; i += 1)
      await w.user.keyboard('{ArrowUp}');
    await w.user.keyboard('{Enter}');
    await waitFor(() => expect(w.app.router.composer).toMatchObject({ kind: 'post', id: 'Sale' }));
  });
});

describe('the switcher', () => {
  const two = (host: DemoHost) => {
    const { calendars } = host.world.boot;
    const [first] = calendars;
    if (first)
      host.world.boot = {
        ...host.world.boot,
        calendars: [first, { ...first, id: 'cal-2', name: 'Garden', zone: 'America/New_York' }],
      };
  };
  const switcher = () => rail().getByRole('button', { name: /workspace and calendar/ });

  it('changes the calendar by pointer, remembers it, and the zone follows', async () => {
    const w = await open(undefined, two);
    await w.user.click(switcher());
    await w.user.click(await screen.findByRole('menuitem', { name: 'Paper Bench · Garden' }));
    expect(w.app.session.calendar?.name).toBe('Garden');
    await waitFor(() => expect(screen.getByTestId('zone').textContent).toContain('New York'));
    await w.app.session.flush();
    expect(called(w, 'preferences.put')).toContainEqual({ key: 'calendar', value: 'cal-2' });
  });

  it('changes it by keys', async () => {
    const w = await open(undefined, two);
    switcher().focus();
    await w.user.keyboard('{Enter}');
    const item = await screen.findByRole('menuitem', { name: 'Paper Bench · Garden' });
    for (let i = 0; i < 4 && document.activeElement !== item; i += 1)
      await w.user.keyboard('{ArrowDown}');
    await w.user.keyboard('{Enter}');
    expect(w.app.session.calendar?.name).toBe('Garden');
  });
});

describe('the bin', () => {
  async function openBin() {
    const w = await open();
    await w.app.api.posts.remove({ ids: ['Sale'] });
    await w.user.keyboard('b');
    const dialog = await screen.findByRole('dialog', { name: 'Bin' });
    await within(dialog).findByText('Spring sale');
    return { w, dialog, box: within(dialog) };
  }

  it('opens by key and puts back what was deleted, with undo in reach', async () => {
    const { w, dialog, box } = await openBin();
    expect(await faults(dialog)).toEqual([]);
    box.getByText(/gone for good Thu 11 June|gone for good Thu 11 Jun/);
    await w.user.click(box.getByRole('button', { name: 'Put back: Spring sale' }));
    await box.findByText('The bin is empty. What you delete stays here for 30 days.');
    expect(w.host.world.posts.chip('Sale')).not.toBeNull();
    expect(box.getAllByText('Put back Spring sale').length).toBeGreaterThan(0);
    box.getByRole('button', { name: 'Undo' });
  });

  it('asks before it deletes for good, and keeps all when one thinks better', async () => {
    const { w, box } = await openBin();
    await w.user.click(box.getByRole('button', { name: 'Delete for good…: Spring sale' }));
    box.getByText('Delete Spring sale for good?');
    await w.user.click(box.getByRole('button', { name: 'Cancel' }));
    expect(called(w, 'bin.purge')).toEqual([]);
    box.getByRole('button', { name: 'Empty the bin…' }).focus();
    await w.user.keyboard('{Enter}');
    box.getByRole('button', { name: 'Delete for good' }).focus();
    await w.user.keyboard('{Enter}');
    await waitFor(() => expect(called(w, 'bin.purge')).toHaveLength(1));
    await box.findByText(/The bin is empty/);
  });

  it('says in the dialog what could not be put back', async () => {
    const { w, box } = await openBin();
    w.host.failNext('bin.restore', new ApiError('storage', 'The disk is full.'));
    await w.user.click(box.getByRole('button', { name: 'Put back: Spring sale' }));
    expect((await box.findAllByText('The disk is full.')).length).toBeGreaterThan(0);
    box.getByText('Spring sale');
  });
});

describe('the log', () => {
  async function openLog(w: Opened) {
    await w.user.keyboard('{Control>}k{/Control}');
    await w.user.type(
      await screen.findByRole('combobox', { name: 'Find anything' }),
      'show the log{Enter}',
    );
    return within(await screen.findByRole('dialog', { name: 'Log' }));
  }

  it('narrows to words, and copies what is shown', async () => {
    const w = await open();
    w.host.answer('logs.tail', () => ({ lines: ['INFO published one', 'WARN no internet'] }));
    const box = await openLog(w);
    await w.user.type(await box.findByLabelText('Words in a line'), 'warn');
    expect(box.getByRole('group', { name: 'Lines of the log' }).textContent).toBe(
      'WARN no internet',
    );
    await w.user.click(box.getByRole('button', { name: 'Copy' }));
    expect(w.host.copied).toEqual(['WARN no internet']);
  });

  it('says what could not be read, and tries again', async () => {
    const w = await open();
    w.host.failNext('logs.tail', new ApiError('storage', 'The disk is gone.'));
    const box = await openLog(w);
    await box.findByText('The log could not be read.');
    await w.user.click(box.getByRole('button', { name: 'Try again' }));
    await box.findByRole('group', { name: 'Lines of the log' });
  });
});

describe('quitting with posts being sent or due within the hour', () => {
  it('asks, and staying is what Escape and the first key do', async () => {
    const w = await open();
    const quit = vi.spyOn(w.host, 'quit');
    w.host.emit('quitting', { sending: 0, due: 2 });
    const dialog = await screen.findByRole('dialog', { name: '2 posts are due within the hour' });
    expect(await faults(dialog)).toEqual([]);
    await w.user.keyboard('{Escape}');
    await gone('2 posts are due within the hour');
    expect(quit).not.toHaveBeenCalled();
    w.host.emit('quitting', { sending: 0, due: 1 });
    await screen.findByRole('dialog', { name: 'One post is due within the hour' });
    await w.user.click(screen.getByRole('button', { name: 'Quit anyway' }));
    expect(quit).toHaveBeenCalledOnce();
  });

  it('says first what is being sent, and what becomes of it', async () => {
    const w = await open();
    w.host.emit('quitting', { sending: 1, due: 0 });
    const one = await screen.findByRole('dialog', { name: 'One post is being sent right now' });
    within(one).getByText('What is not out within a few seconds goes on at the next start.');
    expect(one.textContent).not.toContain('due within the hour');
    await w.user.keyboard('{Escape}');
    await gone('One post is being sent right now');
    w.host.emit('quitting', { sending: 2, due: 3 });
    const both = await screen.findByRole('dialog', { name: '2 posts are being sent right now' });
    expect(both.textContent).toContain('3 posts are due within the hour.');
    expect(await faults(both)).toEqual([]);
  });
});
