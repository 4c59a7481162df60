import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Checked, Problem } from '$lib/api';
import { faults } from '../../../test/axe';
import { bench, openNew } from '../../../test/composer';

const NOON = Date.parse('2026-05-15T07:05:00Z');

/** What the program says of any draft: it costs something, and these problems. */
function checked(problems: Problem[]): Checked {
  return {
    problems,
    blocked: null,
    resolved: null,
    accounts: [
      {
        accountId: 'acc-ana',
        segments: [],
        cost: 15_000,
        costs: 'Costs about $0.02 on X.',
        videos: [],
      },
    ],
  };
}
const warning = (rule: string, message: string, fix: Problem['fixes'][number]): Problem => ({
  severity: 'warning',
  rule,
  message,
  accountId: 'acc-ana',
  segment: null,
  fixes: [fix],
});

describe('what is known ahead of sending', () => {
  it('tells the price, and leads from a budget that is too small to where it is raised', async () => {
    const b = await bench();
    const small = 'This costs about $0.02, and only $0.00 is left.';
    b.host.answer('posts.check', () =>
      checked([warning('over_budget', small, { kind: 'raise_budget' })]),
    );
    const text = await openNew(b, { accounts: ['acc-ana'], date: '2026-05-14', time: '09:05' });
    await b.user.type(text, 'Spring sale');
    await screen.findByText('Costs about $0.02 on X.');
    await screen.findByText(small);
    expect(await faults(document.body)).toEqual([]);
    await b.user.click(screen.getByRole('button', { name: 'Raise the budget' }));
    await waitFor(() => expect(b.app.router.view).toBe('settings'));
    expect(b.app.router.param).toEqual({ group: 'money' });
    expect(b.post()?.segments[0]?.text).toBe('Spring sale');
  });

  it('moves a post from a full day to the next that has room', async () => {
    const b = await bench();
    const full = 'X has 40 other posts on Thu 14 May. There is room Fri 15 May, 09:05.';
    b.host.answer('posts.check', () =>
      checked([warning('day_full', full, { kind: 'use_time', at: NOON })]),
    );
    const text = await openNew(b, { accounts: ['acc-ana'], date: '2026-05-14', time: '09:05' });
    await b.user.type(text, 'Spring sale');
    await screen.findByText(full);
    const use = screen.getByRole('button', { name: 'Use it' });
    use.focus();
    await b.user.keyboard('{Enter}');
    await waitFor(() => expect(b.post()?.when).toMatchObject({ date: '2026-05-15' }));
  });
});
