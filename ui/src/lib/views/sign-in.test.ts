import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { createDemo } from '$lib/demo';
import { faults } from '../../test/axe';
import { renderIn, startApp } from '../../test/render';
import SettingsView from './SettingsView.svelte';
import SignIn from './SignIn.svelte';

const user = userEvent.setup();
afterEach(() => vi.unstubAllGlobals());

it('takes a key, says what is wrong with it where it stands, and goes on with a good one', async () => {
  const message = 'This key is not known, was revoked, or has run out.';
  const refused = { code: 'permission', message, field: null, detail: null, fix: null };
  const answers = [
    new Response(JSON.stringify(refused), { status: 401 }),
    new Response(JSON.stringify({ csrf: 'c' })),
  ];
  vi.stubGlobal('fetch', () => Promise.resolve(answers.shift()));
  const done = vi.fn();
  const { container } = render(SignIn, { done });
  const field = screen.getByLabelText('Key');
  expect(document.activeElement).toBe(field);
  expect(field.getAttribute('type')).toBe('password');
  expect(await faults(container)).toEqual([]);
  await user.type(field, 'ak_wrong{Enter}');
  await waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
  expect(screen.getByRole('status').textContent).toBe(message);
  expect(done).not.toHaveBeenCalled();
  expect(await faults(container)).toEqual([]);
  await user.type(field, 'ak_right');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(done).toHaveBeenCalledWith({ csrf: 'c' }));
});

it('leaves out in a browser what only a desktop has, and lets one sign out', async () => {
  const signOut = vi.fn(() => Promise.resolve());
  const host = Object.assign(createDemo({ count: 1 }), { desktop: false, signOut });
  const app = await startApp(host);
  renderIn(app, SettingsView);
  await screen.findByRole('heading', { name: 'Programs' });
  for (const gone of ['Start when I sign in to this computer', 'Let other programs in'])
    expect(screen.queryByLabelText(gone)).toBeNull();
  expect(screen.queryByRole('heading', { name: 'This computer' })).toBeNull();
  expect(screen.queryByRole('button', { name: /Move the folder/ })).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Sign out' }));
  expect(signOut).toHaveBeenCalledOnce();
});
