import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDemo, type DemoHost } from '$lib/demo';
import { ApiError } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import AccessPart from './AccessPart.svelte';

let host: DemoHost;
let app: App;
const user = userEvent.setup();

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

async function register(name: string, address: string) {
  screen.getByRole('button', { name: 'Register a program' }).focus();
  await user.keyboard('{Enter}');
  const field = await screen.findByLabelText('What the program is called');
  await waitFor(() => expect(document.activeElement).toBe(field));
  await user.keyboard(name);
  await user.type(screen.getByLabelText('Where the browser goes back to'), `${address}{Enter}`);
}

describe('programs that ask', () => {
  it('are registered by key, with a secret that is shown once', async () => {
    renderIn(app, AccessPart);
    await screen.findByText('No program may ask yet.');
    await register('Planner', 'http://planner.test/');
    await screen.findByText('The address has to begin with https://.', { selector: 'p' });
    const address = screen.getByLabelText('Where the browser goes back to');
    await user.clear(address);
    await user.type(address, 'https://planner.test/done{Enter}');
    const secret = await screen.findByLabelText<HTMLInputElement>('The secret (client_secret)');
    await waitFor(() => expect(document.activeElement).toBe(secret));
    expect(await faults(document.body)).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'I have it' }));
    expect(document.body.textContent).not.toContain('as_0');
    await screen.findByText(/not let in yet/);
  });

  it('are let in or refused by the person alone', async () => {
    renderIn(app, AccessPart);
    await screen.findByText('No program may ask yet.');
    await register('Planner', 'https://planner.test/done');
    await screen.findByText('Planner asks for access');
    screen.getByText(/planner\.test\./);
    screen.getByText(/What it may do: Write; you schedule\./);
    await user.click(screen.getByRole('button', { name: 'Let it in' }));
    await screen.findByText(/let in, not seen since/);
    expect(screen.queryByText('Planner asks for access')).toBeNull();
    await waitFor(() => expect(app.messages.current?.actions).toEqual([]));

    await user.click(screen.getByRole('button', { name: 'I have it' }));
    await user.click(screen.getByRole('button', { name: 'Shut out Planner' }));
    await screen.findByText(/cannot ask any more/);
    await user.click(screen.getByRole('button', { name: 'Shut out' }));
    await screen.findByText('No program may ask yet.');
  });

  it('say so when they cannot be read, and when a question is over', async () => {
    host.failNext('access.list', new ApiError('storage', 'The disk is full.'));
    renderIn(app, AccessPart);
    await screen.findByText('The programs could not be read.');
    await user.click(screen.getByRole('button', { name: /again/i }));
    await screen.findByText('No program may ask yet.');
    await register('Planner', 'https://planner.test/done');
    host.failNext('access.answer', new ApiError('conflict', 'Nobody asks for this any more.'));
    await user.click(await screen.findByRole('button', { name: 'Refuse' }));
    await waitFor(() => expect(app.messages.current?.text.includes('Nobody asks')).toBe(true));
  });
});
