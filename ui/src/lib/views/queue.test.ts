import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import { postOf, whenAt } from '$lib/demo/state';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../test/axe';
import { renderIn, startApp } from '../../test/render';
import QueueView from './QueueView.svelte';

const ZONE = 'Europe/Berlin';
vi.setConfig({ testTimeout: 30_000 });

let host: DemoHost;
let app: App;

const queuedPost = (id: string, date: string, account = 'acc-ana', more = {}) =>
  postOf({
    id,
    segments: [{ text: id, media: [] }],
    accounts: [account],
    when: whenAt(date, '14:30', ZONE, true),
    status: 'scheduled',
    timeSource: 'slot',
    ...more,
  });

beforeEach(async () => {
  host = createDemo({
    posts: [
      queuedPost('First', '2026-05-13'),
      queuedPost('Shop', '2026-05-14', 'acc-shop'),
      queuedPost('Own', '2026-05-14', 'acc-ana', { timeSource: 'own' }),
      queuedPost('Second', '2026-05-15'),
    ],
  });
  app = await startApp(host);
});
afterEach(() => void vi.restoreAllMocks());

const called = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);
const post = (words: string) => screen.findByRole('button', { name: new RegExp(`, ${words},`) });
const row = async (words: string) =>
  (await post(words)).closest<HTMLElement>('[data-post]') as HTMLElement;
const order = (container: HTMLElement) =>
  [...container.querySelectorAll<HTMLElement>('[data-post]')].map((n) => n.dataset.post);
const SWAPPED = [{ accountId: 'acc-ana', ids: ['Second', 'First'] }];

/** A drag by synthetic pointer events, from one row to another, let go by `last`. */
async function drag(from: HTMLElement, over: HTMLElement, last: Event) {
  vi.spyOn(document, 'elementFromPoint').mockReturnValue(over);
  const at = (type: string, y: number) =>
    new PointerEvent(type, { bubbles: true, clientX: 10, clientY: y, button: 0 });
  from.dispatchEvent(at('pointerdown', 10));
  window.dispatchEvent(at('pointermove', 40));
  await Promise.resolve();
  window.dispatchEvent(last);
  window.dispatchEvent(at('pointerup', 40));
  await Promise.resolve();
}
const up = () => new PointerEvent('pointerup', { clientX: 10, clientY: 40 });

describe('the order of the queue', () => {
  it('changes by dragging one post onto another, and Escape puts it back', async () => {
    const { container } = renderIn(app, QueueView);
    const [first, second] = [await row('First'), await row('Second')];
    await drag(first, second, new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(called('queue.reorder')).toEqual([]);
    await drag(first, second, up());
    expect(called('queue.reorder')).toEqual(SWAPPED);
    await waitFor(() => expect(order(container)).toEqual(['Second', 'Own', 'First', 'Shop']));
    expect(app.messages.current?.text).toBe('Reordered the queue of Ana Brandt');
  });

  it('takes no drop on a post of another account or with a time of its own', async () => {
    renderIn(app, QueueView);
    await drag(await row('First'), await row('Shop'), up());
    await drag(await row('First'), await row('Own'), up());
    await drag(await row('Own'), await row('First'), up());
    expect(called('queue.reorder')).toEqual([]);
  });

  it('keeps the focus on a post that moved by keys, and says where it went', async () => {
    const { container } = renderIn(app, QueueView);
    (await post('First')).focus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() => expect(order(container)).toEqual(['Second', 'Own', 'First', 'Shop']));
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByText('First').closest('button')),
    );
    expect(app.announcer.text).toContain('First now goes out Friday 15 May');
  });

  const free = (day: RegExp) => screen.findByRole('button', { name: day });

  it('puts a post into a free slot by keys, one place after the other, to the end', async () => {
    renderIn(app, QueueView);
    const second = await post('Second');
    second.focus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    const at = Date.parse('2026-05-18T12:30:00Z');
    expect(called('queue.into_slot')).toEqual([{ accountId: 'acc-ana', id: 'Second', at }]);
    await waitFor(async () => expect((await row('Second')).textContent).toContain('Mon 18 May'));
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByText('Second').closest('button')),
    );
    expect(app.announcer.text).toContain('Second now goes out Monday 18 May');
    await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
    await waitFor(async () => expect((await row('Second')).textContent).toContain('Fri 15 May'));
    for (let n = 0; n < 9; n += 1) {
      (await post('Second')).focus();
      await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    }
    expect(app.announcer.text).toBe('Already last in the queue');
  });

  it('puts a post into a free slot of its own account by dragging it there', async () => {
    renderIn(app, QueueView);
    const slot = await free(/^Wed 20 May, 14:30 – free/);
    await drag(await row('Shop'), slot, up());
    await drag(await row('Own'), slot, up());
    await drag(await row('First'), slot, new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(called('queue.into_slot')).toEqual([]);
    await drag(await row('First'), slot, up());
    const at = Date.parse('2026-05-20T12:30:00Z');
    expect(called('queue.into_slot')).toEqual([{ accountId: 'acc-ana', id: 'First', at }]);
    await waitFor(async () => expect((await row('First')).textContent).toContain('Wed 20 May'));
    expect(app.messages.current?.actions.map((a) => a.label)).toEqual(['Undo']);
  });

  it('tells why a slot was not taken', async () => {
    renderIn(app, QueueView);
    host.failNext('queue.into_slot', new ApiError('conflict', 'That slot is not free any more.'));
    (await post('Second')).focus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(app.messages.current?.text).toBe('That slot is not free any more.');
  });

  it('has the menu of a post on every row', async () => {
    const { container } = renderIn(app, QueueView);
    const first = await post('First');
    await userEvent.pointer({ keys: '[MouseRight]', target: first });
    const menu = within(await screen.findByRole('menu'));
    expect(await faults(container)).toEqual([]);
    await userEvent.click(menu.getByRole('menuitem', { name: 'Call off' }));
    await waitFor(() => expect(called('posts.cancel')).toEqual([{ ids: ['First'] }]));
    await waitFor(() => expect(screen.queryByText('First')).toBeNull());
    expect(app.messages.current?.text).toBe('Called off First');
    expect(app.router.composer).toBeNull();
  });

  it('goes earlier and later from the menu of a row, without a drag', async () => {
    renderIn(app, QueueView);
    await userEvent.pointer({ keys: '[MouseRight]', target: await post('First') });
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Later in the queue' }));
    await waitFor(() => expect(called('queue.reorder')).toEqual(SWAPPED));
    await userEvent.pointer({ keys: '[MouseRight]', target: await post('Own') });
    const later = await screen.findByRole('menuitem', { name: /^Later in the queue/ });
    expect(later.getAttribute('aria-disabled')).toBe('true');
    expect(later.textContent).toContain('Has a time of its own and does not move');
  });

  it('says that a post with a time of its own does not move', async () => {
    renderIn(app, QueueView);
    (await post('Own')).focus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(app.announcer.text).toBe('Has a time of its own and does not move');
  });

  it('changes in the merged list too, among the posts of one account', async () => {
    app.session.remember('queue.layout', 'merged');
    const { container } = renderIn(app, QueueView);
    (await post('First')).focus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(called('queue.reorder')).toEqual(SWAPPED);
    await waitFor(() => expect(order(container)[0]).toBe('Second'));
    await drag(await row('First'), await row('Second'), up());
    expect(called('queue.reorder')).toHaveLength(2);
    expect(await faults(container)).toEqual([]);
  });

  it('tells why it stayed as it was', async () => {
    renderIn(app, QueueView);
    host.failNext('queue.reorder', new ApiError('conflict', 'First is going out right now.'));
    (await post('First')).focus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(app.messages.current?.text).toBe('First is going out right now.');
  });
});

describe('the weekly plan', () => {
  async function openPlan() {
    renderIn(app, QueueView);
    const [plan] = await screen.findAllByRole('button', { name: 'Weekly plan…' });
    await userEvent.click(plan as HTMLElement);
    return screen.findByRole('textbox', { name: 'Time for Tuesday' });
  }
  const save = () => screen.getByRole('button', { name: 'Save the plan' });
  const saved = () => called('slots.replace') as { follow: boolean; slots: object[] }[];

  it('takes over a time that was typed and not added', async () => {
    await userEvent.type(await openPlan(), '9:15');
    await userEvent.click(save());
    await waitFor(() => expect(saved()).toHaveLength(1));
    expect(saved()[0]?.slots).toContainEqual({ weekday: 2, time: '09:15:00' });
  });

  it('does not save past a typed time that is none, and leads there', async () => {
    const field = await openPlan();
    await userEvent.type(field, 'noon');
    await userEvent.click(save());
    screen.getByText('Write a time such as 14:30.', { selector: 'p' });
    expect(document.activeElement).toBe(field);
    expect(saved()).toEqual([]);
  });

  it.each([
    ['Follow the new plan', true],
    ['Keep their times', false],
  ])('asks what queued posts should do, by pointer: %s', async (answer, follow) => {
    host.answer('slots.preview', () => ({ affected: 2 }));
    await openPlan();
    await userEvent.click(screen.getByRole('button', { name: 'Remove Wednesday 14:30' }));
    await userEvent.click(save());
    await screen.findByText(/2 queued posts stand in slots that go away/);
    expect(saved()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: answer }));
    await waitFor(() => expect(saved().map((s) => s.follow)).toEqual([follow]));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('asks the same by keys, and Escape leaves the plan as it was', async () => {
    host.answer('slots.preview', () => ({ affected: 1 }));
    await openPlan();
    screen.getByRole('button', { name: 'Remove Wednesday 14:30' }).focus();
    await userEvent.keyboard('{Enter}');
    save().focus();
    await userEvent.keyboard('{Enter}');
    await screen.findByText(/One queued post stands in a slot that goes away/);
    await userEvent.keyboard('{Escape}');
    expect(saved()).toEqual([]);
    expect(screen.queryByRole('dialog')).toBeNull();
    const [again] = screen.getAllByRole('button', { name: 'Weekly plan…' });
    again?.focus();
    await userEvent.keyboard('{Enter}');
    (await screen.findByRole('button', { name: 'Remove Wednesday 14:30' })).focus();
    await userEvent.keyboard('{Enter}');
    save().focus();
    await userEvent.keyboard('{Enter}');
    (await screen.findByRole('button', { name: 'Keep their times' })).focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(saved().map((s) => s.follow)).toEqual([false]));
  });

  it('says how many posts moved with it', async () => {
    const notes = ['2 posts moved to the new slots.'];
    host.answer('slots.replace', () => ({ value: { slots: [] }, undo: null, notes }));
    await openPlan();
    await userEvent.click(save());
    await waitFor(() =>
      expect(app.messages.current?.text).toBe(
        'Saved the weekly plan of Ana Brandt. 2 posts moved to the new slots.',
      ),
    );
  });

  it('stays open with the reason when it cannot be saved', async () => {
    await openPlan();
    host.failNext('slots.replace', new ApiError('storage', 'The disk is full.'));
    await userEvent.click(save());
    const dialog = within(screen.getByRole('dialog'));
    expect((await dialog.findAllByText('The disk is full.')).length).toBeGreaterThan(0);
  });
});

describe('what is paused', () => {
  it('tells what its network publishes all the same', async () => {
    const note = 'Mastodon holds Sale and publishes it at its time.';
    host.answer('accounts.pause', () => ({ value: null, undo: null, notes: [note] }));
    renderIn(app, QueueView);
    await post('First');
    const [pause] = screen.getAllByRole('button', { name: 'Pause…' });
    await userEvent.click(pause as HTMLElement);
    const dialog = within(await screen.findByRole('dialog', { name: 'Pause Ana Brandt?' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Pause' }));
    await waitFor(() => expect(app.messages.current?.text).toBe(`Ana Brandt is paused. ${note}`));
  });

  it('says why a calendar waits, and goes on by keys', async () => {
    renderIn(app, QueueView);
    await post('First');
    screen.getByText(/^Next: First,/);
    await app.api.calendars.pause({ id: 'cal-1', reason: 'Good Friday' });
    await screen.findByText('Main is paused: Good Friday');
    await screen.findByText('Nothing goes out from this computer for now.');
    await post('First');
    screen.getByRole('button', { name: 'Go on' }).focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByText(/is paused/)).toBeNull());
    expect(app.messages.current?.text).toBe('Main goes on');
  });

  it('says why an account waits in the merged list too, and goes on by pointer', async () => {
    app.session.remember('queue.layout', 'merged');
    renderIn(app, QueueView);
    await post('First');
    await app.api.accounts.pause({ id: 'acc-ana', reason: 'Moving house' });
    await screen.findByText('Ana Brandt is paused: Moving house');
    await userEvent.click(screen.getByRole('button', { name: 'Go on' }));
    await waitFor(() => expect(screen.queryByText(/is paused/)).toBeNull());
    expect(called('accounts.pause').at(-1)).toEqual({ id: 'acc-ana', reason: null });
  });
});

describe('an account that is signed out', () => {
  beforeEach(async () => {
    const health = {
      kind: 'needs_reconnect',
      reason: 'Bluesky signed Ana out.',
      since: 0,
    } as const;
    const { boot } = host.world;
    const accounts = boot.accounts.map((a) => (a.id === 'acc-ana' ? { ...a, health } : a));
    host.world.boot = { ...boot, accounts };
    app = await startApp(host);
  });

  it('says so above what waits for it, and leads by keys to where it is connected', async () => {
    const { container } = renderIn(app, QueueView);
    const column = within(await screen.findByRole('region', { name: 'Queue of Ana Brandt' }));
    await column.findByText('Not connected. Bluesky signed Ana out.');
    await screen.findByText(/^Next: Shop,/);
    expect(await faults(container)).toEqual([]);
    column.getByRole('button', { name: 'Connect again' }).focus();
    await userEvent.keyboard('{Enter}');
    expect(app.router.view).toBe('accounts');
    expect(app.router.param).toEqual({ reconnect: 'acc-ana' });
  });

  it('is named in the merged list, and leads there by pointer', async () => {
    app.session.remember('queue.layout', 'merged');
    renderIn(app, QueueView);
    await screen.findByText('Ana Brandt is not connected. Bluesky signed Ana out.');
    await userEvent.click(screen.getByRole('button', { name: 'Connect again' }));
    expect(app.router.view).toBe('accounts');
  });
});

describe('a day that is paused', () => {
  const dialog = () => screen.queryByRole('dialog');
  async function open(day: string) {
    const [button] = await screen.findAllByRole('button', { name: 'Pause a day…' });
    button?.focus();
    await userEvent.keyboard('{Enter}');
    await userEvent.type(await screen.findByRole('textbox', { name: 'Day' }), day);
  }
  const paused = () => called('queue.pause_day');

  it('is told with the posts that move on, shown in the queue, and lifted by keys', async () => {
    const { container } = renderIn(app, QueueView);
    await screen.findByRole('button', { name: /^Fri 22 May, 14:30 – free/ });
    await open('fri 15');
    await screen.findByText('One queued post of that day moves on to the next free slot.');
    await userEvent.type(screen.getByRole('textbox', { name: /^Reason/ }), 'Fair');
    expect(await faults(container)).toEqual([]);
    await userEvent.keyboard('{Enter}');
    await screen.findByText('Fri 15 May – slots paused: Fair');
    expect(paused()).toEqual([{ accountId: 'acc-ana', date: '2026-05-15', reason: 'Fair' }]);
    expect(dialog()).toBeNull();
    expect(app.messages.current?.text).toContain('Slots of Ana Brandt are paused on Fri 15 May');
    await waitFor(async () => expect((await row('Second')).textContent).toContain('Mon 18 May'));

    screen.getByRole('button', { name: 'Go on, Fri 15 May' }).focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByText(/– slots paused/)).toBeNull());
    expect(paused().at(-1)).toEqual({ accountId: 'acc-ana', date: '2026-05-15', reason: null });
    await screen.findByRole('button', { name: /^Fri 15 May, 14:30 – free/ });
  });

  it('is paused by pointer, and its free slots are not offered', async () => {
    renderIn(app, QueueView);
    const free = /^Wed 20 May, 14:30 – free/;
    await screen.findByRole('button', { name: free });
    await open('20.5.');
    await screen.findByText('No queued post stands in its slots.');
    await userEvent.click(screen.getByRole('button', { name: 'Pause the day' }));
    await screen.findByText('Wed 20 May – slots paused: Day off');
    expect(screen.queryByRole('button', { name: free })).toBeNull();
  });

  it('is not paused before it was told what moves', async () => {
    let tell: (preview: object) => void = () => undefined;
    const answer = new Promise((resolve) => (tell = resolve));
    host.answer('queue.pause_day_preview', () => answer);
    renderIn(app, QueueView);
    await post('Second');
    await open('fri 15{Enter}');
    expect(paused()).toEqual([]);
    tell({ posts: 1, paused: false });
    await screen.findByText('One queued post of that day moves on to the next free slot.');
    expect(paused()).toEqual([]);
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(paused()).toHaveLength(1));
  });

  it('says whose day it is in the merged list', async () => {
    app.session.remember('queue.layout', 'merged');
    const { container } = renderIn(app, QueueView);
    await post('First');
    await app.api.queue.pause_day({ accountId: 'acc-ana', date: '2026-05-20', reason: 'Fair' });
    await screen.findByText('Wed 20 May – slots of Ana Brandt paused: Fair');
    expect(await faults(container)).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Go on, Wed 20 May, Ana Brandt' }));
    await waitFor(() => expect(screen.queryByText(/paused: Fair/)).toBeNull());
  });

  it('says at the field why a day cannot be paused, and stays open', async () => {
    renderIn(app, QueueView);
    await post('First');
    await open('11.5.{Enter}');
    await screen.findByText(/That day is over/);
    expect(paused()).toEqual([]);
    expect(dialog()).not.toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Day' }));
  });

  it('tells why it stayed as it was', async () => {
    renderIn(app, QueueView);
    await post('First');
    await app.api.queue.pause_day({ accountId: 'acc-ana', date: '2026-05-20', reason: 'Fair' });
    host.failNext('queue.pause_day', new ApiError('storage', 'The disk is full.'));
    await userEvent.click(await screen.findByRole('button', { name: 'Go on, Wed 20 May' }));
    expect(app.messages.current?.text).toBe('The disk is full.');
  });
});

describe('another workspace', () => {
  it('shows no posts of the one before, also when its own cannot be read', async () => {
    const { workspaces, calendars } = host.world.boot;
    const other = { id: 'ws-2', name: 'Garden', createdAt: 0, monthlyBudget: null };
    const [first] = calendars;
    if (!first) throw new Error('no calendar');
    host.world.boot = {
      ...host.world.boot,
      workspaces: [...workspaces, other],
      calendars: [first, { ...first, id: 'cal-2', workspaceId: 'ws-2' }],
    };
    await app.session.refresh();
    renderIn(app, QueueView);
    await post('First');
    host.failNext('queue.view', new ApiError('storage', 'The database is locked.'));
    app.session.choose('cal-2');
    await screen.findByText('The queue could not be read.');
    expect(screen.queryByText('First')).toBeNull();
  });

  it('keeps what it showed, and says that it is old, when reading again fails', async () => {
    renderIn(app, QueueView);
    await post('First');
    host.failNext('queue.view', new ApiError('storage', 'The database is locked.'));
    host.world.changed('slots', ['x']);
    expect((await screen.findByRole('alert')).textContent).toContain('The database is locked.');
    await post('First');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });
});
