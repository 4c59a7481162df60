import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { createDemo, type DemoOptions } from '$lib/demo';
import { postOf, targetOf, whenAt } from '$lib/demo/state';
import { App } from '$lib/state/app.svelte';
// Fetched up front, so that the first test does not wait for it.
import '$lib/components/composer/ComposerSheet.svelte';
import { faults } from '../../test/axe';
import { holdBack } from '../../test/composer';
import Window from './Window.svelte';

vi.setConfig({ testTimeout: 30_000 });

const sale = () =>
  postOf({
    id: 'Sale',
    segments: [{ text: 'Spring sale', media: [] }],
    targets: [targetOf('Sale', 'acc-ana', 0, 'scheduled')],
    when: whenAt('2026-05-14', '09:05', 'Europe/Berlin', true),
    editorial: 'scheduled',
    status: 'scheduled',
  });

async function open(options: DemoOptions = { posts: [sale()] }) {
  vi.stubGlobal('innerWidth', 1280);
  const host = createDemo(options);
  const app = new App(host, 'en-GB');
  const view = render(Window, { app });
  // The room's code is fetched when it is first opened.
  await waitFor(() => expect(document.body.dataset.ready).toBeTruthy(), { timeout: 8000 });
  await waitFor(() => expect(app.posts.state).toBe('ready'));
  return { app, host, user: userEvent.setup(), ...view };
}

describe('the window', () => {
  it('undoes and does again by keys and by the line at the bottom', async () => {
    const w = await open();
    const day = () =>
      document.querySelector('[data-chip="Sale"]')?.closest<HTMLElement>('[data-cell]')?.dataset
        .cell;
    document.querySelector<HTMLElement>('[data-chip="Sale"]')?.focus();
    await w.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    await waitFor(() => expect(day()).toBe('2026-05-15'));
    await w.user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(day()).toBe('2026-05-14'));
    await w.user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    await waitFor(() => expect(day()).toBe('2026-05-15'));
    await w.user.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(day()).toBe('2026-05-14'));
  });

  it('dresses the page anew when the theme changes, and not when the publisher says something', async () => {
    const { app } = await open();
    const page = document.documentElement;
    await app.session.change({ theme: 'dark' });
    flushSync();
    expect(page.dataset.theme).toBe('dark');
    const seen = vi.fn();
    const observer = new MutationObserver(seen);
    observer.observe(page, { attributes: true });
    const { publisher } = app.session.data ?? {};
    if (!publisher) throw new Error('The publisher said nothing at the start.');
    app.session.publisherSays({ ...publisher });
    flushSync();
    await Promise.resolve();
    expect(seen).not.toHaveBeenCalled();
    observer.disconnect();
    await app.session.change({ theme: 'system' });
    flushSync();
    expect(page.dataset.theme).toBeUndefined();
  });

  it('puts what is typed right after the key for a new post into it', async () => {
    const w = await open({ posts: [] });
    document.querySelector<HTMLElement>('[data-focus]')?.focus();
    // The letters that follow are keys of the calendar as well: week, today, list.
    await w.user.keyboard('nwta');
    const text = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Text' });
    await waitFor(() => expect(document.activeElement).toBe(text));
    await w.user.keyboard(' more');
    expect(text.value).toBe('wta more');
    expect(w.app.session.remembered('calendar.view', 'month')).toBe('month');
  });

  it('takes the first letters of a new post before there is a calendar', async () => {
    const host = createDemo({ posts: [] });
    const start = holdBack(host, 'session.boot');
    render(Window, { app: new App(host, 'en-GB') });
    await waitFor(() => expect(host.listening).toBe(true));
    host.emit('open', { compose: true });
    await waitFor(() => expect(document.activeElement).toBeInstanceOf(HTMLTextAreaElement));
    const user = userEvent.setup();
    await user.keyboard('Early');
    start();
    const text = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Text' });
    await waitFor(() => expect(document.activeElement).toBe(text));
    await user.keyboard(' bird');
    expect(text.value).toBe('Early bird');
  });

  it('says where files can be dropped in a room that takes none', async () => {
    const w = await open();
    w.app.router.go('queue');
    w.host.dragFiles({ kind: 'drop', paths: ['/x/a.png'], x: 1, y: 1 });
    expect(w.app.messages.current?.text).toMatch(/^Drop files on a day, the shelf,/);
    expect(w.host.calls.filter((c) => c.name === 'media.import')).toEqual([]);
  });

  it('says so as well while the sheet of an open post is not there yet', async () => {
    const w = await open();
    w.app.router.openPost('Sale');
    w.host.dragFiles({ kind: 'drop', paths: ['/x/a.png'], x: 1, y: 1 });
    expect(w.app.messages.current?.text).toMatch(/^Drop files on a day, the shelf,/);
    expect(w.host.calls.filter((c) => c.name === 'media.import')).toEqual([]);
  });

  it('opens rooms by key and by door, also while typing', async () => {
    const w = await open();
    await w.user.keyboard('{Control>}6{/Control}');
    expect(w.app.router.view).toBe('settings');
    const rail = screen.getByRole('navigation', { name: 'Rooms' });
    await w.user.click(within(rail).getByRole('button', { name: /Queue/ }));
    expect(w.app.router.view).toBe('queue');
  });

  it.each<[string, (w: Awaited<ReturnType<typeof open>>) => unknown, string]>([
    ['a key', (w) => w.user.keyboard('{Control>}3{/Control}'), 'drafts'],
    [
      'a date in the palette',
      async (w) => {
        await w.user.keyboard('{Control>}k{/Control}');
        const field = await screen.findByRole('combobox', { name: 'Find anything' });
        await w.user.type(field, '24.12.{Enter}');
      },
      'calendar',
    ],
    ['a notification', (w) => w.host.emit('open', { view: 'accounts' }), 'accounts'],
  ])('closes the open post for the room that %s leads to, and keeps it', async (_, lead, view) => {
    const w = await open({ posts: [] });
    w.app.router.go('queue');
    w.app.router.newPost();
    await w.user.type(await screen.findByRole('textbox', { name: 'Text' }), 'Half a thought');
    await lead(w);
    await waitFor(() => expect(w.app.router.composer).toBeNull());
    await waitFor(() => expect(w.app.router.view).toBe(view));
    const kept = [...w.host.world.posts.posts.values()].map((p) => p.segments[0]?.text);
    expect(kept).toEqual(['Half a thought']);
  });

  it('stays in the post, with the reason, when that cannot be kept', async () => {
    const w = await open({ posts: [] });
    w.app.router.newPost();
    const text = await screen.findByRole('textbox', { name: 'Text' });
    w.host.answer('posts.create', () => {
      throw new ApiError('storage', 'The disk is full.');
    });
    await w.user.type(text, 'Precious');
    await w.user.keyboard('{Control>}3{/Control}');
    await waitFor(() => expect(w.app.announcer.text).toContain('The disk is full.'));
    expect([w.app.router.view, w.app.router.composer?.kind]).toEqual(['calendar', 'new']);
  });

  it('finds commands, dates, accounts and posts by typing, and shows keys', async () => {
    const w = await open();
    await w.user.keyboard('{Control>}k{/Control}');
    const field = await screen.findByRole('combobox', { name: 'Find anything' });
    await w.user.type(field, 'week');
    expect(screen.getByRole('option', { name: /Week view.*W/ })).toBeTruthy();
    await w.user.clear(field);
    await w.user.type(field, 'spring');
    await w.user.click(await screen.findByRole('option', { name: /Spring sale/ }));
    await waitFor(() => expect(w.app.router.composer).toMatchObject({ kind: 'post', id: 'Sale' }));
    w.app.router.closeComposer();
    await w.user.keyboard('{Control>}k{/Control}');
    await w.user.type(
      await screen.findByRole('combobox', { name: 'Find anything' }),
      '24.12.{Enter}',
    );
    await waitFor(() =>
      expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('December 2026'),
    );
  });

  it('shows every key once and closes with Escape', async () => {
    const w = await open();
    await w.user.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Keys' });
    expect(within(sheet).getAllByText('New post')).toHaveLength(1);
    expect(within(sheet).getByText('Move to…')).toBeTruthy();
    await w.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Keys' })).toBeNull());
  });

  it('names the zone, and the local time where it differs', async () => {
    await open({ posts: [], here: 'America/New_York' });
    const zone = screen.getByTestId('zone').textContent?.replace(/\s+/g, ' ').trim();
    expect(zone).toBe('Europe/Berlin · UTC+2 · 10:20 (here 04:20)');
  });

  it('says what could not be opened and tries again', async () => {
    const host = createDemo({ posts: [] });
    host.failNext('session.boot', new ApiError('storage', 'The disk is full. Free some space.'));
    render(Window, { app: new App(host, 'en-GB') });
    await screen.findByText('Almanac could not open its data.');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('navigation', { name: 'Rooms' });
  });

  it('offers the newest backup of damaged data, and says once that the file is kept', async () => {
    const host = createDemo({ posts: [] });
    const message =
      'The database is damaged. Restore the backup; the damaged file is kept beside it.';
    host.failNext('session.boot', new ApiError('storage', message));
    const restored: boolean[] = [];
    host.startTrouble = () =>
      Promise.resolve({
        trouble: 'corrupt',
        message,
        backup: '/data/backups/1.db',
        folder: '/data',
      });
    host.startAgain = (restore) => Promise.resolve(void restored.push(restore));
    render(Window, { app: new App(host, 'en-GB') });
    const way = await screen.findByRole('button', { name: 'Go back to the newest backup' });
    expect(document.body.textContent?.match(/damaged file/g)).toHaveLength(1);
    screen.getByText('All posts are held afterwards, so that nothing goes out twice.');
    await userEvent.click(way);
    await screen.findByRole('navigation', { name: 'Rooms' });
    expect(restored).toEqual([true]);
  });

  it('hands over what is remembered before it closes', async () => {
    const w = await open();
    w.app.session.remember('shelf.width', 300);
    w.host.emit('closing', null);
    await waitFor(() => expect(w.host.handedOver).toBe(true));
    expect(w.host.calls).toContainEqual({
      name: 'preferences.put',
      input: { key: 'shelf.width', value: 300 },
    });
  });

  it('comes back to its room and the open post, with the part that was written last', async () => {
    const thread = postOf({
      id: 'Thread',
      segments: ['One', 'Two'].map((text) => ({ text, media: [] })),
    });
    const w = await open({ posts: [thread] });
    w.app.router.go('queue');
    w.app.router.openPost('Thread');
    (await screen.findByRole('textbox', { name: 'Text of part 2 of 2' })).focus();
    await waitFor(() =>
      expect(w.app.session.remembered('window.post', null)).toMatchObject({ part: 1 }),
    );
    w.host.emit('closing', null);
    await waitFor(() => expect(w.host.handedOver).toBe(true));
    // A window that goes takes nothing down: what it remembers by then is what counts.
    const { preferences } = w.host.world.boot;
    w.unmount();
    const host = createDemo({ posts: [thread] });
    host.world.boot = { ...host.world.boot, preferences };
    const app = new App(host, 'en-GB');
    render(Window, { app });
    await waitFor(() => expect(app.router.view).toBe('queue'));
    await waitFor(() => expect(app.router.composer).toMatchObject({ kind: 'post', id: 'Thread' }));
    const second = await screen.findByRole('textbox', { name: 'Text of part 2 of 2' });
    await waitFor(() => expect(document.activeElement).toBe(second));
    // What was closed stays closed.
    app.router.closeComposer();
    await waitFor(() => expect(host.world.boot.preferences['window.post']).toBeNull());
  });

  it('comes back in a browser to where that tab stood, and to nothing of another', async () => {
    const host = createDemo({ posts: [sale()] });
    /** A tab of the browser, with what it remembers. */
    const tab = () => {
      const kept = new Map<string, string>();
      const memory = {
        getItem: (name: string) => kept.get(name) ?? null,
        setItem: (name: string, value: string) => void kept.set(name, value),
      };
      return async () => {
        const app = new App({ ...host, desktop: false, memory }, 'en-GB');
        const view = render(Window, { app });
        await waitFor(() => expect(app.session.data).not.toBeNull());
        return { app, ...view };
      };
    };
    const [one, other] = [tab(), tab()];
    const first = await one();
    first.app.router.go('queue');
    first.app.router.openPost('Sale');
    const text = await screen.findByRole('textbox', { name: 'Text' });
    text.focus();
    await waitFor(() => expect(document.activeElement).toBe(text));
    await first.app.session.flush();
    const second = await other();
    await waitFor(() => expect(second.app.posts.state).toBe('ready'));
    expect([second.app.router.view, second.app.router.composer]).toEqual(['calendar', null]);
    second.unmount();
    expect(Object.keys(host.world.boot.preferences).filter((k) => /^window\./.test(k))).toEqual([]);
    // Drawn anew, the page goes before its sheet can be closed.
    const again = await one();
    await waitFor(() => expect(again.app.router.composer).toMatchObject({ id: 'Sale' }));
    expect(again.app.router.view).toBe('queue');
  });

  it('comes back to the calendar when what was open is gone', async () => {
    const host = createDemo({ posts: [sale()] });
    const preferences = { 'window.room': 'attic', 'window.post': { id: 'x', tab: 'all', part: 0 } };
    host.world.boot = { ...host.world.boot, preferences };
    const app = new App(host, 'en-GB');
    render(Window, { app });
    await waitFor(() => expect(host.calls.map((c) => c.name)).toContain('posts.get'));
    await waitFor(() => expect(app.posts.state).toBe('ready'));
    expect([app.router.view, app.router.composer]).toEqual(['calendar', null]);
  });

  it('is drawn larger by key, also while typing, and again at the next start', async () => {
    const w = await open();
    await w.user.keyboard('{Control>}+{/Control}');
    await w.user.keyboard('{Control>}k{/Control}');
    await screen.findByRole('combobox', { name: 'Find anything' });
    await w.user.keyboard('{Control>}+{/Control}');
    await w.user.keyboard('{Control>}-{/Control}');
    expect(w.host.zoomed).toEqual([1.1, 1.25, 1.1]);
    w.unmount();
    await w.app.session.flush();
    render(Window, { app: new App(w.host, 'en-GB') });
    await waitFor(() => expect(w.host.zoomed).toEqual([1.1, 1.25, 1.1, 1.1]));
  });

  it('passes axe', async () => {
    const w = await open();
    expect(await faults(w.container)).toEqual([]);
  });
});
