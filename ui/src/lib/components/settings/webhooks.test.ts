import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDemo, type DemoHost } from '$lib/demo';
import { ApiError } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import WebhooksPart from './WebhooksPart.svelte';

let host: DemoHost;
let app: App;
const user = userEvent.setup();

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
  renderIn(app, WebhooksPart);
  await screen.findByText('No webhooks yet.');
});

async function add(url: string) {
  await user.click(screen.getByRole('button', { name: 'Add a webhook' }));
  await user.type(await screen.findByLabelText('Address'), url);
  await user.click(screen.getByRole('button', { name: 'Add it' }));
  const secret = await screen.findByLabelText<HTMLInputElement>('The secret');
  await waitFor(() => expect(document.activeElement).toBe(secret));
  await user.click(screen.getByRole('button', { name: 'I have it' }));
  return secret.value;
}

describe('webhooks', () => {
  it('are added by keys alone, and the secret shows once', async () => {
    screen.getByRole('button', { name: 'Add a webhook' }).focus();
    await user.keyboard('{Enter}');
    const address = await screen.findByLabelText('Address');
    address.focus();
    await user.keyboard('example.com{Enter}');
    await screen.findByText('That is no web address.', { selector: 'p' });
    expect(await faults(document.body)).toEqual([]);
    await user.clear(address);
    await user.type(address, 'https://example.com/hook?token=t1{Enter}');
    const secret = await screen.findByLabelText<HTMLInputElement>('The secret');
    expect(secret.value).toMatch(/^whs_/);
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(host.copied).toEqual([secret.value]);
    await user.click(screen.getByRole('button', { name: 'I have it' }));
    await screen.findByText(/Almanac · all events · nothing sent yet/);
    expect(document.body.textContent).not.toContain(secret.value);
    expect(await faults(document.body)).toEqual([]);
  });

  it('tell some events of a format, and say which are still to come', async () => {
    await user.click(screen.getByRole('button', { name: 'Add a webhook' }));
    await user.type(await screen.findByLabelText('Address'), 'https://example.com/');
    const one = screen.getByRole<HTMLInputElement>('checkbox', { name: /post.failed/ });
    expect(one.disabled).toBe(true);
    await user.click(screen.getByRole('checkbox', { name: 'Everything' }));
    await user.click(screen.getByRole('button', { name: 'Add it' }));
    await screen.findByText('Choose at least one event.', { selector: 'p' });
    await user.click(one);
    const tries = screen.getByLabelText('Tries after the first');
    await user.clear(tries);
    await user.type(tries, '21');
    await user.click(screen.getByRole('button', { name: 'Add it' }));
    await screen.findByText('Enter a number between 0 and 20.', { selector: 'p' });
    await user.clear(tries);
    await user.type(tries, '5');
    await user.click(screen.getByRole('button', { name: 'Add it' }));
    await screen.findByText(/Almanac · 1 event/);
  });

  it('are changed, turned off and on, and removed with a way back', async () => {
    await add('https://example.com/hook');
    await user.click(screen.getByRole('button', { name: 'Edit example.com' }));
    const address = await screen.findByLabelText<HTMLInputElement>('Address');
    expect(address.value).toBe('https://example.com/hook');
    expect(screen.queryByText('Format')).toBeNull();
    await user.click(screen.getByRole('switch', { name: 'Tell this address what happens' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText(/turned off/);
    await user.click(screen.getByRole('button', { name: 'Turn on example.com' }));
    await waitFor(() => expect(screen.queryByText(/turned off/)).toBeNull());
    await user.click(screen.getByRole('button', { name: 'Remove example.com' }));
    await screen.findByText('No webhooks yet.');
    expect(app.messages.current?.actions[0]?.label).toBe('Undo');
  });

  it('are tried, and what was sent is shown and sent again', async () => {
    await add('https://fails.example/hook');
    await user.click(screen.getByRole('button', { name: 'Deliveries fails.example' }));
    await screen.findByText('Nothing was sent yet.');
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Send a test fails.example' }));
    await screen.findByText(/did not arrive/);
    await user.click(screen.getByRole('button', { name: 'Deliveries fails.example' }));
    const dialog = await screen.findByRole('dialog');
    await within(dialog).findByText('Did not arrive');
    within(dialog).getByText(/trouble of its own/);
    expect(await faults(document.body)).toEqual([]);
    await user.click(within(dialog).getByText('Details'));
    // Long ones scroll, which keys do where the focus is.
    await user.tab();
    expect(document.activeElement?.tagName).toBe('PRE');
    within(dialog).getByText(/"Spring sale"/);
    await user.click(within(dialog).getByRole('button', { name: /Send again/ }));
    await within(dialog).findByText(/2 tries/);
  });

  it('get a new secret only after a question', async () => {
    const before = await add('https://example.com/hook');
    await user.click(screen.getByRole('button', { name: 'Make a new secret example.com' }));
    const dialog = await screen.findByRole('dialog');
    within(dialog).getByText(/cannot be undone/);
    await user.click(within(dialog).getByRole('button', { name: 'Make a new secret' }));
    const secret = await screen.findByLabelText<HTMLInputElement>('The secret');
    expect(secret.value).not.toBe(before);
  });

  it('that cannot be read say so and are read again', async () => {
    host.failNext('webhooks.list', new ApiError('storage', 'The disk is full.'));
    renderIn(app, WebhooksPart);
    await screen.findByText('The webhooks could not be read.');
    await user.click(screen.getByRole('button', { name: /again/i }));
    await waitFor(() => expect(screen.queryByText('The webhooks could not be read.')).toBeNull());
  });
});
