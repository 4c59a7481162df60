import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDemo, type DemoHost } from '$lib/demo';
import { ApiError, type Settings } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import ProgramsGroup from './ProgramsGroup.svelte';

let host: DemoHost;
let app: App;
const user = userEvent.setup();
const change = vi.fn<(fields: Partial<Settings>, name: string) => void>();
const open = (fields: Partial<Settings> = {}) =>
  renderIn(app, ProgramsGroup, {
    settings: { ...host.world.boot.settings, ...fields },
    change,
  });

beforeEach(async () => {
  change.mockClear();
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

describe('other programs', () => {
  it('are let in by one switch, and the address shows only then', async () => {
    open();
    expect(screen.queryByLabelText('Address')).toBeNull();
    await user.click(screen.getByRole('switch', { name: 'Let other programs in' }));
    expect(change).toHaveBeenCalledWith({ programsOn: true }, 'Let other programs in');
  });

  it('find the address they are given', async () => {
    open({ programsOn: true, programsPort: 9001 });
    const address = screen.getByLabelText<HTMLInputElement>('Address');
    expect(address.value).toBe('http://127.0.0.1:9001');
    const port = screen.getByLabelText('Port');
    await user.clear(port);
    await user.type(port, '80{Tab}');
    const wrong = 'A port is a number between 1024 and 65535.';
    await screen.findByText(wrong, { selector: 'p' });
    expect(app.announcer.text).toBe(wrong);
    expect(change).not.toHaveBeenCalled();
    await user.clear(port);
    await user.type(port, '9002{Tab}');
    expect(change).toHaveBeenCalledWith({ programsPort: 9002 }, 'Port');
  });

  it('get a key that is shown once, and lose it at once', async () => {
    open();
    await screen.findByText('No keys yet.');
    screen.getByRole('button', { name: 'Make a key' }).focus();
    await user.keyboard('{Enter}');
    const name = await screen.findByLabelText('What the key is for');
    await waitFor(() => expect(document.activeElement).toBe(name));
    await user.keyboard('{Enter}');
    await screen.findByText('It needs a name.', { selector: 'p' });
    await user.keyboard('Planner{Enter}');
    const key = await screen.findByLabelText<HTMLInputElement>('The key');
    expect(key.value).toMatch(/^ak_/);
    await waitFor(() => expect(document.activeElement).toBe(key));
    expect(await faults(document.body)).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(host.copied).toEqual([key.value]);
    await user.click(screen.getByRole('button', { name: 'I have it' }));
    const make = await screen.findByRole('button', { name: 'Make a key' });
    await waitFor(() => expect(document.activeElement).toBe(make));
    expect(screen.queryByLabelText('The key')).toBeNull();
    expect(document.body.textContent).not.toContain(key.value);
    await screen.findByText(/never used/);

    await user.click(screen.getByRole('button', { name: 'Revoke Planner' }));
    await screen.findByText(/cannot be undone/);
    await user.click(screen.getByRole('button', { name: 'Revoke' }));
    await screen.findByText(/revoked/);
    // The last step is another one, which must not be taken back in its place.
    await waitFor(() => expect(app.messages.current?.actions).toEqual([]));
    expect(screen.queryByRole('button', { name: 'Revoke Planner' })).toBeNull();
  });

  it('a list that cannot be read says so and is read again', async () => {
    host.failNext('keys.list', new ApiError('storage', 'The disk is full.'));
    open();
    await screen.findByText('The keys could not be read.');
    await user.click(screen.getByRole('button', { name: /again/i }));
    await screen.findByText('No keys yet.');
  });
});
