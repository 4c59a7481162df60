import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../test/axe';
import { renderIn, startApp } from '../../test/render';
import AccountsView from './AccountsView.svelte';

vi.setConfig({ testTimeout: 30_000 });

let host: DemoHost;
let app: App;

beforeEach(async () => {
  host = createDemo({ count: 0 });
  const accounts = host.world.boot.accounts.map((a) =>
    a.id === 'acc-ana'
      ? {
          ...a,
          health: {
            kind: 'needs_reconnect' as const,
            reason: 'The app password was revoked.',
            since: Date.parse('2026-05-11T06:58:00Z'),
          },
        }
      : a,
  );
  host.world.boot = { ...host.world.boot, accounts };
  app = await startApp(host);
});

const called = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);
const card = (name: string) =>
  within(screen.getByRole('heading', { name }).closest('article') as HTMLElement);

describe('connecting again', () => {
  it('says since when and why, and asks only for what is secret', async () => {
    const { container } = renderIn(app, AccountsView);
    card('Ana Brandt').getByText(
      'Not connected since Mon 11 May, 08:58. The app password was revoked.',
    );
    expect(await faults(container)).toEqual([]);
    await userEvent.click(card('Ana Brandt').getByRole('button', { name: 'Connect again' }));
    const dialog = within(screen.getByRole('dialog', { name: 'Connect Bluesky' }));
    expect((dialog.getByLabelText('Handle') as HTMLInputElement).value).toBe('ana.example.com');
    await userEvent.type(dialog.getByLabelText('App password'), 'wrong{Enter}');
    await dialog.findByText(/does not know this handle/, { selector: 'p' });
    const password = dialog.getByLabelText('App password');
    await userEvent.clear(password);
    await userEvent.type(password, 'abcd-efgh-ijkl-mnop{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    card('Ana Brandt').getByText('Signed in');
    expect(called('accounts.connect')).toEqual([]);
    expect(called('accounts.reconnect')).toMatchObject([{ id: 'acc-ana' }, { id: 'acc-ana' }]);
    expect(JSON.stringify(app.session.data)).not.toContain('abcd-efgh');
  });

  it('goes by keys from the menu of the account', async () => {
    renderIn(app, AccountsView);
    screen.getByRole('button', { name: 'What to do with Ana Brandt' }).focus();
    await userEvent.keyboard('{Enter}');
    const item = await screen.findByRole('menuitem', { name: 'Connect again' });
    for (let i = 0; i < 6 && document.activeElement !== item; i += 1)
      await userEvent.keyboard('{ArrowDown}');
    await userEvent.keyboard('{Enter}');
    await screen.findByRole('dialog', { name: 'Connect Bluesky' });
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(called('accounts.reconnect')).toEqual([]);
  });
});

describe('removing', () => {
  const choose = async () => {
    await userEvent.click(screen.getByRole('button', { name: 'What to do with Paper Bench' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Remove' }));
  };

  it('takes the account away at once and offers to undo it', async () => {
    renderIn(app, AccountsView);
    await choose();
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Paper Bench' })).toBeNull());
    expect(called('accounts.remove')).toEqual([{ id: 'acc-shop' }]);
    expect(app.messages.current?.text).toBe('Removed Paper Bench');
    expect(app.messages.current?.actions.map((a) => a.label)).toEqual(['Undo']);
  });

  it('keeps it, with the reason, where the program refuses', async () => {
    renderIn(app, AccountsView);
    host.failNext('accounts.remove', new ApiError('conflict', 'A post is going out to it.'));
    await choose();
    await waitFor(() => expect(app.messages.current?.text).toBe('A post is going out to it.'));
    screen.getByRole('heading', { name: 'Paper Bench' });
  });
});

describe('checking', () => {
  it('says what came of it', async () => {
    renderIn(app, AccountsView);
    await userEvent.click(screen.getByRole('button', { name: 'What to do with Paper Bench' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Check now' }));
    await waitFor(() => expect(app.messages.current?.text).toBe('Paper Bench is signed in.'));
  });

  it('says why where the account cannot be used', async () => {
    renderIn(app, AccountsView);
    await userEvent.click(screen.getByRole('button', { name: 'What to do with Ana Brandt' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Check now' }));
    await waitFor(() => expect(app.messages.current?.text).toBe('The app password was revoked.'));
  });
});

describe('a folder', () => {
  it('is ready, since nobody signs in to it', async () => {
    renderIn(app, AccountsView);
    card('Website folder').getByText('Ready');
    expect(card('Website folder').queryByText(/[Ss]igned/)).toBeNull();
    card('Paper Bench').getByText('Signed in');
    await userEvent.click(screen.getByRole('button', { name: 'What to do with Website folder' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Check now' }));
    await waitFor(() => expect(app.messages.current?.text).toBe('Website folder is ready.'));
  });

  it('asks for what it needs without a word of signing in', async () => {
    renderIn(app, AccountsView);
    await userEvent.click(screen.getByRole('button', { name: 'Connect an account' }));
    const dialog = within(screen.getByRole('dialog', { name: 'Connect an account' }));
    await userEvent.click(dialog.getByRole('button', { name: /Folder/ }));
    await userEvent.click(dialog.getByRole('button', { name: 'Connect an account' }));
    await dialog.findByText('Needed to connect.');
  });
});

describe('a network without a way in', () => {
  it('is ready, and says who posts', async () => {
    const accounts = host.world.boot.accounts.map((a) => ({ ...a, network: 'snapchat' }));
    host.world.boot = { ...host.world.boot, accounts };
    await app.session.refresh();
    renderIn(app, AccountsView);
    card('Paper Bench').getByText(/you get text and media, and post it yourself/);
  });
});

describe('a sign-in that ends', () => {
  const ending = async (days: number) => {
    const [ana] = host.world.boot.accounts;
    const signInEnds = host.now() + days * 86_400_000;
    const account = { ...ana, id: 'acc-x', displayName: 'Ending', settings: { signInEnds } };
    host.world.boot = {
      ...host.world.boot,
      accounts: [{ ...account, health: { kind: 'ok' } } as never],
    };
    await app.session.refresh();
    renderIn(app, AccountsView);
    await screen.findByRole('heading', { name: 'Ending' });
  };

  it('says until when, weeks ahead', async () => {
    await ending(20);
    card('Ending').getByText('Signed in until Mon 1 Jun, 10:20');
    expect(card('Ending').queryByRole('button', { name: 'Connect again' })).toBeNull();
  });

  it('asks to connect again within the last week', async () => {
    await ending(6);
    card('Ending').getByText(/The sign-in ends Mon 18 May, 10:20\. Connect again before then/);
    await userEvent.click(card('Ending').getByRole('button', { name: 'Connect again' }));
    await screen.findByRole('dialog', { name: 'Connect Bluesky' });
  });

  it('says that it has ended once it has', async () => {
    await ending(-1);
    card('Ending').getByText(/The sign-in ended Mon 11 May, 10:20\. Connect again; posts/);
    card('Ending').getByRole('button', { name: 'Connect again' });
  });
});
