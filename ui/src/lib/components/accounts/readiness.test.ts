import { screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Lack } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import AccountsView from '$lib/views/AccountsView.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';

let host: DemoHost;
let app: App;

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

function lacking(...lacks: Lack[]) {
  const ready = lacks.every((x) => !x.stops);
  host.answer('accounts.readiness', () => ({
    accounts: [{ accountId: 'acc-ana', ready, lacks }],
  }));
}
const card = () =>
  within(screen.getByRole('heading', { name: 'Ana Brandt' }).closest('article') as HTMLElement);

const FOLDER = 'It fetches pictures from the web: connect the account again with a public folder.';

describe('what an account lacks', () => {
  it('stands on its card with the way to get it', async () => {
    lacking({ kind: 'setup', message: FOLDER, stops: true, next: 'reconnect' });
    const { container } = renderIn(app, AccountsView);
    await screen.findByText(FOLDER);
    expect(card().queryByText('Signed in')).toBeNull();
    expect(await faults(container)).toEqual([]);
    await userEvent.click(card().getByRole('button', { name: 'Connect again' }));
    await screen.findByRole('dialog', { name: 'Connect Bluesky' });
  });

  it('leaves it ready where it stops only some posts', async () => {
    lacking({ kind: 'setup', message: FOLDER, stops: false, next: 'reconnect' });
    renderIn(app, AccountsView);
    await screen.findByText(FOLDER);
    card().getByText('Signed in');
  });

  it('leads to the settings when secrets cannot be reached', async () => {
    const message = 'The keyring is locked. Unlock it.';
    lacking({ kind: 'secrets', message, stops: true, next: 'open_secrets' });
    renderIn(app, AccountsView);
    await screen.findByText(message);
    await userEvent.click(card().getByRole('button', { name: 'Open settings' }));
    expect([app.router.view, app.router.param]).toEqual(['settings', { group: 'secrets' }]);
  });

  it('leads to the settings where files have no public address', async () => {
    lacking({ kind: 'setup', message: FOLDER, stops: true, next: 'open_public_files' });
    renderIn(app, AccountsView);
    await screen.findByText(FOLDER);
    await userEvent.click(card().getByRole('button', { name: 'Set up public files' }));
    expect([app.router.view, app.router.param]).toEqual(['settings', { group: 'publicFiles' }]);
  });
});
