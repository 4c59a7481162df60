import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { calendarHooks, open, wallOf } from '../../../test/calendar';

calendarHooks();

const ID = '1'.padStart(64, '0');

async function withFiles() {
  const c = await open({ posts: [], files: 2 });
  await userEvent.click(screen.getByRole('button', { name: 'Library' }));
  const row = await screen.findByRole('button', { name: /^market-2\.jpg/ });
  return { ...c, row };
}

/** The draft that was made, once it is there. */
async function made(c: Awaited<ReturnType<typeof withFiles>>) {
  await waitFor(() => expect(c.app.posts.list).toHaveLength(1));
  expect(c.sent('posts.create')).toMatchObject([
    { scheduling: 'plan', draft: { segments: [{ text: '', media: [{ mediaId: ID }] }] } },
  ]);
  return c.app.posts.list[0]?.id ?? '';
}

it('makes a draft on the day a file is dropped on, and undo takes it away', async () => {
  const c = await withFiles();
  vi.spyOn(document, 'elementFromPoint').mockReturnValue(c.cell('2026-05-20'));
  const at = (type: string, x: number) =>
    new PointerEvent(type, { bubbles: true, clientX: x, clientY: x, pointerId: 1, button: 0 });
  c.row.dispatchEvent(at('pointerdown', 900));
  window.dispatchEvent(at('pointermove', 500));
  await waitFor(() => expect(screen.getByTestId('ghost').textContent).toMatch(/market-2\.jpg/));
  expect(screen.getByTestId('ghost').textContent).toMatch(/20 May/);
  window.dispatchEvent(at('pointerup', 500));
  const id = await made(c);
  expect(wallOf(c.app, id)).toMatch(/^2026-05-20 /);
  await waitFor(() => expect(c.app.messages.current?.text).toBe('Started a post with 1 file'));
  await c.app.undo();
  await waitFor(() => expect(c.app.posts.list).toHaveLength(0));
});

it('does the same by keys, says each step, and Escape puts the file back', async () => {
  const c = await withFiles();
  c.row.focus();
  await userEvent.keyboard(' ');
  await waitFor(() => expect(c.said()).toMatch(/Tuesday 12 May/));
  await userEvent.keyboard('{ArrowRight}');
  await waitFor(() => expect(c.said()).toMatch(/Wednesday 13 May/));
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(document.activeElement).toBe(c.row));
  expect(c.sent('posts.create')).toEqual([]);
  await userEvent.keyboard(' {ArrowRight}{ArrowRight}{Enter}');
  expect(wallOf(c.app, await made(c))).toMatch(/^2026-05-14 /);
});

it('takes no file into the past', async () => {
  const c = await withFiles();
  c.row.focus();
  await userEvent.keyboard(' {ArrowLeft}');
  await waitFor(() => expect(c.said()).toMatch(/past/));
  await userEvent.keyboard('{Enter}{Escape}');
  expect(c.sent('posts.create')).toEqual([]);
});

it('remembers what the panel showed', async () => {
  const c = await withFiles();
  expect(c.app.session.remembered('shelf.shows', '')).toBe('library');
  await userEvent.click(screen.getByRole('button', { name: 'Drafts' }));
  await screen.findByText(/^Nothing on the shelf/);
});
