/** Posts in the hand, by keys and by pointer: several, far, fast, and put back. */
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { calendarHooks, open, post, wallOf, ZONE } from '../../../test/calendar';

calendarHooks();

const focused = () => document.activeElement as HTMLElement;
const title = () => document.querySelector('h1')?.textContent;

const slot = (date: string, time: string) => ({
  slot: {
    slotId: 's',
    accountId: 'acc-ana',
    at: Date.parse(`${date}T${time}:00+02:00`),
    wall: `${date}T${time}:00`,
    zone: ZONE,
  },
});

function pointer(type: string, x: number, y: number, more: PointerEventInit = {}): PointerEvent {
  const init = { bubbles: true, cancelable: true, pointerId: 1, button: 0, ...more };
  return new PointerEvent(type, { clientX: x, clientY: y, ...init });
}

describe('moves that overtake each other', () => {
  it('land where three quick presses led, each told to the program in turn', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    const call = c.host.call.bind(c.host);
    let answer: (() => void)[] = [];
    c.host.call = async (name, input) => {
      if (name === 'posts.move') await new Promise<void>((go) => answer.push(go));
      return call(name, input);
    };
    c.chip('A').focus();
    const press = async () => {
      await c.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
      await waitFor(() => expect(focused()).toBe(c.chip('A')));
    };
    for (let i = 0; i < 3; i += 1) await press();
    expect(c.idsIn('2026-05-17')).toEqual(['A']);
    // One at a time: the first is asked, and its answer changes nothing that is shown.
    for (let i = 0; i < 3; i += 1) {
      await waitFor(() => expect(answer).toHaveLength(1));
      const [go] = answer;
      answer = [];
      go?.();
      await waitFor(() => expect(c.sent('posts.move')).toHaveLength(i + 1));
      expect(c.idsIn('2026-05-17')).toEqual(['A']);
    }
    await c.app.posts.turns.rest();
    await waitFor(() => expect(c.app.posts.get('A')?.version).toBe(4));
    expect(wallOf(c.app, 'A')).toBe('2026-05-17 09:00');
  });

  it('are undone one by one, also while the last is on its way', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    c.chip('A').focus();
    await c.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    await c.app.undo();
    await waitFor(() => expect(wallOf(c.app, 'A')).toBe('2026-05-14 09:00'));
    expect(c.sent('history.undo')).toHaveLength(1);
  });
});

describe('carrying by keys', () => {
  it('drops more than a month away, and the post stays in sight', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    c.chip('A').focus();
    await c.user.keyboard(` ${'{ArrowDown}'.repeat(14)}`);
    await waitFor(() => expect(title()).toBe('August 2026'));
    expect(c.said()).toBe('Thursday 20 August, 09:00');
    expect(c.idsIn('2026-08-20')).toEqual(['A']);
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(wallOf(c.app, 'A')).toBe('2026-08-20 09:00'));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    expect(c.idsIn('2026-08-20')).toEqual(['A']);
  });

  it('turns whole pages: a month in the month, a week in the week, to the same day of it', async () => {
    const c = await open({ posts: [post('A', '2026-05-31', '09:00')] });
    c.chip('A').focus();
    await c.user.keyboard(' {PageDown}');
    expect(c.said()).toBe('Tuesday 30 June, 09:00');
    await waitFor(() => expect(title()).toBe('June 2026'));
    await c.user.keyboard('{PageUp}{PageUp}');
    expect(c.said()).toBe('In the past, cannot drop here');
    await c.user.keyboard('{PageDown}{ArrowRight}{Enter}');
    await waitFor(() => expect(wallOf(c.app, 'A')).toBe('2026-05-31 09:00'));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    await c.user.keyboard('w');
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    await c.user.keyboard(' {PageDown}{Enter}');
    await waitFor(() => expect(wallOf(c.app, 'A')).toBe('2026-06-07 09:00'));
  });

  it('drops a copy with Ctrl, also of what is published, and the focus is on the copy', async () => {
    const c = await open({
      posts: [
        post('A', '2026-05-14', '09:00'),
        post('Sent', '2026-05-11', '09:00', { status: 'published' }),
      ],
    });
    c.chip('A').focus();
    await c.user.keyboard(' {ArrowRight}{Control>}{Enter}{/Control}');
    await waitFor(() => expect(c.idsIn('2026-05-15')).toHaveLength(1));
    expect([c.idsIn('2026-05-14'), c.sent('posts.move')]).toEqual([['A'], []]);
    expect(c.said()).toBe('Copied to Friday 15 May, 09:00. Control Z undoes.');
    await waitFor(() => expect(focused().dataset.chip).toBe(c.idsIn('2026-05-15')[0]));
    c.chip('Sent').focus();
    await c.user.keyboard(' {Control>}{Enter}{/Control}');
    expect(c.said()).toBe('In the past, cannot drop here');
    await c.user.keyboard('{ArrowDown}{Control>}{Enter}{/Control}');
    await waitFor(() => expect(c.idsIn('2026-05-18')).toHaveLength(1));
    expect(wallOf(c.app, 'Sent')).toBe('2026-05-11 09:00');
  });

  it('keeps the hour in sight, also in the next week', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    c.day('2026-05-14').focus();
    await c.user.keyboard('w');
    await waitFor(() => c.chip('A'));
    const body = c.container.querySelector('[role="grid"] [data-scroll]') as HTMLElement;
    Object.defineProperty(body, 'clientHeight', { value: 100 });
    body.scrollTop = 0;
    c.chip('A').focus();
    await c.user.keyboard(` ${'{ArrowDown}'.repeat(3)}`);
    // Two rows of 50 pixels are seen: noon is the lower one.
    await waitFor(() => expect(body.scrollTop).toBe(550));
    await c.user.keyboard('{ArrowRight}'.repeat(7));
    await waitFor(() => expect(c.idsIn('2026-05-21:12')).toEqual(['A']));
    await waitFor(() => expect(c.app.posts.state).toBe('ready'));
    await tick();
    expect(body.scrollTop).toBe(550);
  });

  it('keeps the row in sight in the list', async () => {
    const days = Array.from({ length: 18 }, (_, i) => `2026-05-${14 + i}`);
    const c = await open({ posts: days.map((day) => post(`P${day}`, day, '09:00')) });
    c.day('2026-05-14').focus();
    await c.user.keyboard('a');
    await waitFor(() => c.chip('P2026-05-14'));
    c.chip('P2026-05-14').focus();
    const list = c.container.querySelector('[role="grid"] [data-scroll]') as HTMLElement;
    const before = list.scrollTop;
    await c.user.keyboard(` ${'{ArrowDown}'.repeat(15)}`);
    await waitFor(() => expect(list.scrollTop).toBeGreaterThan(before + 20 * 34));
  });

  it('shows where it would land, and a refused day as such', async () => {
    const c = await open({ posts: [post('A', '2026-05-13', '09:00')] });
    const line = () => screen.getByTestId('carrying');
    c.chip('A').focus();
    await c.user.keyboard(' ');
    await waitFor(() => expect(line().textContent).toContain('Picked up A.'));
    await c.user.keyboard('{ArrowRight}');
    await waitFor(() => expect(line().textContent?.trim()).toBe('Thursday 14 May, 09:00'));
    expect(c.cell('2026-05-14').className).toContain('carried');
    await c.user.keyboard('{ArrowLeft}{ArrowLeft}{ArrowLeft}');
    await waitFor(() => expect(line().textContent?.trim()).toBe('In the past, cannot drop here'));
    expect(c.cell('2026-05-11').classList).toContain('refused');
    expect(c.cell('2026-05-11').classList).not.toContain('carried');
    await c.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('carrying')).toBeNull());
  });

  it('goes back to its own month with Escape', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    c.chip('A').focus();
    await c.user.keyboard(` ${'{ArrowDown}'.repeat(14)}`);
    await waitFor(() => expect(title()).toBe('August 2026'));
    await waitFor(() => expect(c.app.posts.get('A')).toBeDefined());
    await c.user.keyboard('{Escape}');
    expect(c.said()).toBe('Back at Thursday 14 May, 09:00');
    await waitFor(() => expect(title()).toBe('May 2026'));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    expect(c.sent('posts.move')).toEqual([]);
  });

  it('takes several along, by Space and by Alt and arrows, in one step each', async () => {
    const c = await open({
      posts: [
        post('A', '2026-05-14', '09:00'),
        post('B', '2026-05-16', '18:30'),
        post('Stays', '2026-05-15', '12:00'),
      ],
    });
    c.chip('A').focus();
    await c.user.keyboard('x');
    c.chip('B').focus();
    await c.user.keyboard('x ');
    expect(c.said()).toContain('Picked up 2 posts.');
    await c.user.keyboard('{ArrowRight}{Shift>}{ArrowDown}{/Shift}{Enter}');
    await waitFor(() =>
      expect([wallOf(c.app, 'A'), wallOf(c.app, 'B')]).toEqual([
        '2026-05-15 10:00',
        '2026-05-17 19:30',
      ]),
    );
    await waitFor(() => expect(focused()).toBe(c.chip('B')));
    expect(c.said()).toBe('Moved 2 posts, the first to Sunday 17 May, 19:30. Control Z undoes.');
    await c.user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() =>
      expect([wallOf(c.app, 'A'), wallOf(c.app, 'B')]).toEqual([
        '2026-05-22 10:00',
        '2026-05-24 19:30',
      ]),
    );
    expect(c.sent('posts.move')).toHaveLength(2);
    expect(wallOf(c.app, 'Stays')).toBe('2026-05-15 12:00');
  });

  it('changes nothing and adds no step where Space and Enter are pressed in place', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    c.chip('A').focus();
    await c.user.keyboard(' {Enter}');
    expect(c.said()).toBe('Back at Thursday 14 May, 09:00');
    await c.user.keyboard(' {ArrowRight}{ArrowLeft} ');
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
    expect([c.sent('posts.move'), c.app.messages.current]).toEqual([[], null]);
  });

  it('takes a draft to the slot of the day it comes to, spoken again when it becomes known', async () => {
    const c = await open({ posts: [post('Idea', null, null)] });
    let answer: ((slot: unknown) => void) | undefined;
    c.host.answer('queue.next_free', ({ after }: { after: number }) => {
      const date = new Date(after + 7_200_000).toISOString().slice(0, 10);
      if (date !== '2026-05-13') return { slot: null };
      return new Promise((go) => (answer = () => go(slot(date, '14:30'))));
    });
    c.chip('Idea').focus();
    await c.user.keyboard(' {ArrowRight}');
    expect(c.said()).toBe('Wednesday 13 May, 09:00');
    answer?.(null);
    await waitFor(() => expect(c.said()).toBe('Wednesday 13 May, 14:30'));
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(wallOf(c.app, 'Idea')).toBe('2026-05-13 14:30'));
  });

  it('asks again for the slot of a day when a weekly plan changed', async () => {
    const c = await open({ posts: [post('Idea', null, null)] });
    c.host.answer('queue.next_free', () => slot('2026-05-13', '14:30'));
    c.chip('Idea').focus();
    await c.user.keyboard(' {ArrowRight}');
    await waitFor(() => expect(c.said()).toBe('Wednesday 13 May, 14:30'));
    await c.user.keyboard('{Escape}');
    c.host.answer('queue.next_free', () => ({ slot: null }));
    c.host.world.changed('slots', ['acc-ana']);
    await c.user.keyboard(' {ArrowRight}');
    await waitFor(() => expect(c.said()).toBe('Wednesday 13 May, 09:00'));
  });

  it('ends with a press of the pointer, which then does nothing else', async () => {
    const c = await open({
      posts: [post('A', '2026-05-14', '09:00'), post('B', '2026-05-20', '09:00')],
    });
    c.chip('A').focus();
    await c.user.keyboard(' {ArrowRight}');
    await c.user.click(c.chip('B'));
    expect(c.said()).toBe('Back at Thursday 14 May, 09:00');
    expect([c.app.router.composer, wallOf(c.app, 'A')]).toEqual([null, '2026-05-14 09:00']);
    await c.user.click(c.chip('B'));
    expect(c.app.router.composer).toMatchObject({ id: 'B' });
    c.app.router.closeComposer();
    c.chip('A').focus();
    await c.user.keyboard(' {ArrowRight}');
    fireEvent.pointerDown(document.body);
    expect(wallOf(c.app, 'A')).toBe('2026-05-14 09:00');
  });

  it('leaves what is going out and what is published where it is, and says why', async () => {
    const c = await open({
      posts: [
        post('Sent', '2026-05-14', '09:00', { status: 'published' }),
        post('Going', '2026-05-15', '09:00', { status: 'publishing' }),
      ],
    });
    for (const [id, why] of [
      ['Sent', 'Already published, stays where it is'],
      ['Going', 'Going out right now, cannot be moved'],
    ] as const) {
      c.chip(id).focus();
      await c.user.keyboard(' {ArrowRight}');
      expect(c.said()).toBe(why);
      await c.user.keyboard('{Enter}{Escape}');
      await waitFor(() => expect(focused()).toBe(c.chip(id)));
      await c.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
      expect(c.app.messages.current?.text).toBe(why);
      await c.user.keyboard('u');
    }
    c.chip('Going').focus();
    await c.user.keyboard('{Delete}');
    expect(focused()).toBe(c.chip('Going'));
    expect([...c.sent('posts.move'), ...c.sent('posts.remove')]).toEqual([]);
  });
});

describe('a full day by keys', () => {
  it('opens with Enter, and a post is carried out of it', async () => {
    const many = Array.from({ length: 9 }, (_, i) => post(`P${i}`, '2026-05-14', `1${i}:00`));
    const c = await open({ posts: many });
    c.day('2026-05-14').focus();
    await c.user.keyboard('{Enter}');
    const inWindow = (id: string) =>
      within(screen.getByRole('dialog', { name: 'Thursday 14 May' }))
        .getAllByRole('button')
        .find((b) => b.dataset.chip === id);
    await waitFor(() => expect(focused()).toBe(inWindow('P0')));
    await c.user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}');
    expect(focused()).toBe(inWindow('P5'));
    await c.user.keyboard(' {ArrowRight}');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(c.said()).toBe('Friday 15 May, 15:00');
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(wallOf(c.app, 'P5')).toBe('2026-05-15 15:00'));
    await waitFor(() => expect(focused()).toBe(c.chip('P5')));
  });

  it('opens at the first post still to come today', async () => {
    const many = ['08:00', '09:00', '11:30', '12:00'].map((time) => post(time, '2026-05-12', time));
    const c = await open({ posts: many });
    c.day('2026-05-12').focus();
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(focused().closest('[role="dialog"]')).not.toBeNull());
    expect(focused().dataset.chip).toBe('11:30');
  });

  it('gives the focus back to where it was opened from, also to an hour', async () => {
    const many = Array.from({ length: 9 }, (_, i) => post(`P${i}`, '2026-05-14', `11:0${i}`));
    const c = await open({ posts: many });
    c.day('2026-05-14').focus();
    await c.user.keyboard('{Enter}');
    await screen.findByRole('dialog');
    await waitFor(() => expect(focused().closest('[role="dialog"]')).not.toBeNull());
    await c.user.keyboard('{Escape}');
    await waitFor(() => expect(focused()).toBe(c.day('2026-05-14')));
    await c.user.keyboard('w');
    await waitFor(() => c.day('2026-05-14:11'));
    c.day('2026-05-14:11').focus();
    await c.user.keyboard('{Enter}');
    await waitFor(() => expect(focused().closest('[role="dialog"]')).not.toBeNull());
    await c.user.keyboard('{Escape}');
    await waitFor(() => expect(focused()).toBe(c.day('2026-05-14:11')));
  });
});

describe('dragging', () => {
  it('shows how many come along, and where an hour would put them, to the minute with Alt', async () => {
    const c = await open({
      posts: [post('A', '2026-05-14', '09:00'), post('B', '2026-05-15', '10:00')],
    });
    await c.user.keyboard('w');
    await waitFor(() => c.cell('2026-05-16:13'));
    const hour = c.cell('2026-05-16:13');
    vi.spyOn(document, 'elementFromPoint').mockReturnValue(hour);
    vi.spyOn(hour, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 100, 100, 60));
    c.app.selection.all(['A', 'B']);
    c.chip('A').dispatchEvent(pointer('pointerdown', 400, 400));
    window.dispatchEvent(pointer('pointermove', 50, 138));
    await waitFor(() => expect(screen.getByTestId('ghost').textContent).toContain('13:30'));
    expect(within(screen.getByTestId('ghost')).getByText('2')).toBeTruthy();
    expect(hour.classList.contains('lit')).toBe(true);
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Alt', altKey: true }));
    await waitFor(() => expect(screen.getByTestId('ghost').textContent).toContain('13:38'));
    window.dispatchEvent(pointer('pointerup', 50, 138, { altKey: true }));
    await waitFor(() =>
      expect([wallOf(c.app, 'A'), wallOf(c.app, 'B')]).toEqual([
        '2026-05-16 13:38',
        '2026-05-17 14:38',
      ]),
    );
  });

  it('leafs at the edge, and drops on another month', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    const grid = c.container.querySelector('[data-leaf]') as HTMLElement;
    vi.spyOn(grid, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 1000, 800));
    vi.spyOn(document, 'elementFromPoint').mockImplementation(() => c.cell('2026-05-14'));
    vi.useFakeTimers();
    c.chip('A').dispatchEvent(pointer('pointerdown', 400, 400));
    window.dispatchEvent(pointer('pointermove', 990, 400));
    for (const month of ['June 2026', 'July 2026', 'August 2026']) {
      vi.mocked(document.elementFromPoint).mockImplementation(() => grid);
      await vi.advanceTimersByTimeAsync(620);
      expect(title()).toBe(month);
    }
    vi.useRealTimers();
    vi.mocked(document.elementFromPoint).mockImplementation(() => c.cell('2026-08-20'));
    window.dispatchEvent(pointer('pointermove', 500, 400));
    window.dispatchEvent(pointer('pointerup', 500, 400));
    await waitFor(() => expect(c.idsIn('2026-08-20')).toEqual(['A']));
    await waitFor(() => expect(c.app.messages.current?.text).toBe('Moved to Thu 20 Aug, 09:00'));
    await waitFor(() => expect(focused()).toBe(c.chip('A')));
  });

  it('waits for the slot of the day where a draft was dropped before it was known', async () => {
    const c = await open({ posts: [post('Idea', null, null)] });
    let answer: (() => void) | undefined;
    c.host.answer(
      'queue.next_free',
      () => new Promise((go) => (answer = () => go(slot('2026-05-20', '14:30')))),
    );
    await c.drag('Idea', c.cell('2026-05-20'));
    expect(c.idsIn('2026-05-20')).toEqual(['Idea']);
    expect(c.sent('posts.move')).toEqual([]);
    answer?.();
    await waitFor(() => expect(wallOf(c.app, 'Idea')).toBe('2026-05-20 14:30'));
    expect(c.sent('posts.move')).toHaveLength(1);
  });

  it('takes no other key than Escape and those that change the drop', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    const undo = vi.fn();
    c.app.keymap.register([{ id: 'u', title: '', group: 'app', keys: ['Ctrl+Z'], run: undo }]);
    vi.spyOn(document, 'elementFromPoint').mockReturnValue(c.cell('2026-05-20'));
    c.chip('A').dispatchEvent(pointer('pointerdown', 400, 400));
    window.dispatchEvent(pointer('pointermove', 430, 430));
    c.chip('A').focus();
    await c.user.keyboard('{Control>}z{/Control}');
    expect(undo).not.toHaveBeenCalled();
    await c.user.keyboard('{Escape}');
    await c.user.keyboard('{Control>}z{/Control}');
    expect(undo).toHaveBeenCalledOnce();
  });
});

describe('a selection', () => {
  it('stays when the session is read again', async () => {
    const c = await open({ posts: [post('A', '2026-05-14', '09:00')] });
    c.chip('A').focus();
    await c.user.keyboard('x');
    await c.app.session.refresh();
    await tick();
    expect([...c.app.selection.ids]).toEqual(['A']);
  });

  it('is counted and moved as a whole from another month, and where a filter hides part of it', async () => {
    const c = await open({
      posts: [post('A', '2026-05-14', '09:00'), post('Z', '2026-11-10', '09:00')],
    });
    c.chip('A').focus();
    await c.user.keyboard('x');
    expect(screen.getByRole('button', { name: /^1 selected\./ })).toBeTruthy();
    await c.user.keyboard('{PageDown}'.repeat(6));
    await waitFor(() => c.chip('Z'));
    c.chip('Z').focus();
    await c.user.keyboard('x');
    expect(screen.getByRole('button', { name: /^2 selected, 1 out of view/ })).toBeTruthy();
    await c.user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    await waitFor(() => expect(c.sent('posts.move')).toHaveLength(1));
    expect(c.sent('posts.move')).toMatchObject([
      { moves: [{ id: 'A', place: { wall: '2026-05-15T09:00:00' } }, { id: 'Z' }] },
    ]);
    await c.user.keyboard('/');
    await c.user.type(await screen.findByLabelText('Words'), 'nothing');
    expect(screen.getByRole('button', { name: /^2 selected, 2 out of view/ })).toBeTruthy();
    await c.user.keyboard('{Escape}');
    await c.user.click(screen.getByRole('button', { name: /^2 selected/ }));
    expect(c.app.selection.ids.size).toBe(0);
  });
});
