import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '$lib/api';
import { faults } from '../../../test/axe';
import { type Bench, bench, LONG, openNew } from '../../../test/composer';

let b: Bench;
const fit = () => document.querySelector<HTMLElement>('[data-fit]');
const preview = () => within(screen.getByRole('region', { name: 'Preview' }));

beforeEach(async () => {
  b = await bench();
  const [ana] = b.host.world.boot.accounts as [Account];
  const page = { ...ana, id: 'acc-page', network: 'linkedin', displayName: 'Bench page' };
  const catalogue = b.host.world.boot.catalogue.map((n) =>
    n.key === 'linkedin' ? { ...n, publishes: { ...n.publishes, thread: false } } : n,
  );
  b.host.world.boot = {
    ...b.host.world.boot,
    catalogue,
    accounts: [...b.host.world.boot.accounts, page],
  };
  await b.app.session.refresh();
});

describe('whether it fits', () => {
  it('is said for each account at all times, with its reason, and spoken with the name', async () => {
    const text = await openNew(b, { accounts: ['acc-ana', 'acc-notes'] });
    await b.user.type(text, 'Hello');
    await waitFor(() => expect(fit()?.dataset['fit']).toBe('fits'));
    expect(fit()?.textContent).toContain('Fits Bluesky.');
    expect(screen.getByRole('button', { name: /Ana Brandt.*, fits$/ })).toBeTruthy();
    await b.user.click(text);
    await b.user.paste(LONG);
    await waitFor(() => expect(fit()?.dataset['fit']).toBe('not'));
    expect(fit()?.textContent).toContain('Does not fit Bluesky: Bluesky allows 300 characters');
    expect(
      screen.getByRole('button', { name: /Ana Brandt.*does not fit: Bluesky allows 300/ }),
    ).toBeTruthy();
    expect(screen.getByRole('button', { name: /Website folder.*, fits$/ })).toBeTruthy();
    expect(await faults(fit() as HTMLElement)).toEqual([]);
  });

  it('one press beside it mends it, by key too, and can be taken back', async () => {
    const text = await openNew(b, { accounts: ['acc-ana'] });
    await b.user.click(text);
    await b.user.paste(LONG);
    const split = await preview().findByRole('button', { name: 'Bluesky: Split into a thread' });
    split.focus();
    await b.user.keyboard('{Enter}');
    await waitFor(() =>
      expect(screen.getAllByRole('textbox', { name: /Text of part/ })).toHaveLength(2),
    );
    await b.user.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() =>
      expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text' }).value).toBe(LONG),
    );
  });

  it('parts are joined for the one network that takes no threads, and for no other', async () => {
    const text = await openNew(b, { accounts: ['acc-ana', 'acc-page'] });
    await b.user.type(text, 'One');
    await b.user.click(screen.getByRole('button', { name: 'Add a part' }));
    await waitFor(() => expect(document.activeElement).not.toBe(text));
    await b.user.keyboard('Two');
    await b.user.click(await screen.findByRole('button', { name: 'Join the parts into one' }));
    await waitFor(() => {
      const own = b.post()?.targets.find((x) => x.accountId === 'acc-page')?.overrideSegments;
      expect(own?.map((s) => s.text)).toEqual(['One\n\nTwo']);
    });
    expect(b.post()?.segments).toHaveLength(2);
    await b.user.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() =>
      expect(
        b.post()?.targets.find((x) => x.accountId === 'acc-page')?.overrideSegments,
      ).toBeNull(),
    );
  });
});
