import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import MoneyGroup from './MoneyGroup.svelte';

let host: DemoHost;
let app: App;

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

const called = () =>
  host.calls.filter((c) => c.name === 'workspaces.set_budget').map((c) => c.input);

describe('the monthly budget', () => {
  it('is typed as an amount, and what is spent of it stands below', async () => {
    const { container } = renderIn(app, MoneyGroup);
    await screen.findByText('$0.00 spent in May.');
    const field = screen.getByLabelText('Monthly budget of Paper Bench, in US dollars');
    await userEvent.type(field, '12.50{Tab}');
    await screen.findByText('$0.00 of $12.50 spent in May.');
    expect(called()).toEqual([{ id: 'ws-1', microDollars: 12_500_000 }]);
    expect(app.session.workspace?.monthlyBudget).toBe(12_500_000);
    expect(await faults(container)).toEqual([]);
    const again = screen.getByLabelText('Monthly budget of Paper Bench, in US dollars');
    await userEvent.clear(again);
    await userEvent.type(again, '{Tab}');
    await waitFor(() => expect(app.session.workspace?.monthlyBudget).toBeNull());
  });

  it('says beside the field what is no amount, and changes nothing', async () => {
    renderIn(app, MoneyGroup);
    const field = await screen.findByLabelText(/Monthly budget/);
    await userEvent.type(field, 'ten{Tab}');
    await screen.findByText('That is not an amount. Write it as 10 or 10.50.', { selector: 'p' });
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(called()).toEqual([]);
  });
});
