/** The calendar in a test: opened on posts in memory, driven by synthetic pointers and keys. */
import { configure, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import Calendar from '$lib/components/calendar/Calendar.svelte';
import { createDemo, type DemoOptions } from '$lib/demo';
import { postOf, type Seed, targetOf, whenAt } from '$lib/demo/state';
import { wallAt } from '$lib/time';
import { renderIn, startApp } from './render';

export const ZONE = 'Europe/Berlin';

// A machine that does much at once takes its time to draw a month.
vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8000 });

/** A scheduled post on the first demo account; the clock stands at Tuesday 12 May 2026, 10:20. */
export function post(
  id: string,
  date: string | null,
  time: string | null,
  more: Partial<Seed> = {},
) {
  const status = more.status ?? (date && time ? 'scheduled' : 'draft');
  return postOf({
    id,
    segments: [{ text: id, media: [] }],
    targets: [targetOf(id, 'acc-ana', 0, status)],
    when: date === null ? { kind: 'unplanned' } : whenAt(date, time, ZONE, true),
    editorial: status === 'draft' ? 'draft' : 'scheduled',
    ...more,
    status,
  });
}

export async function open(options: DemoOptions) {
  const host = createDemo(options);
  const app = await startApp(host);
  const { container } = renderIn(app, Calendar);
  await waitFor(() => expect(app.posts.state).toBe('ready'));
  const user = userEvent.setup();
  const cell = (date: string) => {
    const found = container.querySelector<HTMLElement>(`[data-cell="${date}"]`);
    if (!found) throw new Error(`no cell ${date}`);
    return found;
  };
  const day = (date: string) =>
    cell(date).matches('[data-focus]')
      ? cell(date)
      : (cell(date).querySelector<HTMLElement>('[data-focus]') as HTMLElement);
  const chip = (id: string) => {
    const found = container.querySelector<HTMLElement>(`[data-chip="${id}"]`);
    if (!found) throw new Error(`no chip ${id}`);
    return found;
  };
  const idsIn = (date: string) =>
    [...cell(date).querySelectorAll<HTMLElement>('[data-chip]')].map((c) => c.dataset.chip);
  const sent = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);
  const said = () => screen.getByTestId('announcer').textContent?.trim();
  /** A drag by synthetic pointer events; what lies under the pointer is told instead of measured. */
  const drag = async (id: string, target: Element | null, up: PointerEventInit = {}) => {
    vi.spyOn(document, 'elementFromPoint').mockReturnValue(target);
    const at = (type: string, x: number, more: PointerEventInit = {}) =>
      new PointerEvent(type, {
        bubbles: true,
        cancelable: true,
        clientX: x,
        clientY: x,
        pointerId: 1,
        button: 0,
        ...more,
      });
    chip(id).dispatchEvent(at('pointerdown', 400));
    window.dispatchEvent(at('pointermove', 410, up));
    await Promise.resolve();
    const ghost = screen.queryByTestId('ghost')?.textContent ?? '';
    window.dispatchEvent(at('pointerup', 410, up));
    await vi.waitFor(() => expect(screen.queryByTestId('ghost')).toBeNull());
    await new Promise((r) => setTimeout(r));
    return ghost.replace(/\s+/g, ' ');
  };
  return { app, host, container, user, cell, day, chip, idsIn, sent, said, drag };
}

/** Where a post stands on the wall, as `2026-05-14 09:05`; null on the shelf. */
export const wallOf = (
  app: { posts: { get(id: string): { at: number | null } | undefined } },
  id: string,
) => {
  const at = app.posts.get(id)?.at;
  return at === null || at === undefined ? null : Object.values(wallAt(at, ZONE)).join(' ');
};

/** A window wide enough for the shelf, and scrolling that jsdom lacks. */
export function calendarHooks(): void {
  beforeEach(() => {
    vi.stubGlobal('innerWidth', 1280);
    vi.spyOn(HTMLElement.prototype, 'scrollIntoView').mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}
