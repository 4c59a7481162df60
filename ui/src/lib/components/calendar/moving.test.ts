import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api';
import { calendarHooks, open, post, wallOf } from '../../../test/calendar';

calendarHooks();

describe('moving by pointer', () => {
  const posts = () => [
    post('Sale', '2026-05-14', '09:05'),
    post('Later', '2026-05-16', '18:30'),
    post('Sent', '2026-05-11', '08:00', { status: 'published' }),
    post('Going', '2026-05-12', '10:20', { status: 'publishing' }),
    post('Idea', null, null),
  ];

  it('keeps the time of day on another day, tells the place while moving and after, and is undone', async () => {
    const c = await open({ posts: posts() });
    const ghost = await c.drag('Sale', c.cell('2026-05-21'));
    expect(ghost).toContain('Thu 21 May, 09:05');
    expect(wallOf(c.app, 'Sale')).toBe('2026-05-21 09:05');
    expect(c.idsIn('2026-05-21')).toEqual(['Sale']);
    await waitFor(() => expect(c.app.messages.current?.text).toBe('Moved to Thu 21 May, 09:05'));
    expect(c.said()).toBe('Moved to Thursday 21 May, 09:05. Control Z undoes.');
    await c.app.undo();
    await waitFor(() => expect(c.idsIn('2026-05-14')).toEqual(['Sale']));
  });

  it('refuses the past and published posts with the reason, and copies them with Ctrl', async () => {
    const c = await open({ posts: posts() });
    expect(await c.drag('Sale', c.cell('2026-05-08'))).toContain('In the past, cannot drop here');
    expect(await c.drag('Sent', c.cell('2026-05-20'))).toContain('Already published');
    expect(await c.drag('Going', c.cell('2026-05-20'))).toContain('Going out right now');
    expect(c.idsIn('2026-05-12')).toEqual(['Going']);
    expect(c.sent('posts.move')).toEqual([]);
    expect(c.said()).toContain('Back at Tuesday 12 May, 10:20');
    await c.drag('Sent', c.cell('2026-05-20'), { ctrlKey: true });
    await waitFor(() => expect(c.sent('posts.copy')).toHaveLength(1));
    expect(wallOf(c.app, 'Sent')).toBe('2026-05-11 08:00');
    await waitFor(() => expect(c.idsIn('2026-05-20')).toHaveLength(1));
  });

  it('does nothing and adds no undo step where the post already is', async () => {
    const c = await open({ posts: posts() });
    await c.drag('Sale', c.cell('2026-05-14'));
    expect([c.sent('posts.move'), c.app.messages.current]).toEqual([[], null]);
  });

  it('schedules a draft from the shelf at the usual time and takes the date away on the shelf', async () => {
    const c = await open({ posts: posts() });
    await c.drag('Idea', c.cell('2026-05-20'));
    expect(wallOf(c.app, 'Idea')).toBe('2026-05-20 09:00');
    const shelf = c.container.querySelector('[data-drop="shelf"]');
    await c.drag('Idea', shelf);
    await waitFor(() => expect(wallOf(c.app, 'Idea')).toBeNull());
    expect(c.said()).toBe('Put on the shelf. Control Z undoes.');
  });

  it('puts an idea on a day as a plan for a key that may not publish', async () => {
    const c = await open({ posts: posts() });
    Object.assign(c.app.host, { permissions: ['edit_events'] });
    await c.drag('Idea', c.cell('2026-05-20'));
    await waitFor(() => expect(c.sent('posts.move')).toMatchObject([{ scheduling: 'plan' }]));
    await waitFor(() => expect(c.app.messages.current?.text).toContain('Moved to Wed 20 May'));
    expect(c.app.messages.current?.actions).toEqual([]);
    await c.app.undo();
    expect(c.sent('history.undo')).toEqual([]);
    expect(c.app.messages.current?.text).toBe(
      'The key you signed in with may not take steps back.',
    );
  });

  it('moves a whole selection and keeps its spacing', async () => {
    const c = await open({ posts: posts() });
    c.app.selection.all(['Sale', 'Later']);
    await c.drag('Sale', c.cell('2026-05-21'));
    expect([wallOf(c.app, 'Sale'), wallOf(c.app, 'Later')]).toEqual([
      '2026-05-21 09:05',
      '2026-05-23 18:30',
    ]);
    expect(c.sent('posts.move')).toHaveLength(1);
  });

  it('rolls back with the reason when the program says no', async () => {
    const c = await open({ posts: posts() });
    c.host.failNext('posts.move', new ApiError('storage', 'The disk is full.'));
    await c.drag('Sale', c.cell('2026-05-21'));
    await waitFor(() => expect(wallOf(c.app, 'Sale')).toBe('2026-05-14 09:05'));
    expect(c.app.messages.current?.text).toBe('Sale was not moved. The disk is full.');
  });

  it('says that an hour the clock skips became another', async () => {
    const c = await open({
      posts: [post('Early', '2026-03-27', '02:30')],
      now: Date.parse('2026-03-20T10:00:00Z'),
    });
    await c.drag('Early', c.cell('2026-03-29'));
    await waitFor(() =>
      expect(c.app.messages.current?.text).toContain('Moved to Sun 29 Mar, 03:30'),
    );
  });
});

describe('moving by keys', () => {
  const posts = () => [post('Sale', '2026-05-14', '09:05'), post('Idea', null, null)];

  it('picks up, steps by days and hours, drops, and keeps the focus on the post', async () => {
    const c = await open({ posts: posts() });
    c.chip('Sale').focus();
    await c.user.keyboard(' ');
    expect(c.said()).toContain('Picked up Sale.');
    await c.user.keyboard('{ArrowRight}');
    expect(c.said()).toBe('Friday 15 May, 09:05');
    await c.user.keyboard('{ArrowDown}{Shift>}{ArrowRight}{/Shift}');
    expect(c.said()).toBe('Friday 22 May, 10:05');
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(c.said()).toBe('Moved to Friday 22 May, 10:05. Control Z undoes.'));
    expect(c.idsIn('2026-05-22')).toEqual(['Sale']);
    expect(document.activeElement).toBe(c.chip('Sale'));
    await c.user.keyboard('{Control>}z{/Control}');
    // The key belongs to the frame; the calendar alone has no undo.
    expect(c.sent('posts.move')).toHaveLength(1);
  });

  it('puts back with Escape and refuses the past', async () => {
    const c = await open({ posts: posts() });
    c.chip('Sale').focus();
    await c.user.keyboard(' {ArrowUp}');
    expect(c.said()).toBe('In the past, cannot drop here');
    await c.user.keyboard('{Enter}');
    expect(c.sent('posts.move')).toEqual([]);
    await c.user.keyboard('{Escape}');
    await waitFor(() => expect(c.said()).toBe('Back at Thursday 14 May, 09:05'));
    expect(c.idsIn('2026-05-14')).toEqual(['Sale']);
    await waitFor(() => expect(document.activeElement).toBe(c.chip('Sale')));
  });

  it('moves with Alt and arrows without picking up, across months', async () => {
    const c = await open({ posts: [post('Sale', '2026-05-31', '09:05')] });
    c.chip('Sale').focus();
    await c.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    await waitFor(() => expect(wallOf(c.app, 'Sale')).toBe('2026-06-01 09:05'));
    await waitFor(() => expect(document.activeElement).toBe(c.chip('Sale')));
    await c.user.keyboard('{Alt>}{Shift>}{ArrowUp}{/Shift}{/Alt}');
    await waitFor(() => expect(wallOf(c.app, 'Sale')).toBe('2026-06-01 08:05'));
  });

  it('carries a draft off the shelf and back', async () => {
    const c = await open({ posts: posts() });
    c.chip('Idea').focus();
    await c.user.keyboard(' {ArrowRight}{Enter}');
    await waitFor(() => expect(wallOf(c.app, 'Idea')).toBe('2026-05-13 09:00'));
    await waitFor(() => expect(document.activeElement).toBe(c.chip('Idea')));
    await c.user.keyboard('u');
    await waitFor(() => expect(wallOf(c.app, 'Idea')).toBeNull());
  });

  it('takes typed dates', async () => {
    const c = await open({ posts: posts() });
    c.chip('Sale').focus();
    await c.user.keyboard('.');
    const field = await screen.findByLabelText('Date and time');
    await c.user.type(field, 'fri 9');
    expect(screen.getByText(/Moves to Fri 15 May 2026, 09:00/)).toBeTruthy();
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(wallOf(c.app, 'Sale')).toBe('2026-05-15 09:00'));
  });
});

describe('shifting the rest', () => {
  it('shows what moves before it is done, and moves it in one step', async () => {
    const c = await open({
      posts: [post('A', '2026-05-14', '09:00'), post('B', '2026-05-20', '18:00')],
    });
    c.chip('A').focus();
    await c.user.keyboard('.');
    await c.user.type(await screen.findByLabelText('Date and time'), '+1w');
    await c.user.click(screen.getByRole('switch', { name: 'Shift the rest too' }));
    await screen.findByText('2 posts move:');
    expect(screen.getByText('Wed 20 May, 18:00 → Wed 27 May, 18:00')).toBeTruthy();
    expect(c.sent('posts.move')).toEqual([]);
    await c.user.click(screen.getByRole('button', { name: 'Move' }));
    await waitFor(() => expect(wallOf(c.app, 'B')).toBe('2026-05-27 18:00'));
    expect(wallOf(c.app, 'A')).toBe('2026-05-21 09:00');
    expect(c.sent('posts.move')).toHaveLength(1);
  });
});

it('passes on what the program notes about a copy', async () => {
  const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
  const notes = ['A is planned, not scheduled.'];
  c.host.answer('posts.copy', () => ({ value: { posts: [] }, undo: null, notes }));
  await c.drag('A', c.cell('2026-05-20'), { ctrlKey: true });
  await waitFor(() =>
    expect(c.app.messages.current?.text).toBe(
      'Copied to Wed 20 May, 09:00. A is planned, not scheduled.',
    ),
  );
  expect(c.said()).toBe(
    'Copied to Wednesday 20 May, 09:00. Control Z undoes. A is planned, not scheduled.',
  );
});

it('passes on what the program notes about a move', async () => {
  const c = await open({ posts: [post('Idea', null, null)] });
  c.host.answer('posts.move', () => ({
    value: { posts: [] },
    undo: null,
    notes: ['It stays a draft: no account is chosen yet.'],
  }));
  await c.drag('Idea', c.cell('2026-05-20'));
  await waitFor(() =>
    expect(c.app.messages.current?.text).toBe(
      'Moved to Wed 20 May, 09:00. It stays a draft: no account is chosen yet.',
    ),
  );
});
