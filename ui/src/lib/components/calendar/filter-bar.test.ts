import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { calendarHooks, open, post } from '../../../test/calendar';

calendarHooks();

describe('the chips of a filter', () => {
  it('hand the focus on to the next one when taken off, and to the calendar after the last', async () => {
    const c = await open({ posts: [post('Sale', '2026-05-14', '09:05')] });
    c.app.session.remember('calendar.filters', null);
    await c.user.keyboard('/');
    const box = await screen.findByRole('searchbox').catch(() => screen.getByRole('textbox'));
    await c.user.type(box, 'nothing like it');
    await c.user.keyboard('{Escape}');
    const off = await screen.findByRole('button', { name: /nothing like it/ });
    off.focus();
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByRole('group', { name: /filter/i })).toBeNull());
    await waitFor(() =>
      expect(document.activeElement?.closest('[data-place="grid"]')).not.toBeNull(),
    );
  });

  it('and the note of an empty view do the same', async () => {
    const c = await open({ posts: [post('Sale', '2026-05-14', '09:05')] });
    await c.user.keyboard('/');
    const box = await screen.findByRole('searchbox').catch(() => screen.getByRole('textbox'));
    await c.user.type(box, 'nothing like it');
    await c.user.keyboard('{Escape}');
    const note = (await screen.findByText('Nothing matches these filters.')).closest('.note');
    const clear = note?.querySelector('button');
    clear?.focus();
    await c.user.keyboard('{Enter}');
    await waitFor(() =>
      expect(document.activeElement?.closest('[data-place="grid"]')).not.toBeNull(),
    );
  });
});
