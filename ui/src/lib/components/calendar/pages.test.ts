/** Pages and views: turning them, what they hold while they are read, and where they open. */
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { Chips } from '$lib/api';
import { createDemo } from '$lib/demo';
import { calendarHooks, open, post } from '../../../test/calendar';
import { renderIn, startApp } from '../../../test/render';
import Calendar from './Calendar.svelte';

calendarHooks();

const title = () => document.querySelector('h1')?.textContent;
const EMPTY = /^Nothing planned/;

describe('turning pages', () => {
  it('by buttons: views, months, weeks, and back to today', async () => {
    const c = await open({ posts: [] });
    const press = (hint: string) => c.user.click(screen.getByTitle(hint));
    await press('Month after (Page Down)');
    expect(title()).toBe('June 2026');
    await press('W');
    expect(title()).toBe('8 – 14 Jun 2026');
    await press('Week before (Page Up)');
    expect(title()).toBe('1 – 7 Jun 2026');
    await press('D');
    await press('Day after (Page Down)');
    expect(title()).toBe('Sat 6 Jun 2026');
    await press('T');
    expect(title()).toBe('Tue 12 May 2026');
    await press('A');
    expect(screen.getByTitle('A').getAttribute('aria-pressed')).toBe('true');
    await press('M');
    expect(title()).toBe('May 2026');
  });

  it('by keys: J and K, Page Up and Page Down; and the shelf by a bracket', async () => {
    const c = await open({ posts: [post('Idea', null, null)] });
    await c.user.keyboard('j');
    expect(title()).toBe('June 2026');
    await c.user.keyboard('{PageUp}{PageUp}');
    expect(title()).toBe('April 2026');
    await c.user.keyboard('{PageDown}k');
    expect(title()).toBe('April 2026');
    const shelf = () => screen.queryByRole('complementary', { name: 'Shelf' });
    expect(shelf()).not.toBeNull();
    await c.user.keyboard('[[');
    expect(shelf()).toBeNull();
    expect(c.app.session.remembered('shelf.open', true)).toBe(false);
    await c.user.keyboard('[[');
    expect(shelf()).not.toBeNull();
  });
});

it('gives the elements of one month to the next, but not the one with the focus', async () => {
  // Both stand in the fourth cell of the third week.
  const c = await open({
    posts: [post('A', '2026-05-14', '09:00'), post('B', '2026-06-18', '10:30')],
  });
  await waitFor(() => expect(c.app.posts.get('B')).toBeDefined());
  const element = c.chip('A');
  await c.user.click(screen.getByTitle('Month after (Page Down)'));
  expect(c.chip('B')).toBe(element);
  expect(element.getAttribute('aria-label')).toMatch(/^10:30, .*B, .*1 of 1$/);
  await c.user.click(screen.getByTitle('Month before (Page Up)'));
  element.focus();
  c.app.router.go('calendar', { date: '2026-06-18' });
  await waitFor(() => expect(c.idsIn('2026-06-18')).toEqual(['B']));
  expect(c.chip('B')).not.toBe(element);
  expect(element.isConnected).toBe(false);
});

describe('a page that is being read', () => {
  async function slow() {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    const call = c.host.call.bind(c.host);
    const answers: (() => void)[] = [];
    c.host.call = async (name, input) => {
      if (name === 'posts.range') await new Promise<void>((go) => answers.push(go));
      return call(name, input);
    };
    return { ...c, answers };
  }

  it('is not called empty before it is known to be', async () => {
    const c = await slow();
    await c.user.keyboard('{PageUp}{PageUp}{PageUp}');
    expect(title()).toBe('February 2026');
    expect(screen.queryByText(EMPTY)).toBeNull();
    expect(screen.getByTestId('calendar').getAttribute('aria-busy')).toBe('true');
    await waitFor(() => expect(c.answers.length).toBeGreaterThan(0));
    for (const go of c.answers) go();
    await screen.findByText(
      'Nothing planned in February. Press N, click a day, or drag a draft here.',
    );
    expect(screen.getByTestId('calendar').getAttribute('aria-busy')).toBe('false');
  });

  it('was read before where one leafs to it', async () => {
    const c = await open({
      posts: [post('Before', '2026-04-10', '09:00', { status: 'published' })],
    });
    // The months around are read once this one is painted.
    await waitFor(() => expect(c.app.posts.get('Before')).toBeDefined());
    const asked = c.sent('posts.range').length;
    await c.user.keyboard('{PageUp}');
    expect(c.idsIn('2026-04-10')).toEqual(['Before']);
    expect(screen.queryByText(EMPTY)).toBeNull();
    expect(c.sent('posts.range')).toHaveLength(asked);
  });

  it('shows nothing of the calendar that was open before', async () => {
    const c = await slow();
    const boot = c.host.world.boot;
    const [main] = boot.calendars;
    if (!main) throw new Error('no calendar');
    c.app.session.patch({ calendars: [main, { ...main, id: 'cal-2', name: 'Other' }] });
    c.app.session.choose('cal-2');
    await waitFor(() => expect(c.container.querySelector('[data-chip]')).toBeNull());
    expect(screen.queryByText(EMPTY)).toBeNull();
    c.host.answer('posts.range', (): Chips => ({ chips: [], lastSeq: 0 }));
    await waitFor(() => expect(c.answers.length).toBeGreaterThan(0));
    for (const go of c.answers) go();
    await screen.findByText(EMPTY);
  });
});

describe('where hours open', () => {
  /** Rows of 50 pixels in a body of 300. */
  async function hours(posts: ReturnType<typeof post>[], now: string, date = '', view = 'week') {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(300);
    const host = createDemo({ posts, now: Date.parse(now) });
    host.world.boot = {
      ...host.world.boot,
      preferences: { 'calendar.view': view, ...(date ? { 'calendar.date': date } : {}) },
    };
    const app = await startApp(host);
    const { container } = renderIn(app, Calendar);
    const body = () => container.querySelector<HTMLElement>('.hours [role="rowgroup"]');
    return { host, app, container, top: () => (body()?.scrollTop ?? 0) / 50 };
  }

  it('is now, which a line shows', async () => {
    const c = await hours([post('Late', '2026-05-13', '22:00')], '2026-05-12T18:20:00Z');
    await waitFor(() => expect(c.top()).toBeCloseTo(20 + 1 / 3 - 1.5));
    const line = c.container.querySelector<HTMLElement>('.now');
    expect(line?.title).toBe('Now, 20:20');
    expect(Number.parseFloat(line?.style.top ?? '')).toBeCloseTo((20 + 1 / 3) * 50);
  });

  it('is the first post of another week, as soon as it is read, and never midnight', async () => {
    const at = '2026-05-12T08:20:00Z';
    const c = await hours([post('Late', '2026-05-20', '18:00')], at, '2026-05-19');
    await waitFor(() => expect(c.top()).toBe(17.75));
    expect(c.container.querySelector('.now')).toBeNull();
    const empty = await hours([], at, '2026-05-19');
    await waitFor(() => expect(empty.top()).toBe(8));
  });

  it('is the same when the keyboard comes along from the month, with its hour in sight', async () => {
    const at = '2026-05-12T08:20:00Z';
    for (const [time, top] of [
      ['08:00', 7.75],
      ['18:00', 9],
    ] as const) {
      const c = await hours([post('One', '2026-05-20', time)], at, '2026-05-19', 'month');
      await waitFor(() => expect(c.container.querySelector('[data-chip="One"]')).not.toBeNull());
      c.container.querySelector<HTMLElement>('[data-cell="2026-05-19"] [data-focus]')?.focus();
      await userEvent.keyboard('w');
      const cell = () => document.activeElement?.closest<HTMLElement>('[data-cell]');
      await waitFor(() => expect(cell()?.dataset.cell).toBe('2026-05-19:9'));
      expect(c.top()).toBe(top);
      cleanup();
    }
  });
});

describe('what is remembered', () => {
  it('is the width of the shelf, by its handle and by arrows', async () => {
    const c = await open({ posts: [] });
    const shelf = screen.getByRole('complementary', { name: 'Shelf' });
    const handle = screen.getByRole('separator');
    expect(shelf.style.width).toBe('264px');
    const at = (clientX: number) => ({ clientX, pointerId: 1, button: 0 });
    fireEvent.pointerDown(handle, at(1000));
    await fireEvent.pointerMove(handle, at(940));
    await fireEvent.pointerUp(handle, at(940));
    await fireEvent.pointerMove(handle, at(500));
    expect(shelf.style.width).toBe('324px');
    handle.focus();
    await c.user.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}');
    expect(shelf.style.width).toBe('308px');
    expect(handle.getAttribute('aria-valuenow')).toBe('308');
    expect(c.app.session.remembered('shelf.width', 0)).toBe(308);
  });

  it('is what was filtered, at the next start', async () => {
    const posts = [post('Sale', '2026-05-14', '09:00'), post('Other', '2026-05-15', '09:00')];
    const host = createDemo({ posts });
    const filters = { text: 'sale', accounts: [], networks: [], statuses: ['gone'], labels: [] };
    host.world.boot = {
      ...host.world.boot,
      preferences: { 'calendar.filters': filters, 'shelf.width': 300 },
    };
    const app = await startApp(host);
    const { container } = renderIn(app, Calendar);
    await waitFor(() => expect(container.querySelector('[data-chip="Sale"]')).not.toBeNull());
    expect(container.querySelector('[data-chip="Other"]')).toBeNull();
    expect(screen.getByRole('button', { name: 'Remove filter “sale”' })).toBeTruthy();
    expect(screen.getByRole('complementary', { name: 'Shelf' }).style.width).toBe('300px');
  });
});
