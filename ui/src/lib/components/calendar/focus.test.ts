/** Where the keyboard stands: what Tab reaches, and what keeps the focus when the page is drawn anew. */
import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { calendarHooks, open, post, wallOf } from '../../../test/calendar';

calendarHooks();

type Calendar = Awaited<ReturnType<typeof open>>;

/** The keys of the frame that take back. */
function withHistory(c: Calendar): void {
  c.app.keymap.register([
    { id: 'undo', title: '', group: 'app', keys: ['Ctrl+Z'], run: () => void c.app.undo() },
    { id: 'redo', title: '', group: 'app', keys: ['Ctrl+Y'], run: () => void c.app.redo() },
  ]);
}

/** Presses Tab until the focus is on what is looked for. */
async function tabTo(c: Calendar, selector: string): Promise<HTMLElement> {
  for (let i = 0; i < 25; i += 1) {
    await c.user.tab();
    const found = document.activeElement?.matches(selector);
    if (found) return document.activeElement as HTMLElement;
  }
  throw new Error(`Tab does not reach ${selector}`);
}

const focused = () => document.activeElement as HTMLElement;
const focusedCell = () => focused().closest<HTMLElement>('[data-cell]')?.dataset.cell;

describe('what Tab reaches', () => {
  it('is a draft on the shelf, and the one that had the focus last', async () => {
    const c = await open({ posts: [post('One', null, null), post('Two', null, null)] });
    c.day('2026-05-12').focus();
    const first = await tabTo(c, '[data-place="shelf"] [data-chip]');
    await c.user.keyboard('{ArrowDown}');
    const second = focused();
    expect(second).not.toBe(first);
    c.day('2026-05-12').focus();
    expect(await tabTo(c, '[data-place="shelf"] [data-chip]')).toBe(second);
  });

  it('is the list also where its day has no posts', async () => {
    const c = await open({
      posts: [post('A', '2026-05-20', '09:00'), post('B', '2026-05-21', '09:00')],
    });
    await c.user.keyboard('a');
    await waitFor(() => c.day('2026-05-20'));
    const row = await tabTo(c, '[data-place="grid"] [data-focus]');
    expect(row.dataset.cell).toBe('2026-05-20');
    await c.user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
    expect(focused()).toBe(c.chip('B'));
    screen.getByRole('button', { name: 'Today' }).focus();
    expect(await tabTo(c, '[data-place="grid"] [data-chip]')).toBe(c.chip('B'));
  });

  it.each(['w', 'd'])('is the hour that runs in the evening, in view %s', async (key) => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(300);
    const c = await open({ posts: [], now: Date.parse('2026-05-12T18:20:00Z') });
    await c.user.keyboard(key);
    // Morning hours are not drawn then.
    await waitFor(() => expect(c.container.querySelector('[data-cell="2026-05-12:9"]')).toBeNull());
    await tabTo(c, '[data-place="grid"] [data-focus]');
    expect(focusedCell()).toBe('2026-05-12:20');
  });
});

describe('another view', () => {
  it('keeps the focused post, and the focused day', async () => {
    const c = await open({
      posts: [post('Sale', '2026-05-28', '18:30'), post('Near', '2026-05-14', '09:00')],
    });
    c.chip('Sale').focus();
    for (const key of ['w', 'd', 'a', 'm', 'a', 'w']) {
      await c.user.keyboard(key);
      await waitFor(() => expect(focused()).toBe(c.chip('Sale')));
    }
    await c.user.keyboard('m');
    c.day('2026-05-20').focus();
    await c.user.keyboard('w');
    await waitFor(() => expect(focusedCell()).toBe('2026-05-20:9'));
    await c.user.keyboard('m');
    await waitFor(() => expect(focusedCell()).toBe('2026-05-20'));
    await c.user.keyboard('a');
    // The list has no such day: the next one with posts.
    await waitFor(() => expect(focusedCell()).toBe('2026-05-28'));
  });
});

it('stays on its post while the whole list is read', async () => {
  const many = Array.from({ length: 60 }, (_, i) =>
    post(`Old${i}`, '2025-01-10', '09:00', { status: 'published' }),
  );
  const busy = Array.from({ length: 40 }, (_, i) => post(`P${10 + i}`, '2026-05-14', '09:00'));
  const c = await open({ posts: [...many, ...busy] });
  let go: (() => void) | undefined;
  const call = c.host.call.bind(c.host);
  c.host.call = async (name, input) => {
    if (name === 'posts.range') await new Promise<void>((read) => (go = read));
    return call(name, input);
  };
  c.chip('P12').focus();
  await c.user.keyboard('a');
  await waitFor(() => expect(focused()).toBe(c.chip('P12')));
  await waitFor(() => expect(go).toBeDefined());
  go?.();
  await waitFor(() => expect(c.app.posts.get('Old1')).toBeDefined());
  await waitFor(() => expect(focused()).toBe(c.chip('P12')));
});

describe('keys in the list', () => {
  it('leaf, go to today and to the ends of a week from a row, and start posts on its day', async () => {
    const c = await open({
      posts: [
        post('A', '2026-05-08', '09:00', { status: 'published' }),
        post('B', '2026-05-14', '09:00'),
        post('C', '2026-05-16', '09:00'),
        post('D', '2026-06-20', '09:00'),
      ],
    });
    await c.user.keyboard('a');
    await waitFor(() => c.chip('B'));
    c.chip('B').focus();
    await c.user.keyboard('{End}');
    await waitFor(() => expect(focusedCell()).toBe('2026-05-16'));
    await c.user.keyboard('{Home}');
    await waitFor(() => expect(focusedCell()).toBe('2026-05-14'));
    await c.user.keyboard('{ArrowDown}{PageDown}');
    await waitFor(() => expect(focusedCell()).toBe('2026-06-20'));
    await c.user.keyboard('k');
    await waitFor(() => expect(focusedCell()).toBe('2026-05-16'));
    // Nothing stands on today: the next day with posts.
    await c.user.keyboard('t');
    await waitFor(() => expect(focusedCell()).toBe('2026-05-14'));
    c.chip('C').focus();
    await c.user.keyboard('n');
    await waitFor(() => expect(c.app.router.composer).toMatchObject({ date: '2026-05-16' }));
  });

  it('say which of the posts of a day one is on', async () => {
    const c = await open({
      posts: [
        post('A', '2026-05-14', '09:00'),
        post('B', '2026-05-14', '10:00'),
        post('C', '2026-05-15', '09:00'),
      ],
    });
    await c.user.keyboard('a');
    await waitFor(() => c.chip('C'));
    const places = ['A', 'B', 'C'].map((id) => c.chip(id).getAttribute('aria-label')?.slice(-6));
    expect(places).toEqual(['1 of 2', '2 of 2', '1 of 1']);
  });
});

describe('undo', () => {
  it('brings back what was deleted, moved and labelled, on its page and with the focus', async () => {
    const c = await open({
      posts: [post('A', '2026-05-14', '09:00'), post('B', '2026-05-15', '09:00')],
    });
    withHistory(c);
    c.chip('A').focus();
    await c.user.keyboard('{Delete}');
    await waitFor(() => expect(c.app.messages.current?.text).toBe('Deleted A'));
    expect(c.idsIn('2026-05-14')).toEqual([]);
    await c.user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(c.idsIn('2026-05-14')).toEqual(['A']));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));

    await c.user.keyboard('{Control>}a{/Control}{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() =>
      expect([c.idsIn('2026-05-21'), c.idsIn('2026-05-22')]).toEqual([['A'], ['B']]),
    );
    await c.user.keyboard('{Control>}z{/Control}');
    await waitFor(() =>
      expect([c.idsIn('2026-05-14'), c.idsIn('2026-05-15')]).toEqual([['A'], ['B']]),
    );
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    await c.user.keyboard('{Control>}y{/Control}');
    await waitFor(() => expect(c.idsIn('2026-05-21')).toEqual(['A']));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));

    await c.user.keyboard('l');
    await c.user.type(await screen.findByLabelText('New label'), 'launch{Enter}');
    await c.user.keyboard('{Escape}');
    await waitFor(() => expect(c.app.posts.get('B')?.labels).toEqual(['launch']));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    await c.user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(c.app.posts.get('B')?.labels).toEqual([]));
  });

  it('turns back to the month of what it changed', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    withHistory(c);
    const at = c.app.posts.get('A')?.at ?? 0;
    c.chip('A').focus();
    await c.user.keyboard('.');
    await c.user.type(await screen.findByLabelText('Date and time'), '+18w');
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(c.idsIn('2026-09-17')).toEqual(['A']));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    const call = c.host.call.bind(c.host);
    // The program says where what it changed lies.
    c.host.call = async (name, input) => {
      const answer = await call(name, input);
      return name === 'history.undo' ? { ...answer, lookAt: at } : answer;
    };
    await c.user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(c.idsIn('2026-05-14')).toEqual(['A']));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
  });
});

describe('the focus stays with a post', () => {
  it('whose move was refused', async () => {
    const c = await open({ posts: [post('A', '2026-05-31', '09:00')] });
    c.chip('A').focus();
    c.host.failNext('posts.move', new ApiError('storage', 'The disk is full.'));
    await c.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    await waitFor(() => expect(c.app.messages.current?.kind).toBe('problem'));
    await waitFor(() => expect(wallOf(c.app, 'A')).toBe('2026-05-31 09:00'));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
  });

  it('that got another time in the composer', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    c.chip('A').focus();
    await c.user.keyboard('{Enter}');
    expect(c.app.router.composer).toMatchObject({ id: 'A' });
    // The sheet has the focus while the post moves below it.
    const sheet = document.body.appendChild(document.createElement('input'));
    sheet.focus();
    await c.app.api.posts.move({
      moves: [{ id: 'A', place: { kind: 'wall', wall: '2026-08-20T09:00:00', zone: null } }],
      scheduling: 'if_ready',
    });
    await waitFor(() => expect(wallOf(c.app, 'A')).toBe('2026-08-20 09:00'));
    sheet.remove();
    c.app.router.closeComposer();
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    expect(focusedCell()).toBe('2026-08-20');
  });

  it('or goes to the next one when the menu took it away', async () => {
    const c = await open({
      posts: [post('A', '2026-05-14', '09:00'), post('B', '2026-05-14', '10:00')],
    });
    c.chip('A').focus();
    await c.user.keyboard('{Shift>}{F10}{/Shift}');
    await c.user.click(await screen.findByRole('menuitem', { name: /Delete/ }));
    await waitFor(() => expect(c.idsIn('2026-05-14')).toEqual(['B']));
    await waitFor(() => expect(focused()).toBe(c.chip('B')));
  });
});
