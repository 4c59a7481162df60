/** The menu of a post in every view, its card, and where new posts begin. */
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { targetOf } from '$lib/demo/state';
import { calendarHooks, open, post, wallOf, ZONE } from '../../../test/calendar';

calendarHooks();

type Calendar = Awaited<ReturnType<typeof open>>;

const posts = () => [
  post('A', '2026-05-14', '09:00', {
    segments: [{ text: 'The whole text of it\nin two lines', media: [] }],
  }),
  post('B', '2026-05-14', '10:00'),
  post('Idea', null, null),
];

const items = (menu: HTMLElement) =>
  within(menu)
    .getAllByRole('menuitem')
    .map((item) => item.textContent?.trim() ?? '');

async function closeMenu(c: Calendar): Promise<void> {
  await c.user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
}

describe('the menu of a post', () => {
  it.each(['m', 'w', 'd', 'a'])(
    'is the same by pointer and by the Menu key, in view %s',
    async (key) => {
      const c = await open({ posts: posts() });
      c.day('2026-05-14').focus();
      await c.user.keyboard(key);
      await waitFor(() => c.chip('A'));
      await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
      const byPointer = items(await screen.findByRole('menu'));
      expect(byPointer.join(' ')).toMatch(
        /Edit.*Move to….*Put on the shelf.*Copy to the shelf.*Labels….*Publish now….*Delete/,
      );
      await closeMenu(c);
      c.chip('A').focus();
      fireEvent.keyDown(c.chip('A'), { key: 'ContextMenu' });
      expect(items(await screen.findByRole('menu'))).toEqual(byPointer);
      await closeMenu(c);
      await waitFor(() => expect(document.activeElement).toBe(c.chip('A')));
    },
  );

  it('takes back what a network holds, and offers nothing else that would change it', async () => {
    const c = await open({ posts: [post('Held', '2026-05-14', '09:00', { status: 'placed' })] });
    const opened = async () => {
      await c.user.pointer({ keys: '[MouseRight]', target: c.chip('Held') });
      return within(await screen.findByRole('menu'));
    };
    const menu = await opened();
    const back = await menu.findByRole('menuitem', { name: 'Take back from Bluesky' });
    expect(menu.getByRole('menuitem', { name: /^Move to/ }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await c.user.click(back);
    await waitFor(() => expect(c.sent('targets.take_back')).toEqual([{ id: 'Held:acc-ana' }]));
    await waitFor(() => expect(c.chip('Held').textContent).not.toContain('held by its network'));
  });

  it.each(['scheduled', 'failed', 'missed'] as const)(
    'calls off what is %s, and uses it again',
    async (status) => {
      const c = await open({ posts: [post('A', '2026-05-14', '09:00', { status })] });
      const choose = async (name: string) => {
        await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
        await c.user.click(await screen.findByRole('menuitem', { name }));
      };
      await choose('Call off');
      await waitFor(() => expect(c.sent('posts.cancel')).toEqual([{ ids: ['A'] }]));
      await waitFor(() => expect(c.chip('A').dataset.status).toBe('cancelled'));
      expect(c.app.messages.current?.text).toBe('Called off A');
      await choose('Use again');
      await waitFor(() => expect(c.sent('posts.use_again')).toEqual([{ ids: ['A'] }]));
      await waitFor(() => expect(c.chip('A').dataset.status).toBe('scheduled'));
      expect(c.app.messages.current?.text).toBe('A is used again');
    },
  );

  it('calls off the account that failed of a post that is out on others', async () => {
    const targets = [
      targetOf('A', 'acc-ana', 0, 'published'),
      targetOf('A', 'acc-shop', 0, 'failed'),
    ];
    const c = await open({
      posts: [post('A', '2026-05-11', '09:00', { status: 'partly_published', targets })],
    });
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
    await c.user.click(await screen.findByRole('menuitem', { name: /^Call off on / }));
    await waitFor(() => expect(c.sent('targets.cancel')).toEqual([{ id: 'A:acc-shop' }]));
  });

  it('says how far the writing is, and sets it for all that are selected', async () => {
    const c = await open({ posts: posts() });
    await c.user.keyboard('{Control>}');
    await c.user.click(c.chip('A'));
    await c.user.click(c.chip('Idea'));
    await c.user.keyboard('{/Control}');
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
    await c.user.click(await screen.findByRole('menuitem', { name: 'In review' }));
    await waitFor(() =>
      expect(c.sent('posts.editorial')).toEqual([{ ids: ['A', 'Idea'], status: 'in_review' }]),
    );
    await waitFor(() => expect(c.chip('A').dataset.status).toBe('in_review'));
    expect(c.app.messages.current?.text).toBe('2 posts wait for review');
  });

  it('is there on the shelf, without what needs a date', async () => {
    const c = await open({ posts: posts() });
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('Idea') });
    const byPointer = items(await screen.findByRole('menu'));
    expect(byPointer.join(' ')).not.toContain('Put on the shelf');
    expect(byPointer.join(' ')).toContain('Move to…');
    await closeMenu(c);
    c.chip('Idea').focus();
    await c.user.keyboard('{Shift>}{F10}{/Shift}');
    expect(items(await screen.findByRole('menu'))).toEqual(byPointer);
  });

  it('moves to a typed date', async () => {
    const c = await open({ posts: posts() });
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
    await c.user.click(await screen.findByRole('menuitem', { name: /Move to/ }));
    await c.user.type(await screen.findByLabelText('Date and time'), '+2w');
    await c.user.click(await screen.findByRole('button', { name: 'Move' }));
    await waitFor(() => expect(wallOf(c.app, 'A')).toBe('2026-05-28 09:00'));
    await waitFor(() => expect(document.activeElement).toBe(c.chip('A')));
  });

  it('refuses a typed date in the past in words of its own, with the next free slot to use', async () => {
    const c = await open({ posts: posts() });
    c.host.answer('queue.next_free', () => ({
      slot: {
        slotId: 's',
        accountId: 'acc-ana',
        at: Date.parse('2026-05-12T15:00:00+02:00'),
        wall: '2026-05-12T15:00:00',
        zone: ZONE,
      },
    }));
    c.chip('A').focus();
    await c.user.keyboard('.');
    await c.user.type(await screen.findByLabelText('Date and time'), 'yesterday');
    await screen.findByText('That is in the past. The next free slot is today 15:00.');
    await c.user.click(screen.getByRole('button', { name: 'Use it' }));
    await waitFor(() => expect(wallOf(c.app, 'A')).toBe('2026-05-12 15:00'));
    await waitFor(() => expect(document.activeElement).toBe(c.chip('A')));
  });

  it('has a key for each of its lines', async () => {
    const c = await open({ posts: posts() });
    const on = (id: string) => c.chip(id).focus();
    on('A');
    await c.user.keyboard('e');
    expect(c.app.router.composer).toMatchObject({ kind: 'post', id: 'A' });
    c.app.router.closeComposer();
    on('A');
    await c.user.keyboard('.');
    expect(await screen.findByLabelText('Date and time')).toBeTruthy();
    await c.user.keyboard('{Escape}');
    on('A');
    await c.user.keyboard('l');
    expect(await screen.findByLabelText('New label')).toBeTruthy();
    await c.user.keyboard('{Escape}');
    on('A');
    await c.user.keyboard('{Control>}d{/Control}');
    await waitFor(() => expect(c.sent('posts.copy')).toHaveLength(1));
    on('A');
    await c.user.keyboard('u');
    await waitFor(() => expect(wallOf(c.app, 'A')).toBeNull());
    // What has no date cannot be put on the shelf: the other post of the day has the focus.
    await waitFor(() => expect(document.activeElement).toBe(c.chip('B')));
    await c.user.keyboard('{Delete}');
    await waitFor(() => expect(c.sent('posts.remove')).toEqual([{ ids: ['B'] }]));
    await waitFor(() => expect(document.activeElement).toBe(c.day('2026-05-14')));
  });

  it('works from the keyboard alone, also for publishing', async () => {
    const c = await open({ posts: posts() });
    c.chip('A').focus();
    await c.user.keyboard('{Shift>}{F10}{/Shift}');
    const menu = await screen.findByRole('menu');
    await waitFor(() => expect(menu.contains(document.activeElement)).toBe(true));
    await c.user.keyboard('pub');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('Publish now'));
    await c.user.keyboard('{Enter}');
    const go = await screen.findByRole('button', { name: 'Publish now' });
    expect(c.sent('posts.publish_now')).toEqual([]);
    go.focus();
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(c.sent('posts.publish_now')).toEqual([{ id: 'A' }]));
  });
});

describe('the list', () => {
  it('is walked by keys after a click on the box of a row', async () => {
    const c = await open({ posts: posts() });
    c.day('2026-05-14').focus();
    await c.user.keyboard('a');
    await waitFor(() => c.chip('B'));
    const [box] = c.container.querySelectorAll<HTMLElement>('[data-check="A"]');
    await c.user.click(box as HTMLElement);
    expect([...c.app.selection.ids]).toEqual(['A']);
    expect(document.activeElement).toBe(c.chip('A'));
    await c.user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(c.chip('B'));
  });
});

describe('keys that a person changed', () => {
  it('stand in the menu, the tips, the empty page and what is spoken', async () => {
    const c = await open({ posts: posts() });
    const { settings } = c.host.world.boot;
    const keys = { 'post.new': 'H', 'post.delete': 'Ctrl+Delete', 'app.undo': 'Ctrl+U' };
    c.app.session.patch({
      settings: { ...settings, keys: { ...keys, 'calendar.on': 'ArrowRight' } },
    });
    await waitFor(() => expect(screen.getByRole('button', { name: 'New post' }).title).toBe('H'));
    expect(screen.getByRole('button', { name: 'Month after' }).title).toBe('Month after (→)');
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
    expect(items(await screen.findByRole('menu')).at(-1)).toMatch(/^Delete\s*Ctrl Delete$/);
    await closeMenu(c);
    c.chip('A').focus();
    await c.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    await waitFor(() => expect(c.said()).toBe('Moved to Friday 15 May, 09:00. Control U undoes.'));
    await c.user.keyboard('{PageDown}');
    expect(await screen.findByText(/^Nothing planned in June\. Press H,/)).toBeTruthy();
  });
});

describe('the menu of a day', () => {
  const choose = async (c: Calendar, name: RegExp) => {
    await c.user.click(await screen.findByRole('menuitem', { name }));
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  };

  it.each(['m', 'w', 'a'])(
    'is the same by pointer and by the Menu key, in view %s',
    async (key) => {
      const c = await open({ posts: posts() });
      c.day('2026-05-14').focus();
      await c.user.keyboard(key);
      const name = key === 'w' ? '2026-05-14:9' : '2026-05-14';
      await waitFor(() => c.day(name));
      await c.user.pointer({ keys: '[MouseRight]', target: c.cell(name) });
      const byPointer = items(await screen.findByRole('menu'));
      const looks = key === 'a' ? '' : '.*Its 2 posts….*';
      expect(byPointer.join(' ')).toMatch(
        new RegExp(`New post.*${looks}Show this day alone.*Select its 2 posts`),
      );
      await closeMenu(c);
      c.day(name).focus();
      fireEvent.keyDown(c.day(name), { key: 'ContextMenu' });
      expect(items(await screen.findByRole('menu'))).toEqual(byPointer);
      await closeMenu(c);
      await waitFor(() => expect(document.activeElement).toBe(c.day(name)));
      expect(c.app.router.composer).toBeNull();
    },
  );

  it('gives way to another, and a press beside it does nothing else', async () => {
    const c = await open({ posts: posts() });
    const right = (target: Element) => c.user.pointer({ keys: '[MouseRight]', target });
    await right(c.chip('A'));
    await screen.findByRole('menuitem', { name: /^Edit/ });
    await right(c.cell('2026-05-20'));
    await screen.findByRole('menuitem', { name: /^New post/ });
    await waitFor(() => expect(screen.getAllByRole('menu')).toHaveLength(1));
    await right(c.chip('A'));
    await screen.findByRole('menuitem', { name: /^Edit/ });
    await waitFor(() => expect(screen.getAllByRole('menu')).toHaveLength(1));
    await c.user.click(c.cell('2026-05-21'));
    expect(c.app.router.composer).toBeNull();
    await closeMenu(c);
    await c.user.click(c.cell('2026-05-21'));
    expect(c.app.router.composer).toMatchObject({ kind: 'new', date: '2026-05-21' });
  });

  it('does not open by the press that puts back what is carried', async () => {
    const c = await open({ posts: posts() });
    c.chip('A').focus();
    await c.user.keyboard(' {ArrowRight}');
    const coords = { clientX: 500, clientY: 300 };
    await c.user.pointer({ keys: '[MouseRight]', target: c.cell('2026-05-20'), coords });
    expect(c.said()).toBe('Back at Thursday 14 May, 09:00');
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('begins a post there, not on a day that is over, and says why', async () => {
    const c = await open({ posts: [] });
    await c.user.pointer({ keys: '[MouseRight]', target: c.cell('2026-05-20') });
    expect(items(await screen.findByRole('menu'))).toHaveLength(2);
    await choose(c, /^New post/);
    expect(c.app.router.composer).toMatchObject({ kind: 'new', date: '2026-05-20' });
    c.app.router.closeComposer();
    await c.user.pointer({ keys: '[MouseRight]', target: c.cell('2026-05-11') });
    const item = await screen.findByRole('menuitem', { name: /^New post/ });
    expect(item.getAttribute('aria-disabled')).toBe('true');
    expect(item.textContent).toContain('That time is over.');
  });

  it('selects the posts of the day, opens them, and shows it alone', async () => {
    const c = await open({ posts: posts() });
    const ask = () => c.user.pointer({ keys: '[MouseRight]', target: c.cell('2026-05-14') });
    await ask();
    await choose(c, /^Select its 2 posts/);
    expect([...c.app.selection.ids]).toEqual(['A', 'B']);
    await ask();
    await choose(c, /^Its 2 posts/);
    expect(await screen.findByRole('dialog')).toBeTruthy();
    await c.user.keyboard('{Escape}{Escape}');
    await ask();
    await choose(c, /^Show this day alone/);
    await waitFor(() => expect(c.cell('2026-05-14:9')).toBeTruthy());
    expect(c.said()).toBe('Day, Thu 14 May 2026');
    await c.user.pointer({ keys: '[MouseRight]', target: c.cell('2026-05-14:15') });
    expect((await screen.findByRole('menu')).textContent).toContain(
      'New post on Thu 14 May, 15:00',
    );
    await choose(c, /^Show its week/);
    await waitFor(() => expect(document.activeElement).toBe(c.day('2026-05-14:15')));
    await c.user.keyboard('d');
    await waitFor(() => expect(c.container.querySelector('[data-cell="2026-05-15:9"]')).toBeNull());
    expect(c.container.querySelector('[data-cell="2026-05-15:9"]')).toBeNull();
  });
});

describe('several selected', () => {
  const three = () => [
    post('A', '2026-05-14', '09:00'),
    post('B', '2026-05-15', '10:00'),
    post('C', '2026-05-20', '11:00'),
  ];

  it('are led by the post in hand: it is opened, and it is what a typed date is for', async () => {
    const c = await open({ posts: three() });
    c.app.selection.all(['A', 'B', 'C']);
    c.chip('C').focus();
    await c.user.keyboard('e');
    expect(c.app.router.composer).toMatchObject({ kind: 'post', id: 'C' });
    c.app.router.closeComposer();
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('C') });
    await c.user.click(await screen.findByRole('menuitem', { name: /Move to/ }));
    await c.user.type(await screen.findByLabelText('Date and time'), '+1w');
    await c.user.click(await screen.findByRole('button', { name: 'Move' }));
    await waitFor(() => expect(wallOf(c.app, 'C')).toBe('2026-05-27 11:00'));
    expect([wallOf(c.app, 'A'), wallOf(c.app, 'B')]).toEqual([
      '2026-05-21 09:00',
      '2026-05-22 10:00',
    ]);
  });

  it('are no more selected once they are gone, so that the others can still be acted on', async () => {
    const c = await open({ posts: three() });
    c.app.selection.all(['A', 'B', 'C']);
    // Another program deletes one.
    await c.app.api.posts.remove({ ids: ['B'] });
    await waitFor(() => expect([...c.app.selection.ids]).toEqual(['A', 'C']));
    c.chip('A').focus();
    await c.user.keyboard('{Delete}');
    await waitFor(() => expect(c.sent('posts.remove').at(-1)).toEqual({ ids: ['A', 'C'] }));
  });
});

describe('publishing several now', () => {
  it('goes on after one that is refused, and says what became of all', async () => {
    const three = ['A', 'B', 'C'].map((id) => post(id, '2026-05-14', '09:00'));
    const c = await open({ posts: three });
    const held = 'All posts are held. It goes out when you release them.';
    c.host.answer('posts.publish_now', ({ id }: { id: string }) => {
      if (id === 'B') throw new ApiError('validation', 'The text is too long.');
      return { value: null, undo: null, notes: [held] };
    });
    c.app.selection.all(['A', 'B', 'C']);
    await c.user.pointer({ keys: '[MouseRight]', target: c.chip('A') });
    await c.user.click(await screen.findByText('Publish now…'));
    await screen.findByText('They go out at once. Publishing cannot be undone.');
    await c.user.click(screen.getByRole('button', { name: 'Publish now' }));
    await waitFor(() =>
      expect(c.app.messages.current?.text).toBe(
        `B was not published. The text is too long. Publishing 2 posts now. ${held}`,
      ),
    );
    expect(c.sent('posts.publish_now')).toEqual([{ id: 'A' }, { id: 'B' }, { id: 'C' }]);
    c.app.messages.current?.actions[0]?.run();
    expect(c.app.router.composer).toMatchObject({ kind: 'post', id: 'B' });
  });
});

describe('the card of a post by keys', () => {
  it('shows half a second after the focus came to rest, and goes when it moves on', async () => {
    const c = await open({ posts: posts() });
    vi.useFakeTimers();
    const visible = vi.spyOn(Element.prototype, 'matches');
    // jsdom knows no focus by keys.
    visible.mockImplementation(function (this: Element, selector: string) {
      return selector === ':focus-visible' ? document.activeElement === this : false;
    });
    c.chip('A').focus();
    await vi.advanceTimersByTimeAsync(450);
    expect(screen.queryByTestId('peek')).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    visible.mockRestore();
    expect(screen.getByTestId('peek').textContent).toContain('The whole text of it');
    c.chip('B').focus();
    await vi.advanceTimersByTimeAsync(1);
    expect(screen.queryByTestId('peek')).toBeNull();
    vi.useRealTimers();
  });
});

describe('a new post', () => {
  it('in the hour that runs gets a time still to come in it', async () => {
    const c = await open({ posts: [] });
    await c.user.keyboard('w');
    await waitFor(() => c.cell('2026-05-12:10'));
    await c.user.click(c.cell('2026-05-12:10'));
    expect(c.app.router.composer).toMatchObject({ date: '2026-05-12', time: '10:30' });
    c.app.router.closeComposer();
    await c.user.click(c.cell('2026-05-12:9'));
    expect([c.app.router.composer, c.app.messages.current?.text]).toEqual([
      null,
      'That time is over. Choose a day from today on.',
    ]);
  });

  it('asks for the slot of the accounts it will be for: those used last', async () => {
    const c = await open({ posts: [] });
    c.app.session.remember('composer.accounts', ['acc-shop', 'gone']);
    c.host.answer('queue.next_free', ({ accountIds }: { accountIds: string[] }) => ({
      slot: {
        slotId: 's',
        accountId: accountIds[0],
        at: 0,
        wall: `2026-05-20T${accountIds.join() === 'acc-shop' ? '16:45' : '08:00'}:00`,
        zone: ZONE,
      },
    }));
    await c.user.click(c.cell('2026-05-20'));
    const { composer } = c.app.router;
    expect(composer?.kind === 'new' && (await composer.slot)).toBe('16:45');
  });

  it('starts from Ctrl+N also while one is being written', async () => {
    const c = await open({ posts: [] });
    c.app.router.openPost('any');
    const letGo = c.app.keymap.layer();
    const field = document.body.appendChild(document.createElement('textarea'));
    field.focus();
    await c.user.keyboard('{Control>}n{/Control}');
    await waitFor(() => expect(c.app.router.composer).toMatchObject({ kind: 'new' }));
    field.remove();
    letGo();
  });
});

describe('a post whose account cannot send', () => {
  it('says so days ahead, with a mark and in words', async () => {
    const c = await open({
      posts: [...posts(), post('Draft', '2026-05-20', '09:00', { status: 'draft' })],
    });
    const { accounts } = c.host.world.boot;
    c.app.session.patch({
      accounts: accounts.map((a) =>
        a.id === 'acc-ana'
          ? { ...a, health: { kind: 'needs_reconnect', reason: 'The password changed.', since: 0 } }
          : a,
      ),
    });
    await waitFor(() => expect(c.chip('A').dataset.halt).toBe('out'));
    expect(c.chip('A').getAttribute('aria-label')).toContain(
      'scheduled, not connected to Bluesky, 1 of 2',
    );
    expect(c.chip('Draft').dataset.halt).toBeUndefined();
    c.app.session.patch({
      accounts: accounts.map((a) => (a.id === 'acc-ana' ? { ...a, paused: 'Holiday' } : a)),
    });
    await waitFor(() => expect(c.chip('A').dataset.halt).toBe('paused'));
    expect(c.chip('A').getAttribute('aria-label')).toContain('scheduled, Bluesky paused');
  });
});
