import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createDemo } from '$lib/demo';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import PublicFilesGroup from './PublicFilesGroup.svelte';

async function opened() {
  const host = createDemo({ count: 0 });
  renderIn(await startApp(host), PublicFilesGroup);
  const form = within(await screen.findByRole('form', { name: 'Public files' }));
  const called = (name: string) => host.calls.filter((c) => c.name === name);
  return { user: userEvent.setup(), form, called };
}

describe('public files', () => {
  it('say which networks need them and why', async () => {
    await opened();
    expect(screen.getByText(/Instagram fetches pictures and videos/)).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
  });

  it('are checked part by part, with what to do about the one that does not work', async () => {
    const b = await opened();
    await b.user.type(b.form.getByLabelText('Bucket'), 'files');
    await b.user.type(b.form.getByLabelText(/Public address/), 'https://files.example.com');
    await b.user.click(b.form.getByRole('button', { name: 'Check it' }));
    const steps = within(await screen.findByTestId('public-files-check'));
    expect(steps.getByText('A file could be put there.')).toBeTruthy();
    expect(steps.getByText(/everybody may read the bucket/)).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
    await b.user.clear(b.form.getByLabelText(/Public address/));
    expect(screen.queryByTestId('public-files-check')).toBeNull();
  });

  it('name the field that cannot be used', async () => {
    const b = await opened();
    await b.user.click(b.form.getByRole('button', { name: 'Check it' }));
    expect(await b.form.findByText('The bucket has no name.')).toBeTruthy();
    expect(b.form.getByLabelText('Bucket').getAttribute('aria-invalid')).toBe('true');
  });

  it('are kept without the key staying on screen, and turned off again', async () => {
    const b = await opened();
    await b.user.type(b.form.getByLabelText('Bucket'), 'files');
    await b.user.type(b.form.getByLabelText('Key ID'), 'AKIA');
    await b.user.type(b.form.getByLabelText('Secret of the key'), 'hidden');
    await b.user.click(b.form.getByRole('button', { name: 'Use it' }));
    await waitFor(() => expect(b.called('public_files.set')).toHaveLength(1));
    await waitFor(() =>
      expect((b.form.getByLabelText('Secret of the key') as HTMLInputElement).value).toBe(''),
    );
    expect(b.form.getByText(/A key is kept/)).toBeTruthy();
    await b.user.click(b.form.getByRole('button', { name: 'Stop using it' }));
    await waitFor(() => expect(b.called('public_files.remove')).toHaveLength(1));
  });
});
