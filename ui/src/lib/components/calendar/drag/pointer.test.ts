import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Carried, DropTarget, Plan } from './plan';
import { type DragWorld, PointerDrag } from './pointer.svelte';

const POSTS: Carried[] = [
  { id: 'a', words: 'A', status: 'scheduled', date: '2026-05-14', time: '09:00' },
];
const PLAN: Plan = {
  places: [{ id: 'a', date: '2026-05-20', time: '09:00' }],
  shelve: [],
  refusal: null,
  lead: { date: '2026-05-20', time: '09:00' },
  nothing: false,
};

function setUp(plan: Plan = PLAN) {
  const world = {
    hit: vi.fn((x: number): DropTarget | null =>
      x > 100 ? { kind: 'day', date: '2026-05-20' } : null,
    ),
    carry: vi.fn(() => POSTS),
    plan: vi.fn(() => plan),
    drop: vi.fn(),
    cancelled: vi.fn(),
    bounds: () => new DOMRect(0, 0, 1000, 800),
    leaf: vi.fn(),
    scroller: () => null,
  } satisfies DragWorld;
  return { world, drag: new PointerDrag(world) };
}

const pointer = (type: string, x: number, y: number, more: PointerEventInit = {}) =>
  new PointerEvent(type, { clientX: x, clientY: y, pointerId: 1, button: 0, ...more });
const move = (x: number, y: number, more?: PointerEventInit) =>
  window.dispatchEvent(pointer('pointermove', x, y, more));
const up = (x: number, y: number, more?: PointerEventInit) =>
  window.dispatchEvent(pointer('pointerup', x, y, more));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a drag by pointer', () => {
  it('starts after four pixels: a press alone is a click', () => {
    const { world, drag } = setUp();
    drag.press(pointer('pointerdown', 50, 50), 'a');
    move(52, 51);
    expect(drag.active).toBe(false);
    up(52, 51);
    move(300, 300);
    expect(drag.active).toBe(false);
    expect(world.drop).not.toHaveBeenCalled();
  });

  it('drops the plan of what lies under the pointer', () => {
    const { world, drag } = setUp();
    drag.press(pointer('pointerdown', 50, 50), 'a');
    move(300, 300);
    expect([drag.active, drag.ids.has('a')]).toEqual([true, true]);
    up(300, 300);
    expect(world.drop).toHaveBeenCalledWith(PLAN, false, 'a', expect.any(Function));
    expect([drag.active, drag.ids.size]).toEqual([false, 0]);
  });

  it('puts back where there is no target, and says why where a drop is refused', () => {
    const refused = setUp({ ...PLAN, refusal: 'past' });
    refused.drag.press(pointer('pointerdown', 50, 50), 'a');
    move(300, 300);
    up(300, 300);
    expect(refused.world.drop).not.toHaveBeenCalled();
    expect(refused.world.cancelled).toHaveBeenCalledWith(POSTS, 'a', 'past');

    const nowhere = setUp();
    nowhere.drag.press(pointer('pointerdown', 50, 50), 'a');
    move(90, 300);
    up(90, 300);
    expect(nowhere.world.cancelled).toHaveBeenCalledWith(POSTS, 'a', null);
  });

  it('changes nothing when dropped where it was', () => {
    const { world, drag } = setUp({ ...PLAN, places: [], nothing: true });
    drag.press(pointer('pointerdown', 50, 50), 'a');
    move(300, 300);
    up(300, 300);
    expect(world.drop).not.toHaveBeenCalled();
  });

  it.each([
    ['Escape', () => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))],
    ['a lost pointer', () => window.dispatchEvent(pointer('pointercancel', 0, 0))],
    ['a window that lost the focus', () => window.dispatchEvent(new Event('blur'))],
  ])('is cancelled by %s', (_, cancel) => {
    const { world, drag } = setUp();
    drag.press(pointer('pointerdown', 50, 50), 'a');
    move(300, 300);
    cancel();
    up(300, 300);
    expect(world.drop).not.toHaveBeenCalled();
    expect(world.cancelled).toHaveBeenCalledOnce();
    expect(drag.active).toBe(false);
  });

  it('copies while Ctrl is held at the drop', () => {
    const { world, drag } = setUp();
    drag.press(pointer('pointerdown', 50, 50), 'a');
    move(300, 300);
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Control', ctrlKey: true }));
    expect(drag.copy).toBe(true);
    up(300, 300, { ctrlKey: true });
    expect(world.drop).toHaveBeenCalledWith(PLAN, true, 'a', expect.any(Function));
  });

  it('leafs after 600 ms at an edge and again, and stops away from it', () => {
    const { world, drag } = setUp();
    drag.press(pointer('pointerdown', 50, 50), 'a');
    move(990, 300);
    vi.advanceTimersByTime(590);
    expect(world.leaf).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20);
    expect(world.leaf).toHaveBeenCalledWith(1);
    vi.advanceTimersByTime(600);
    expect(world.leaf).toHaveBeenCalledTimes(2);
    move(500, 300);
    vi.advanceTimersByTime(2000);
    expect(world.leaf).toHaveBeenCalledTimes(2);
    up(500, 300);
  });

  it('eats the click of the release, and no later one', () => {
    const { drag } = setUp();
    const clicked = vi.fn();
    document.body.addEventListener('click', clicked);
    const click = (detail: number) =>
      document.body.dispatchEvent(new MouseEvent('click', { bubbles: true, detail }));
    const dragOnce = () => {
      drag.press(pointer('pointerdown', 50, 50), 'a');
      move(300, 300);
      up(300, 300);
    };
    dragOnce();
    click(1);
    expect(clicked).not.toHaveBeenCalled();
    click(1);
    expect(clicked).toHaveBeenCalledTimes(1);

    // No click came with the release: the next real press must not be eaten, nor one by key.
    dragOnce();
    window.dispatchEvent(pointer('pointerdown', 10, 10));
    click(1);
    expect(clicked).toHaveBeenCalledTimes(2);
    dragOnce();
    click(0);
    expect(clicked).toHaveBeenCalledTimes(3);
    document.body.removeEventListener('click', clicked);
  });

  it('pays no heed to other pointers and other buttons', () => {
    const { drag } = setUp();
    drag.press(pointer('pointerdown', 50, 50, { button: 2 }), 'a');
    move(300, 300);
    expect(drag.active).toBe(false);
    drag.press(pointer('pointerdown', 50, 50), 'a');
    move(300, 300, { pointerId: 2 });
    expect(drag.active).toBe(false);
    drag.destroy();
  });
});
