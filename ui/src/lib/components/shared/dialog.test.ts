import { screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api';
import PauseDialog from '$lib/components/accounts/PauseDialog.svelte';
import { createDemo, type DemoHost } from '$lib/demo';
import { accounts } from '$lib/demo/seed';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';

let host: DemoHost;
let app: App;
const account = accounts[0] as (typeof accounts)[0];

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

const dialogProps = () => ({
  name: account.displayName,
  pause: (reason: string) => app.api.accounts.pause({ id: account.id, reason }),
  onclose: () => undefined,
});
const spoken = (node: Element) =>
  [...node.querySelectorAll('[aria-live]')].map((n) => n.textContent?.trim()).join('');

describe('a fault while a dialog is open', () => {
  it('stands in the dialog with its details, and is spoken from there', async () => {
    app.messages.info('Said before');
    const { container } = renderIn(app, PauseDialog, dialogProps());
    const dialog = screen.getByRole('dialog');
    expect(dialog.textContent).not.toContain('Said before');
    host.failNext(
      'accounts.pause',
      new ApiError('storage', 'The disk is full.', null, 'SQLITE_FULL (13)'),
    );
    await userEvent.click(within(dialog).getByRole('button', { name: 'Pause' }));
    expect(spoken(dialog)).toBe('The disk is full.');
    await userEvent.click(within(dialog).getByText('Details'));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Copy' }));
    expect(host.copied).toEqual(['SQLITE_FULL (13)']);
    expect(within(dialog).getByRole('button', { name: 'Copied.' })).toBeTruthy();
    expect(await faults(container)).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Dismiss' }));
    expect(app.messages.current).toBeNull();
  });

  it('speaks the same words again when they are said again', async () => {
    renderIn(app, PauseDialog, dialogProps());
    const dialog = screen.getByRole('dialog');
    const regions = () =>
      [...dialog.querySelectorAll('[aria-live] span')].map((n) => n.textContent);
    app.announcer.say('No.');
    await Promise.resolve();
    const first = regions();
    app.announcer.say('No.');
    await Promise.resolve();
    expect(regions()).toEqual(first.toReversed());
  });
});
