import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { calendarHooks, open, post } from '../../../test/calendar';
import { faults } from '../../../test/axe';
import { daysToAsk } from './crowding.svelte';

calendarHooks();

const DAY = '2026-05-14';
const FULL =
  'Net (ana) has 3 posts on Thu 14 May, and Net takes 2 posts a day from one account. The last one waits until it takes more.';

async function crowded() {
  const c = await open({ posts: [post('A', DAY, '09:00'), post('B', DAY, '10:00')] });
  c.host.answer('posts.crowded', () => ({
    days: [{ date: DAY, accountId: 'acc-ana', planned: 3, most: 2, message: FULL }],
  }));
  c.host.emit('changes', { changes: [], lastSeq: 1, reload: false });
  return c;
}

describe('days that are fuller than a network takes', () => {
  it('are asked for from today on, and not at all on pages that are over', () => {
    const days = ['2026-05-11', '2026-05-12', '2026-05-13'];
    expect(daysToAsk(days, '2026-05-12', false)).toEqual({ from: '2026-05-12', to: '2026-05-13' });
    expect(daysToAsk(days, '2026-05-14', false)).toBeNull();
    expect(daysToAsk([], '2026-05-12', true)).toEqual({ from: '2026-05-12', to: '2027-05-12' });
  });

  it('are marked in the month and read out with their day', async () => {
    const c = await crowded();
    await waitFor(() =>
      expect(c.day(DAY).getAttribute('aria-label')).toBe(`Thursday 14 May, 2 posts. ${FULL}`),
    );
    expect(c.cell(DAY).querySelector('[title]')?.getAttribute('title')).toBe(FULL);
    expect(await faults(c.cell(DAY))).toEqual([]);
    expect(c.sent('posts.crowded').at(-1)).toMatchObject({
      workspaceId: 'ws-1',
      from: '2026-05-12',
      zone: 'Europe/Berlin',
    });
  });

  it('say it in the week, the day, the list and the window of the day', async () => {
    const c = await crowded();
    await waitFor(() => expect(c.day(DAY).getAttribute('aria-label')).toContain(FULL));
    c.day(DAY).focus();
    await c.user.keyboard('w');
    await waitFor(() => screen.getByRole('columnheader', { name: `Thursday 14 May. ${FULL}` }));
    await c.user.keyboard('d');
    await waitFor(() => screen.getByText(FULL));
    await c.user.keyboard('a');
    await waitFor(() => screen.getByRole('gridcell', { name: `2 posts. ${FULL}` }));
  });

  it('stay silent where there is room', async () => {
    const c = await open({ posts: [post('A', DAY, '09:00')] });
    expect(c.day(DAY).getAttribute('aria-label')).toBe('Thursday 14 May, 1 post');
    expect(c.cell(DAY).querySelector('[title]')).toBeNull();
  });
});
