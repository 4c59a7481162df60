import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { targetOf } from '$lib/demo/state';
import { calendarHooks, open, post } from '../../../test/calendar';

calendarHooks();

const DAY = '2026-05-14';
const posts = () => [
  post('Sale', DAY, '09:00', { labels: ['event'] }),
  post('Site', DAY, '10:00', { targets: [targetOf('Site', 'acc-notes', 0, 'scheduled')] }),
  post('Idea', DAY, '11:00', { status: 'in_review' }),
];
/** What each choice leaves of the day. */
const CHOICES = [
  ['an account', 'Accounts', 'Website folder', ['Site']],
  ['a network', 'Networks', 'Folder', ['Site']],
  ['a status', 'Status', 'in review', ['Idea']],
  ['a label', 'Labels', 'event', ['Sale']],
] as const;

async function panel(c: Awaited<ReturnType<typeof open>>) {
  c.day(DAY).focus();
  await c.user.keyboard('/');
  return screen.findByRole('dialog', { name: 'Filter' });
}
const choice = (dialog: HTMLElement, group: string, name: string) => {
  const section = within(dialog).getByRole('heading', { name: group }).closest('section');
  return within(section as HTMLElement).getByRole('button', { name: new RegExp(`${name}$`) });
};

describe('filters', () => {
  it.each(CHOICES)(
    'choose %s by pointer, and a second press lets go',
    async (_, group, name, left) => {
      const c = await open({ posts: posts() });
      const button = choice(await panel(c), group, name);
      await c.user.click(button);
      expect(c.idsIn(DAY)).toEqual(left);
      expect(button.getAttribute('aria-pressed')).toBe('true');
      await c.user.click(button);
      expect(c.idsIn(DAY)).toEqual(['Sale', 'Site', 'Idea']);
    },
  );

  it.each(CHOICES)('choose %s by keys, and Tab leads there', async (_, group, name, left) => {
    const c = await open({ posts: posts() });
    const button = choice(await panel(c), group, name);
    for (let i = 0; i < 40 && document.activeElement !== button; i += 1) await c.user.tab();
    expect(document.activeElement).toBe(button);
    await c.user.keyboard('[Space]');
    expect(c.idsIn(DAY)).toEqual(left);
    await c.user.keyboard('{Escape}');
    expect(screen.queryByRole('dialog', { name: 'Filter' })).toBeNull();
  });

  it('combine, stand as chips, and go one by one or all together by keys', async () => {
    const c = await open({ posts: posts() });
    const dialog = await panel(c);
    await c.user.click(choice(dialog, 'Accounts', 'Ana Brandt'));
    await c.user.click(choice(dialog, 'Labels', 'event'));
    expect(c.idsIn(DAY)).toEqual(['Sale']);
    await c.user.keyboard('{Escape}');
    const bar = screen.getByRole('group', { name: 'Filters in use' });
    within(bar).getByRole('button', { name: 'Remove filter event' }).focus();
    await c.user.keyboard('{Enter}');
    expect(c.idsIn(DAY)).toEqual(['Sale', 'Idea']);
    within(bar).getByRole('button', { name: 'Clear filters' }).focus();
    await c.user.keyboard('{Enter}');
    expect(c.idsIn(DAY)).toEqual(['Sale', 'Site', 'Idea']);
  });

  it('find words that stand beyond what a chip shows, and keep what is found while one types', async () => {
    const deep = `${'Long before it comes. '.repeat(8)}Anniversary`;
    const c = await open({
      posts: [...posts(), post('Deep', DAY, '12:00', { segments: [{ text: deep, media: [] }] })],
    });
    const dialog = await panel(c);
    const field = within(dialog).getByRole('textbox');
    await c.user.type(field, 'Anni');
    await waitFor(() => expect(c.idsIn(DAY)).toEqual(['Deep']));
    let answer: () => void = () => undefined;
    c.host.answer(
      'posts.find',
      () => new Promise((resolve) => (answer = () => resolve({ ids: ['Deep'] }))),
    );
    await c.user.type(field, 'v');
    expect(c.idsIn(DAY)).toEqual(['Deep']);
    expect(screen.queryByText(/Nothing matches/)).toBeNull();
    answer();
    await waitFor(() => expect(c.idsIn(DAY)).toEqual(['Deep']));
    await c.user.clear(field);
    expect(c.idsIn(DAY)).toEqual(['Sale', 'Site', 'Idea', 'Deep']);
  });

  it('let go of an account that this workspace does not have', async () => {
    const c = await open({ posts: posts() });
    await c.user.click(choice(await panel(c), 'Accounts', 'Website folder'));
    await c.user.keyboard('{Escape}');
    expect(c.idsIn(DAY)).toEqual(['Site']);
    const accounts = c.host.world.boot.accounts.map((a) => ({
      ...a,
      workspaceId: a.id === 'acc-notes' ? 'ws-2' : a.workspaceId,
    }));
    c.host.world.boot = { ...c.host.world.boot, accounts };
    c.host.world.changed('account', ['acc-notes']);
    await waitFor(() => expect(c.idsIn(DAY)).toEqual(['Sale', 'Site', 'Idea']));
    expect(screen.queryByRole('group', { name: 'Filters in use' })).toBeNull();
  });
});
