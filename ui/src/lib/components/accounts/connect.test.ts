import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import ConnectDialog from './ConnectDialog.svelte';

let host: DemoHost;
let app: App;
const onclose = vi.fn();

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
  onclose.mockReset();
});

const called = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);
const dialog = () => within(screen.getByRole('dialog'));
const focused = () => document.activeElement as HTMLElement;
const said = () =>
  [...screen.getByRole('dialog').querySelectorAll('[aria-live]')]
    .map((n) => n.textContent?.trim())
    .join('');
const press = (name: string | RegExp) => userEvent.click(dialog().getByRole('button', { name }));

/** Opens the form of a network by its name. */
async function form(name: string) {
  const { container } = renderIn(app, ConnectDialog, { onclose });
  await userEvent.type(dialog().getByLabelText('Find a network'), `${name}{Enter}`);
  await screen.findByRole('dialog', { name: `Connect ${name}` });
  return container;
}

/** Fills in the app a person registered, and sends the browser. */
async function throughApp(name: string) {
  const container = await form(name);
  await userEvent.type(dialog().getByLabelText('Client ID'), 'my-app');
  await userEvent.type(dialog().getByLabelText('Client secret'), 'hush{Enter}');
  return container;
}

describe('the networks', () => {
  it('say how much of each is served, and are found by typing and arrows', async () => {
    const { container } = renderIn(app, ConnectDialog, { onclose });
    const field = dialog().getByLabelText('Find a network');
    await waitFor(() => expect(focused()).toBe(field));
    expect(dialog().getAllByRole('listitem')).toHaveLength(host.world.boot.catalogue.length);
    dialog().getByRole('button', { name: /^Snapchat By hand / });
    dialog().getByRole('button', { name: /^YouTube In part / });
    expect(await faults(container)).toEqual([]);

    await userEvent.keyboard('red');
    expect(dialog().getAllByRole('listitem')).toHaveLength(1);
    await userEvent.clear(field);
    // Named only in what is said about another.
    await userEvent.keyboard('pleroma');
    dialog().getByRole('button', { name: /^Mastodon/ });
    await userEvent.clear(field);
    await userEvent.keyboard('t{ArrowDown}{ArrowDown}');
    expect(focused().textContent).toContain('TikTok');
    await userEvent.keyboard('{ArrowUp}{ArrowUp}');
    expect(focused()).toBe(field);
    await userEvent.keyboard('x9');
    dialog().getByText('No network is called “tx9”.');
    await userEvent.clear(field);
    await userEvent.keyboard('masto{Enter}');
    await screen.findByRole('dialog', { name: 'Connect Mastodon' });
  });
});

describe('a form', () => {
  it('says what is still empty at its place, and takes the focus there', async () => {
    await form('Telegram');
    await userEvent.type(dialog().getByLabelText('Token'), '123:abc');
    await press('Connect an account');
    expect(called('accounts.connect')).toEqual([]);
    await waitFor(() => expect(focused()).toBe(dialog().getByLabelText('Channel')));
    expect(focused().getAttribute('aria-invalid')).toBe('true');
    await userEvent.keyboard('@paper');
    expect(focused().getAttribute('aria-invalid')).toBeNull();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(called('accounts.connect')).toEqual([
      {
        workspaceId: 'ws-1',
        network: 'telegram',
        method: 'bot',
        fields: { chat: '@paper' },
        secrets: { token: '123:abc' },
      },
    ]);
    expect(app.messages.current?.text).toBe('Connected @paper.');
  });

  it('shows a refusal with its details, and keeps what was typed', async () => {
    const container = await form('Slack');
    host.failNext(
      'accounts.connect',
      new ApiError('account', 'Slack does not know this token.', null, 'invalid_auth'),
    );
    await userEvent.type(dialog().getByLabelText('Token'), 'xoxb-1{Enter}');
    await dialog().findByText('Slack does not know this token.', { selector: 'p' });
    expect(said()).toBe('Slack does not know this token.');
    dialog().getByText('invalid_auth');
    expect((dialog().getByLabelText('Token') as HTMLInputElement).value).toBe('xoxb-1');
    expect(await faults(container)).toEqual([]);
  });

  it('has several ways, switched by keys, which keep what both ask for', async () => {
    const container = await form('Mastodon');
    const way = dialog().getByRole('radio', { name: 'With your browser' });
    await waitFor(() => expect(focused()).toBe(way));
    await userEvent.type(dialog().getByLabelText('Server'), 'paper.example');
    expect(dialog().queryByLabelText('Token')).toBeNull();
    await userEvent.click(dialog().getByRole('radio', { name: 'With a token' }));
    expect((dialog().getByLabelText('Server') as HTMLInputElement).value).toBe('paper.example');
    dialog().getByText('Copy the access token.');
    expect(await faults(container)).toEqual([]);
    await userEvent.type(dialog().getByLabelText('Token'), 'abc{Enter}');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(called('accounts.connect')).toMatchObject([{ method: 'token' }]);
  });

  it('names a network that is only handed over to', async () => {
    await form('Snapchat');
    await userEvent.type(dialog().getByLabelText('Name'), 'Paper Bench{Enter}');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
  });
});

describe('an app of one’s own', () => {
  it('is registered with a link that opens and addresses to copy', async () => {
    const container = await form('X');
    await waitFor(() => expect(focused().textContent).toBe('https://developer.x.example/portal'));
    await userEvent.keyboard('{Enter}');
    await press('Register an app');
    expect(host.opened).toEqual(Array(2).fill('https://developer.x.example/portal'));
    const addresses = dialog().getAllByLabelText(/Addresses to enter there as redirects/);
    expect(addresses.map((a) => (a as HTMLInputElement).value)).toEqual([
      'http://127.0.0.1:8723/callback',
      'http://127.0.0.1:8724/callback',
    ]);
    await userEvent.click(dialog().getAllByRole('button', { name: 'Copy' })[1] as HTMLElement);
    expect(host.copied).toEqual(['http://127.0.0.1:8724/callback']);
    expect(await faults(container)).toEqual([]);
  });

  it('is kept for the next account, its secret without showing it', async () => {
    await throughApp('X');
    await dialog().findByText('Waiting for X in your browser', { selector: 'h3' });
    host.comeBack();
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());

    cleanup();
    await form('X');
    const id = await dialog().findByLabelText('Client ID');
    await waitFor(() => expect((id as HTMLInputElement).value).toBe('my-app'));
    dialog().getByText(/On the app's page\. Kept from last time\./);
    const secret = dialog().getByLabelText('Client secret') as HTMLInputElement;
    expect(secret.value).toBe('');
    dialog().getByText(/Type a new one to replace it/);
    await press('Go on in the browser');
    await dialog().findByText('Waiting for X in your browser', { selector: 'h3' });
    expect(called('accounts.connect').at(-1)).toMatchObject({
      fields: { clientId: 'my-app' },
      secrets: {},
    });
  });

  it('says so where the keyring does not answer, and can be typed', async () => {
    host.failNext('accounts.kept_app', new ApiError('storage', 'The keyring is locked.'));
    await form('Pinterest');
    await dialog().findByText('The keyring is locked.');
    dialog().getByLabelText('Client ID');
  });
});

describe('the browser', () => {
  it('is opened, waited for, and opened again', async () => {
    const container = await throughApp('X');
    await dialog().findByText('Waiting for X in your browser', { selector: 'h3' });
    const again = dialog().getByRole('button', { name: 'Open again' });
    await waitFor(() => expect(focused()).toBe(again));
    expect(said()).toBe('Waiting for X in your browser');
    const address = /^https:\/\/x\.example\/authorize/;
    expect(host.opened).toEqual([expect.stringMatching(address)]);
    await userEvent.click(again);
    expect(host.opened).toHaveLength(2);
    await press('Copy the address');
    expect(host.copied).toEqual([expect.stringMatching(address)]);
    expect(await faults(container)).toEqual([]);

    host.comeBack();
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(app.session.accounts.some((a) => a.network === 'x')).toBe(true);
    expect(called('accounts.sign_in_cancel')).toEqual([]);
  });

  it('that does not open leaves the address to copy', async () => {
    host.openExternal = () => Promise.reject(new Error('no browser'));
    await throughApp('X');
    await dialog().findByText(/The browser could not be opened/, { selector: 'p' });
    await press('Copy the address');
    expect(host.copied).toHaveLength(1);
  });

  it('is not waited for any more after Escape', async () => {
    const { unmount } = renderIn(app, ConnectDialog, {
      onclose: () => {
        onclose();
        unmount();
      },
    });
    await userEvent.type(dialog().getByLabelText('Find a network'), 'X{Enter}');
    await userEvent.type(dialog().getByLabelText('Client ID'), 'a');
    await userEvent.type(dialog().getByLabelText('Client secret'), 'b{Enter}');
    await dialog().findByText('Waiting for X in your browser', { selector: 'h3' });
    await userEvent.keyboard('{Escape}');
    expect(onclose).toHaveBeenCalledOnce();
    expect(called('accounts.sign_in_cancel')).toEqual([{ id: 'sign-in-1' }]);
    await Promise.resolve();
    expect(app.messages.current).toBeNull();
  });

  it('can be left for the form, which keeps what was typed', async () => {
    await throughApp('X');
    await dialog().findByText('Waiting for X in your browser', { selector: 'h3' });
    await press('Back to the form');
    expect(called('accounts.sign_in_cancel')).toHaveLength(1);
    expect((dialog().getByLabelText('Client ID') as HTMLInputElement).value).toBe('my-app');
    // The refusal of what was given up is no news.
    await Promise.resolve();
    expect(said()).toBe('Waiting for X in your browser');
  });

  it('says so where the account was connected before it was given up', async () => {
    let late: (answer: unknown) => void = () => undefined;
    const answer = new Promise((resolve) => {
      late = resolve;
    });
    host.answer('accounts.sign_in_wait', () => answer);
    await throughApp('X');
    await dialog().findByText('Waiting for X in your browser', { selector: 'h3' });
    await press('Back to the form');
    expect(app.messages.current).toBeNull();
    const value = { ...host.world.boot.accounts[0], id: 'acc-late', displayName: 'Late' };
    late({ kind: 'connected', written: { value, notes: [], undo: null } });
    await waitFor(() => expect(app.messages.current?.text).toBe('Connected Late.'));
    dialog().getByLabelText('Client ID');
    expect(onclose).not.toHaveBeenCalled();
  });

  it('that comes back with a refusal leads to the form, which says why', async () => {
    host.answer('accounts.sign_in_wait', () =>
      Promise.reject(new ApiError('account', 'You said no to X.', null, 'access_denied')),
    );
    await throughApp('X');
    const problem = await dialog().findByText('You said no to X.', { selector: 'p' });
    await waitFor(() => expect(focused()).toBe(problem.parentElement));
    dialog().getByText('access_denied');
    await press('Go on in the browser');
    await waitFor(() => expect(called('accounts.connect')).toHaveLength(2));
  });
});

describe('a final address', () => {
  it('is pasted, refused at its field until it is the right one', async () => {
    const container = await throughApp('Instagram');
    await dialog().findByText(/Agree at Instagram in your browser/, { selector: 'h3' });
    const field = dialog().getByLabelText('Final address');
    await waitFor(() => expect(focused()).toBe(field));
    expect(host.opened).toHaveLength(1);
    dialog().getByText(/it begins with https:\/\/almanac\.example\/done/);
    expect(await faults(container)).toEqual([]);

    await press('Go on');
    dialog().getByText('Paste the address here first.');
    expect(focused()).toBe(field);
    await userEvent.type(field, 'https://elsewhere.example{Enter}');
    await dialog().findByText(/Paste the whole address/, { selector: '.problem' });
    expect(called('accounts.sign_in_cancel')).toEqual([]);
    await userEvent.clear(field);
    await userEvent.type(field, 'https://almanac.example/done?code=1{Enter}');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(called('accounts.sign_in_paste').at(-1)).toEqual({
      id: 'sign-in-1',
      address: 'https://almanac.example/done?code=1',
    });
  });
});

describe('several accounts', () => {
  async function found() {
    const container = await throughApp('Facebook Pages');
    const field = await dialog().findByLabelText('Final address');
    await userEvent.type(field, 'https://almanac.example/done?code=1{Enter}');
    await dialog().findByRole('radiogroup', { name: 'Accounts that were found' });
    return container;
  }

  it('are chosen from by keys', async () => {
    const container = await found();
    const [first, second] = dialog().getAllByRole('radio');
    await waitFor(() => expect(focused()).toBe(first));
    expect(said()).toBe('3 accounts were found. Which one do you want to connect?');
    expect(await faults(container)).toEqual([]);
    second?.focus();
    await userEvent.keyboard(' {Enter}');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(called('accounts.sign_in_choose')).toMatchObject([{ remoteId: 'page-2' }]);
    expect(app.messages.current?.text).toBe('Connected Paper Bench Leipzig.');
  });

  it('are chosen from by the pointer', async () => {
    await found();
    await userEvent.click(dialog().getByText('Open day at the press'));
    await press('Connect this account');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(called('accounts.sign_in_choose')).toMatchObject([{ remoteId: 'page-3' }]);
  });

  it('go back to the form with the reason where the one is refused', async () => {
    await found();
    host.failNext(
      'accounts.sign_in_choose',
      new ApiError('account', 'You may not publish to this page.'),
    );
    await press('Connect this account');
    await dialog().findByText('You may not publish to this page.', { selector: 'p' });
    dialog().getByLabelText('Client ID');
  });
});

describe('connecting again', () => {
  it('goes the way it was connected, with what is known', async () => {
    await form('Mastodon');
    await userEvent.click(dialog().getByRole('radio', { name: 'With a token' }));
    await userEvent.type(dialog().getByLabelText('Server'), 'paper.example');
    await userEvent.type(dialog().getByLabelText('Token'), 'old{Enter}');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    const account = app.session.accounts.find((a) => a.network === 'mastodon');

    cleanup();
    renderIn(app, ConnectDialog, { account, onclose });
    expect(
      (dialog().getByRole('radio', { name: 'With a token' }) as HTMLInputElement).checked,
    ).toBe(true);
    expect((dialog().getByLabelText('Server') as HTMLInputElement).value).toBe('paper.example');
    await waitFor(() => expect(focused()).toBe(dialog().getByLabelText('Token')));
    expect(dialog().queryByRole('button', { name: 'Other networks' })).toBeNull();
    await userEvent.keyboard('new{Enter}');
    await waitFor(() => expect(called('accounts.reconnect')).toHaveLength(1));
    expect(called('accounts.reconnect')).toMatchObject([
      { id: account?.id, method: 'token', secrets: { token: 'new' } },
    ]);
  });

  it('says when the account is not among those found, and gives the sign-in up', async () => {
    const account = { ...host.world.boot.accounts[0], network: 'linkedin' } as never;
    renderIn(app, ConnectDialog, { account, onclose });
    await userEvent.click(dialog().getByRole('radio', { name: 'With a token' }));
    await userEvent.type(dialog().getByLabelText('Token'), 'abc');
    host.answer('accounts.reconnect', () => ({
      kind: 'choose',
      id: 'sign-in-9',
      accounts: [
        { remoteId: 'a', handle: 'a', displayName: 'Paper' },
        { remoteId: 'b', handle: 'b', displayName: '' },
      ],
    }));
    await userEvent.keyboard('{Enter}');
    await dialog().findByText(/Ana Brandt is not among .* \(Paper, b\)/, { selector: 'p' });
    expect(called('accounts.sign_in_cancel')).toEqual([{ id: 'sign-in-9' }]);
  });
});
