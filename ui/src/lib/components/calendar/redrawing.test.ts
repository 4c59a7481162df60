/** How much of the month is worked out and drawn anew for one move. */
import { waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, it, vi } from 'vitest';
import { calendarHooks, open, post } from '../../../test/calendar';
import { Focus } from './focus';

calendarHooks();

/** The days of the grid whose elements change, from now on. */
function watchDays(grid: Element): () => string[] {
  let days = new Set<string>();
  const note = (changes: MutationRecord[]) => {
    for (const { target } of changes) {
      if (!target.isConnected) continue;
      const element = target instanceof Element ? target : target.parentElement;
      days.add(element?.closest<HTMLElement>('[data-cell]')?.dataset.cell ?? 'beyond the days');
    }
  };
  const watcher = new MutationObserver(note);
  const what = { attributes: true, childList: true, characterData: true, subtree: true };
  watcher.observe(grid, what);
  return () => {
    note(watcher.takeRecords());
    const changed = [...days].toSorted();
    days = new Set();
    return changed;
  };
}

it('touches the two days of a move, and none again when the program answers', async () => {
  const c = await open({
    posts: [
      post('A', '2026-05-14', '09:00'),
      post('B', '2026-05-14', '10:00'),
      post('C', '2026-05-15', '08:00'),
      post('D', '2026-05-21', '09:00'),
    ],
  });
  const call = c.host.call.bind(c.host);
  let answer: (() => void) | undefined;
  c.host.call = async (name, input) => {
    if (name === 'posts.move') await new Promise<void>((go) => (answer = go));
    return call(name, input);
  };
  c.chip('A').focus();
  await tick();
  // Each day that is worked out anew asks once which of its elements has the focus.
  const workedOut = vi.spyOn(Focus.prototype, 'spared');
  const touched = watchDays(c.cell('2026-05-14').closest('[role="grid"]') as Element);

  await c.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
  await waitFor(() => expect(c.idsIn('2026-05-15')).toEqual(['C', 'A']));
  await waitFor(() => expect(document.activeElement).toBe(c.chip('A')));
  await tick();
  expect(touched()).toEqual(['2026-05-14', '2026-05-15']);
  expect(workedOut).toHaveBeenCalledTimes(2);

  workedOut.mockClear();
  await waitFor(() => expect(answer).toBeDefined());
  answer?.();
  await waitFor(() => expect(c.app.posts.get('A')?.version).toBe(2));
  await waitFor(() => expect(c.app.messages.current?.text).toBe('Moved to Fri 15 May, 09:00'));
  await tick();
  expect(touched()).toEqual([]);
  expect(workedOut).not.toHaveBeenCalled();
  expect(c.idsIn('2026-05-15')).toEqual(['C', 'A']);
});
