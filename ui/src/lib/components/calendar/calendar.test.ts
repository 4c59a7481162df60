import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { emptyDraft } from '$lib/components/composer/draft';
import { createDemo } from '$lib/demo';
import { faults } from '../../../test/axe';
import { calendarHooks, open, post, wallOf, ZONE } from '../../../test/calendar';
import { renderIn, startApp } from '../../../test/render';
import Calendar from './Calendar.svelte';

calendarHooks();

describe('getting around by keys', () => {
  it('goes by days, turns the page at its edge, and into the posts of a day and out', async () => {
    const c = await open({
      posts: [post('A', '2026-05-12', '11:00'), post('B', '2026-05-12', '12:00')],
    });
    c.day('2026-05-12').focus();
    expect(c.day('2026-05-12').getAttribute('aria-label')).toBe('Tuesday 12 May, 2 posts, today');
    await c.user.keyboard('{Tab}');
    expect(document.activeElement).toBe(c.chip('A'));
    expect(c.chip('A').getAttribute('aria-label')).toBe('11:00, Bluesky, A, scheduled, 1 of 2');
    await c.user.keyboard('{Tab}');
    expect(document.activeElement).toBe(c.chip('B'));
    await c.user.keyboard('{Shift>}{Tab}{/Shift}{Shift>}{Tab}{/Shift}');
    expect(document.activeElement).toBe(c.day('2026-05-12'));
    await c.user.keyboard('{ArrowDown}{ArrowLeft}');
    await waitFor(() => expect(document.activeElement).toBe(c.day('2026-05-18')));
    await c.user.keyboard('{Home}');
    await waitFor(() => expect(document.activeElement).toBe(c.day('2026-05-18')));
    await c.user.keyboard('{Control>}{End}{/Control}');
    await waitFor(() => expect(document.activeElement).toBe(c.day('2026-05-31')));
    await c.user.keyboard('{ArrowDown}{ArrowDown}');
    await waitFor(() =>
      expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('June 2026'),
    );
    await waitFor(() => expect(document.activeElement).toBe(c.day('2026-06-14')));
    await c.user.keyboard('t');
    await waitFor(() => expect(document.activeElement).toBe(c.day('2026-05-12')));
  });

  it('changes the view, leafs, and remembers both', async () => {
    const c = await open({ posts: [] });
    await c.user.keyboard('w');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('11 – 17 May 2026');
    await c.user.keyboard('{PageDown}');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('18 – 24 May 2026');
    await c.user.keyboard('dk');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Mon 18 May 2026');
    await c.user.keyboard('a');
    expect(c.app.session.remembered('calendar.view', '')).toBe('list');
    expect(c.app.session.remembered('calendar.date', '')).toBe('2026-05-18');
  });

  it('shows the same instant in every view', async () => {
    const c = await open({ posts: [post('Sale', '2026-05-14', '23:50')], zone: ZONE });
    const label = '23:50, Bluesky, Sale, scheduled, 1 of 1';
    for (const key of ['m', 'w', 'd', 'a']) {
      c.app.session.remember('calendar.date', '2026-05-14');
      await c.user.keyboard(key);
      if (key === 'd') await c.user.keyboard('{PageDown}{PageDown}');
      await waitFor(() =>
        expect(
          c
            .chip('Sale')
            .getAttribute('aria-label')
            ?.replace(/, \d+ of \d+$/, ''),
        ).toBe(label.replace(/, \d+ of \d+$/, '')),
      );
    }
  });
});

describe('new posts', () => {
  it('start on the clicked day: the next full hour today, the usual time later', async () => {
    const c = await open({ posts: [] });
    await c.user.click(c.cell('2026-05-12'));
    await waitFor(() =>
      expect(c.app.router.composer).toEqual({ kind: 'new', date: '2026-05-12', time: '11:00' }),
    );
    c.app.router.closeComposer();
    await c.user.click(c.cell('2026-05-20'));
    await waitFor(() =>
      expect(c.app.router.composer).toMatchObject({ date: '2026-05-20', time: '09:00' }),
    );
  });

  it('take the next slot of the account where it has one on that day', async () => {
    const c = await open({ posts: [] });
    c.host.answer('queue.next_free', () => ({
      slot: {
        slotId: 's',
        accountId: 'acc-ana',
        at: Date.parse('2026-05-20T12:30:00Z'),
        wall: '2026-05-20T14:30:00',
        zone: ZONE,
      },
    }));
    await c.user.click(c.cell('2026-05-20'));
    // It opens at once; what is typed next is its text.
    const { composer } = c.app.router;
    expect(composer).toMatchObject({ kind: 'new', date: '2026-05-20', time: '09:00' });
    expect(composer?.kind === 'new' && (await composer.slot)).toBe('14:30');
  });

  it('start from Enter and from N on the focused day or hour, and not in the past', async () => {
    const c = await open({ posts: [] });
    c.day('2026-05-20').focus();
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(c.app.router.composer).toMatchObject({ date: '2026-05-20' }));
    c.app.router.closeComposer();
    await c.user.keyboard('w');
    c.day('2026-05-20:16').focus();
    await c.user.keyboard('n');
    await waitFor(() =>
      expect(c.app.router.composer).toMatchObject({ date: '2026-05-20', time: '16:00' }),
    );
    c.app.router.closeComposer();
    await c.user.keyboard('m');
    await c.user.click(c.cell('2026-05-05'));
    expect(c.app.router.composer).toBeNull();
    expect(c.app.messages.current?.text).toBe('That time is over. Choose a day from today on.');
  });

  it('start from files dropped onto a day', async () => {
    const c = await open({ posts: [] });
    vi.spyOn(document, 'elementFromPoint').mockReturnValue(c.cell('2026-05-20'));
    c.host.answer('media.import', () => ({
      files: [
        {
          id: 'f1',
          name: 'a.png',
          mime: 'image/png',
          bytes: 1,
          width: 1,
          height: 1,
          missing: false,
        },
      ],
      refused: [],
    }));
    c.host.dragFiles({ kind: 'drop', paths: ['/home/ana/a.png'], x: 1, y: 1 });
    await waitFor(() => expect(c.app.router.composer).toMatchObject({ kind: 'post' }));
    const [made] = c.sent('posts.create') as { place: unknown; scheduling: string }[];
    expect(made?.place).toEqual({ kind: 'wall', wall: '2026-05-20T09:00:00', zone: null });
    expect(made?.scheduling).toBe('plan');
  });
});

describe('selection and what is done with it', () => {
  const posts = () => [
    post('A', '2026-05-13', '09:00'),
    post('B', '2026-05-14', '09:00'),
    post('C', '2026-05-15', '09:00'),
  ];

  it('grows by Ctrl and Shift, by X and by Ctrl+A, and ends with Escape', async () => {
    const c = await open({ posts: posts() });
    await c.user.keyboard('{Control>}');
    await c.user.click(c.chip('A'));
    await c.user.keyboard('{/Control}{Shift>}');
    await c.user.click(c.chip('C'));
    await c.user.keyboard('{/Shift}');
    expect([...c.app.selection.ids]).toEqual(['A', 'B', 'C']);
    expect(c.app.router.composer).toBeNull();
    c.chip('B').focus();
    await c.user.keyboard('x');
    expect(c.app.selection.has('B')).toBe(false);
    await c.user.keyboard('{Escape}');
    expect(c.app.selection.ids.size).toBe(0);
    // The range of Shift and a click, by keys alone.
    c.chip('A').focus();
    await c.user.keyboard('x');
    c.chip('C').focus();
    await c.user.keyboard('{Shift>}x{/Shift}');
    expect([...c.app.selection.ids]).toEqual(['A', 'B', 'C']);
    expect(c.said()).toBe('3 posts selected');
    await c.user.keyboard('{Escape}');
    await c.user.keyboard('{Control>}a{/Control}');
    expect(c.app.selection.ids.size).toBe(3);
  });

  it('deletes with a key, says so, and moves the focus on', async () => {
    const c = await open({ posts: [...posts(), post('B2', '2026-05-14', '10:00')] });
    c.chip('B').focus();
    await c.user.keyboard('{Delete}');
    await waitFor(() => expect(c.app.messages.current?.text).toBe('Deleted B'));
    expect(c.idsIn('2026-05-14')).toEqual(['B2']);
    expect(document.activeElement).toBe(c.chip('B2'));
  });

  it('copies the focused post to the shelf', async () => {
    const c = await open({ posts: posts() });
    c.chip('B').focus();
    await c.user.keyboard('{Control>}d{/Control}');
    await waitFor(() => expect(c.app.posts.shelf).toHaveLength(1));
    expect(c.sent('posts.copy')).toEqual([{ copies: [{ id: 'B', place: { kind: 'shelf' } }] }]);
  });

  it('has one menu with everything, by pointer and by key', async () => {
    const c = await open({ posts: posts() });
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
    const menu = await screen.findByRole('menu');
    const names = within(menu)
      .getAllByRole('menuitem')
      .map((m) => m.textContent);
    for (const word of ['Edit', 'Move to', 'Put on the shelf', 'Labels', 'Publish now', 'Delete'])
      expect(names.some((n) => n?.includes(word))).toBe(true);
    // WebKit ends the press of the right button in a click of the left one.
    c.chip('A').click();
    expect(c.app.router.composer).toBeNull();
    await c.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    c.chip('A').focus();
    await c.user.keyboard('{Shift>}{F10}{/Shift}');
    await screen.findByRole('menu');
  });

  it('asks before it publishes now, and only then', async () => {
    const c = await open({ posts: posts() });
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
    await c.user.click(await screen.findByText('Publish now…'));
    expect(c.sent('posts.publish_now')).toEqual([]);
    await c.user.click(await screen.findByRole('button', { name: 'Publish now' }));
    await waitFor(() => expect(c.sent('posts.publish_now')).toEqual([{ id: 'A' }]));
  });

  it('opens a published post on its network and deletes it there after asking', async () => {
    const c = await open({ posts: [post('Sent', '2026-05-11', '08:00', { status: 'published' })] });
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('Sent') });
    await c.user.click(await screen.findByText('Open on Bluesky'));
    expect(c.host.opened).toEqual(['https://example.com/Sent']);
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('Sent') });
    await c.user.click(await screen.findByText('Delete on Bluesky…'));
    expect(c.sent('targets.delete_on_network')).toEqual([]);
    await c.user.click(await screen.findByRole('button', { name: 'Delete on Bluesky' }));
    await waitFor(() =>
      expect(c.sent('targets.delete_on_network')).toEqual([{ id: 'Sent:acc-ana' }]),
    );
  });

  it('does not offer to delete where a network lets no program do that', async () => {
    const c = await open({ posts: [post('Sent', '2026-05-11', '08:00', { status: 'published' })] });
    const { catalogue } = c.host.world.boot;
    c.app.session.patch({ catalogue: catalogue.map((n) => ({ ...n, canDelete: false })) });
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('Sent') });
    await screen.findByText('Open on Bluesky');
    expect(screen.queryByText('Delete on Bluesky…')).toBeNull();
  });

  it('sets labels on all selected at once', async () => {
    const c = await open({ posts: posts() });
    c.app.selection.all(['A', 'B']);
    c.chip('A').focus();
    await c.user.keyboard('l');
    await c.user.type(await screen.findByLabelText('New label'), 'launch{Enter}');
    await c.user.keyboard('{Escape}');
    await waitFor(() =>
      expect(c.sent('posts.label')).toEqual([{ ids: ['A', 'B'], add: ['launch'], remove: [] }]),
    );
  });
});

describe('a full day', () => {
  const many = () => Array.from({ length: 9 }, (_, i) => post(`P${i}`, '2026-05-14', `1${i}:00`));

  it('shows the first four and how many more, opens to all, and lets posts be dragged out', async () => {
    const c = await open({ posts: many() });
    expect(c.idsIn('2026-05-14')).toEqual(['P0', 'P1', 'P2', 'P3']);
    const more = within(c.cell('2026-05-14')).getByRole('button', {
      name: '5 more posts on Thursday 14 May',
    });
    await c.user.click(more);
    const window_ = await screen.findByRole('dialog', { name: 'Thursday 14 May' });
    expect(within(window_).getByText('9 posts')).toBeTruthy();
    await waitFor(() =>
      expect(document.activeElement).toBe(window_.querySelector('[data-chip="P0"]')),
    );
    const inside = window_.querySelector<HTMLElement>('[data-chip="P5"]');
    expect(inside).not.toBeNull();
    vi.spyOn(document, 'elementFromPoint').mockReturnValue(c.cell('2026-05-20'));
    const at = (type: string, x: number) =>
      new PointerEvent(type, { bubbles: true, clientX: x, clientY: x, pointerId: 1, button: 0 });
    inside?.dispatchEvent(at('pointerdown', 400));
    window.dispatchEvent(at('pointermove', 430));
    window.dispatchEvent(at('pointerup', 430));
    await waitFor(() => expect(wallOf(c.app, 'P5')).toBe('2026-05-20 15:00'));
    await waitFor(() => expect(within(window_).getByText('8 posts')).toBeTruthy());
  });
});

describe('filters', () => {
  it('narrow, show as chips, say when nothing matches, and clear in one click', async () => {
    const c = await open({
      posts: [post('Sale', '2026-05-14', '09:00'), post('Other', '2026-05-15', '09:00')],
    });
    await c.user.keyboard('/');
    await c.user.type(await screen.findByLabelText('Words'), 'sale');
    expect(c.idsIn('2026-05-15')).toEqual([]);
    expect(screen.getByRole('button', { name: 'Remove filter “sale”' })).toBeTruthy();
    await c.user.type(screen.getByLabelText('Words'), 'xyz');
    expect(screen.getByText('Nothing matches these filters.')).toBeTruthy();
    await c.user.keyboard('{Escape}');
    await c.user.click(screen.getAllByRole('button', { name: 'Clear filters' })[0] as Element);
    expect([c.idsIn('2026-05-14'), c.idsIn('2026-05-15')]).toEqual([['Sale'], ['Other']]);
    expect(c.host.calls.some((call) => call.name === 'posts.move')).toBe(false);
  });
});

describe('the four states', () => {
  it('invites on the first start', async () => {
    const c = await open({});
    expect(screen.getByText('Write a post now; connect accounts when you are ready.')).toBeTruthy();
    expect(c.chip('post-sample').getAttribute('aria-label')).toBe(
      'no account yet, Drag me onto a day, draft, 1 of 1',
    );
    await c.user.click(screen.getByRole('button', { name: 'Connect an account' }));
    expect(c.app.router.view).toBe('accounts');
  });

  const invitation = () => screen.queryByText(/^Write a post now; connect accounts/);
  const connect = async (c: Awaited<ReturnType<typeof open>>) => {
    await c.app.api.accounts.connect({
      workspaceId: c.app.session.data?.workspaceId ?? '',
      network: 'folder',
      method: '',
      fields: { folder: '/home/ana/notes' },
      secrets: {},
    });
    await c.app.session.refresh();
  };

  it('invites no more once a post was written and an account connected', async () => {
    const c = await open({});
    await connect(c);
    expect(invitation()).toBeTruthy();
    await c.app.api.posts.create({
      calendarId: c.app.session.data?.calendarId ?? '',
      draft: { ...emptyDraft([]), segments: [{ text: 'Mine', media: [] }] },
      place: { kind: 'shelf' },
      scheduling: 'if_ready',
    });
    await waitFor(() => expect(invitation()).toBeNull());
    expect(c.app.session.remembered('welcome.closed', false)).toBe(true);
  });

  it('invites no more once it was dismissed, and the focus goes on to the days', async () => {
    const c = await open({});
    await c.user.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(invitation()).toBeNull();
    expect(c.container.querySelector('[data-place="grid"]')?.contains(document.activeElement)).toBe(
      true,
    );
    expect(c.app.session.remembered('welcome.closed', false)).toBe(true);
  });

  it('says what an empty month offers', async () => {
    await open({ count: 0 });
    expect(
      screen.getByText('Nothing planned in May. Press N, click a day, or drag a draft here.'),
    ).toBeTruthy();
  });

  it('says what could not be read, and tries again', async () => {
    const host = createDemo({ posts: [post('Sale', '2026-05-14', '09:00')] });
    const app = await startApp(host);
    host.failNext('posts.range', new ApiError('storage', 'The database is locked.'));
    renderIn(app, Calendar);
    await screen.findByText('The posts of May 2026 could not be read.');
    expect(screen.getByText('The database is locked.')).toBeTruthy();
    expect(screen.getByTestId('calendar').getAttribute('aria-busy')).toBe('false');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(document.querySelector('[data-chip="Sale"]')).not.toBeNull());
  });

  it('follows the feed', async () => {
    const c = await open({ posts: [post('Sale', '2026-05-14', '09:00')] });
    const world = c.host.world;
    const sale = world.posts.posts.get('Sale');
    if (!sale) throw new Error('no post');
    world.posts.posts.set('Sale', { ...sale, status: 'failed', version: 9 });
    world.changed('post', ['Sale']);
    await waitFor(() => expect(c.chip('Sale').dataset.status).toBe('failed'));
  });
});

describe('for screen readers', () => {
  it.each(['m', 'w', 'd', 'a'])('axe finds nothing in view %s', async (key) => {
    const c = await open({
      posts: [
        post('Sale', '2026-05-12', '11:00'),
        post('Day', '2026-05-12', null),
        post('Sent', '2026-05-11', '08:00', { status: 'published' }),
        post('Idea', null, null),
      ],
    });
    await c.user.keyboard(key);
    expect(await faults(c.container)).toEqual([]);
  });
});

describe('the card of a post', () => {
  it('shows after half a second of rest, by V at once, and goes with Escape', async () => {
    const c = await open({
      posts: [
        post('Sale', '2026-05-14', '09:00', {
          segments: [{ text: 'The whole text of it', media: [] }],
        }),
      ],
    });
    vi.useFakeTimers();
    c.chip('Sale').dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
    vi.advanceTimersByTime(480);
    await vi.advanceTimersByTimeAsync(1);
    expect(screen.queryByTestId('peek')).toBeNull();
    await vi.advanceTimersByTimeAsync(30);
    expect(screen.getByTestId('peek').textContent).toContain('The whole text of it');
    c.container
      .querySelector('h1')
      ?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
    await vi.advanceTimersByTimeAsync(200);
    expect(screen.queryByTestId('peek')).toBeNull();
    vi.useRealTimers();

    c.chip('Sale').focus();
    await c.user.keyboard('v');
    expect(await screen.findByTestId('peek')).toBeTruthy();
    await waitFor(() => expect(c.said()).toBe('The whole text of it'));
    await c.user.keyboard('{Escape}');
    expect(screen.queryByTestId('peek')).toBeNull();
  });
});

describe('a calendar in another zone', () => {
  it('names the local time beside the hours', async () => {
    const c = await open({
      posts: [post('Sale', '2026-05-14', '09:00')],
      here: 'America/New_York',
    });
    await c.user.keyboard('w');
    const hour = screen.getByRole('rowheader', { name: /^09:00/ });
    expect(hour.textContent).toContain('03:00');
  });
});

describe('the list', () => {
  it('has the same keys and selection as the grid', async () => {
    const c = await open({
      posts: [post('A', '2026-05-14', '09:00'), post('B', '2026-05-15', '09:00')],
    });
    await c.user.keyboard('a');
    await waitFor(() => expect(screen.getByText('Thursday 14 May 2026')).toBeTruthy());
    c.chip('A').focus();
    await c.user.keyboard('{ArrowDown}{ArrowDown}');
    expect(document.activeElement).toBe(c.chip('B'));
    await c.user.keyboard('x');
    expect([...c.app.selection.ids]).toEqual(['B']);
    await c.user.click(screen.getByRole('checkbox', { name: 'A' }));
    expect(c.app.selection.ids.size).toBe(2);
    await c.user.keyboard('{Escape}');
    c.chip('B').focus();
    await c.user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() => expect(wallOf(c.app, 'B')).toBe('2026-05-16 09:00'));
    await waitFor(() => expect(document.activeElement).toBe(c.chip('B')));
  });

  it('keeps few rows alive, however many posts there are', async () => {
    const many = Array.from({ length: 300 }, (_, i) => post(`P${i}`, '2026-05-14', '09:00'));
    const c = await open({ posts: many });
    await c.user.keyboard('a');
    await waitFor(() => expect(c.container.querySelector('[role="rowgroup"]')).not.toBeNull());
    expect(c.container.querySelectorAll('[data-place="grid"] [data-chip]').length).toBeLessThan(60);
  });
});
