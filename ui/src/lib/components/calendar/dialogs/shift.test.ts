import { screen, waitFor } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { calendarHooks, open, post, wallOf } from '../../../../test/calendar';

calendarHooks();

it('shifts the rest too by keys alone, after showing what will move', async () => {
  const c = await open({
    posts: [
      post('A', '2026-05-14', '09:00'),
      post('Before', '2026-05-13', '09:00'),
      post('B', '2026-05-20', '18:00'),
    ],
  });
  c.chip('A').focus();
  await c.user.keyboard('.');
  const field = await screen.findByLabelText('Date and time');
  expect(document.activeElement).toBe(field);
  await c.user.keyboard('+1w');
  const shift = await screen.findByRole('switch', { name: 'Shift the rest too' });
  for (let i = 0; i < 10 && document.activeElement !== shift; i += 1) await c.user.tab();
  await c.user.keyboard('[Space]');
  await screen.findByText('2 posts move:');
  expect(c.sent('posts.move')).toEqual([]);
  const move = screen.getByRole('button', { name: 'Move' });
  for (let i = 0; i < 10 && document.activeElement !== move; i += 1) await c.user.tab();
  await c.user.keyboard('{Enter}');
  await waitFor(() => expect(wallOf(c.app, 'B')).toBe('2026-05-27 18:00'));
  expect([wallOf(c.app, 'A'), wallOf(c.app, 'Before')]).toEqual([
    '2026-05-21 09:00',
    '2026-05-13 09:00',
  ]);
});

it('moves nothing but the one when Escape closes the question', async () => {
  const c = await open({
    posts: [post('A', '2026-05-14', '09:00'), post('B', '2026-05-20', '18:00')],
  });
  c.chip('A').focus();
  await c.user.keyboard('.');
  await screen.findByLabelText('Date and time');
  await c.user.keyboard('+1w');
  await c.user.click(await screen.findByRole('switch', { name: 'Shift the rest too' }));
  await screen.findByText('2 posts move:');
  await c.user.keyboard('{Escape}');
  expect(c.sent('posts.move')).toEqual([]);
  await waitFor(() => expect(document.activeElement).toBe(c.chip('A')));
});
