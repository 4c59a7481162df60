import { SvelteSet } from 'svelte/reactivity';
import type { Carried, DropTarget, Plan, Refusal } from './plan';

const THRESHOLD = 4;
const EDGE = 28;
const LEAF_MS = 600;
const SCROLL_BAND = 36;
const SCROLL_STEP = 14;

/** What the drag needs of the calendar around it. */
export interface DragWorld {
  /** The drop target under a point of the page; `exact` is Alt. */
  hit(x: number, y: number, exact: boolean): DropTarget | null;
  /** What is carried when the drag begins on this post. */
  carry(id: string): Carried[];
  plan(target: DropTarget, posts: readonly Carried[], leadId: string, copy: boolean): Plan;
  /** `again` plans anew, once what was waited for is known; null where nothing can change. */
  drop(plan: Plan, copy: boolean, leadId: string, again: (() => Plan) | null): void;
  /** Everything goes back; `refusal` says why a drop was not taken. */
  cancelled(posts: readonly Carried[], leadId: string, refusal: Refusal | null): void;
  /** The grid's box: near its left and right edge the view leafs. */
  bounds(): DOMRect | null;
  leaf(by: number): void;
  /** The box that scrolls under a point, if any. */
  scroller(x: number, y: number): Element | null;
}

interface Press {
  id: string;
  x: number;
  y: number;
  pointerId: number;
}

/**
 * A drag by pointer: starts after four pixels, keeps ids and never elements, since rows of a
 * virtual list vanish under it and the view may leaf.
 */
export class PointerDrag {
  /** Ids being dragged; chips draw themselves as lifted. */
  readonly ids = new SvelteSet<string>();
  active = $state(false);
  copy = $state(false);
  x = $state(0);
  y = $state(0);
  target = $state.raw<DropTarget | null>(null);
  plan = $state.raw<Plan | null>(null);
  leadId = $state('');
  /** -1 or 1 while the pointer rests at an edge that will leaf. */
  edge = $state(0);

  posts: readonly Carried[] = [];
  #press: Press | null = null;
  #exact = false;
  #leafTimer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #eater: ((event: MouseEvent) => void) | null = null;
  #stop: (() => void) | null = null;

  constructor(private readonly world: DragWorld) {}

  /** A press on a chip: maybe the start of a drag. */
  press(event: PointerEvent, id: string): void {
    this.#letClicksThrough();
    if (event.button !== 0 || this.active) return;
    this.#press = { id, x: event.clientX, y: event.clientY, pointerId: event.pointerId };
    this.#listen();
  }

  /** The click that follows is a real one again. */
  #letClicksThrough = (): void => {
    if (this.#eater) removeEventListener('click', this.#eater, true);
    removeEventListener('pointerdown', this.#letClicksThrough, true);
    this.#eater = null;
  };

  #listen(): void {
    this.#stop?.();
    const move = (e: PointerEvent) => this.#move(e);
    const up = (e: PointerEvent) => this.#up(e);
    const cancel = () => this.cancel();
    const key = (e: KeyboardEvent) => this.#key(e);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', cancel);
    addEventListener('blur', cancel);
    addEventListener('keydown', key, true);
    addEventListener('keyup', key, true);
    this.#stop = () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', cancel);
      removeEventListener('blur', cancel);
      removeEventListener('keydown', key, true);
      removeEventListener('keyup', key, true);
      this.#stop = null;
    };
  }

  #move(event: PointerEvent): void {
    const press = this.#press;
    if (!press || event.pointerId !== press.pointerId) return;
    if (!this.active) {
      if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < THRESHOLD) return;
      this.#begin(press);
    }
    this.x = event.clientX;
    this.y = event.clientY;
    this.copy = event.ctrlKey || event.metaKey;
    this.#exact = event.altKey;
    this.retarget();
    this.#watchEdge();
    this.#autoScroll();
  }

  #begin(press: Press): void {
    this.posts = this.world.carry(press.id);
    this.leadId = press.id;
    for (const p of this.posts) this.ids.add(p.id);
    this.active = true;
    // Keeps moves coming while the pointer is outside the window.
    document.documentElement.setPointerCapture?.(press.pointerId);
  }

  /** Looks again at what lies under the pointer: after a move, a scroll, a leaf or a key. */
  retarget(): void {
    if (!this.active) return;
    const target = this.world.hit(this.x, this.y, this.#exact);
    this.target = target;
    this.plan = target ? this.world.plan(target, this.posts, this.leadId, this.copy) : null;
  }

  #watchEdge(): void {
    const box = this.world.bounds();
    const inside = box && this.y >= box.top && this.y <= box.bottom;
    let edge = 0;
    if (inside && this.x >= box.left - 4 && this.x < box.left + EDGE) edge = -1;
    if (inside && this.x > box.right - EDGE && this.x <= box.right + 4) edge = 1;
    if (edge === this.edge) return;
    this.edge = edge;
    clearTimeout(this.#leafTimer);
    if (edge !== 0) this.#leafLater(edge);
  }

  #leafLater(by: number): void {
    this.#leafTimer = setTimeout(() => {
      this.world.leaf(by);
      this.#leafLater(by);
    }, LEAF_MS);
  }

  #autoScroll(): void {
    cancelAnimationFrame(this.#frame);
    const box = this.world.scroller(this.x, this.y);
    if (!box) return;
    const { top, bottom } = box.getBoundingClientRect();
    const up = top + SCROLL_BAND - this.y;
    const down = this.y - (bottom - SCROLL_BAND);
    const depth = up > 0 ? -up : Math.max(0, down);
    if (depth === 0) return;
    const before = box.scrollTop;
    box.scrollTop += Math.sign(depth) * Math.min(SCROLL_STEP, 2 + Math.abs(depth) / 3);
    if (box.scrollTop === before) return;
    this.retarget();
    this.#frame = requestAnimationFrame(() => {
      if (this.active) this.#autoScroll();
    });
  }

  #key(event: KeyboardEvent): void {
    if (!this.active) return;
    // Nothing else may happen to posts in the hand, least of all an undo.
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape' && event.type === 'keydown') this.cancel();
    else if (event.key === 'Control' || event.key === 'Meta' || event.key === 'Alt') {
      this.copy = event.ctrlKey || event.metaKey;
      this.#exact = event.altKey;
      this.retarget();
    }
  }

  #up(event: PointerEvent): void {
    if (!this.active) {
      this.#end();
      return;
    }
    this.copy = event.ctrlKey || event.metaKey;
    this.x = event.clientX;
    this.y = event.clientY;
    this.retarget();
    const { plan, copy, leadId, posts, target } = this;
    this.#end();
    this.#eatClick();
    // An hour is its own time; a day asks for one where a post has none.
    const again =
      target?.kind === 'day' ? () => this.world.plan(target, posts, leadId, copy) : null;
    if (plan && !plan.refusal && !plan.nothing) this.world.drop(plan, copy, leadId, again);
    else this.world.cancelled(posts, leadId, plan?.refusal ?? null);
  }

  /** Escape, a lost pointer, or a window that lost the focus: everything stays where it was. */
  cancel(): void {
    const { active, posts, leadId } = this;
    this.#end();
    if (!active) return;
    this.#eatClick();
    this.world.cancelled(posts, leadId, null);
  }

  /**
   * The release of the button may come as a click on what lies under it: that one is eaten. A click
   * made by a key has no count and passes; the next press ends the waiting.
   */
  #eatClick(): void {
    this.#letClicksThrough();
    this.#eater = (event) => {
      this.#letClicksThrough();
      if (event.detail === 0) return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener('click', this.#eater, true);
    addEventListener('pointerdown', this.#letClicksThrough, true);
  }

  #end(): void {
    this.#stop?.();
    clearTimeout(this.#leafTimer);
    cancelAnimationFrame(this.#frame);
    this.#press = null;
    this.active = false;
    this.copy = false;
    this.target = null;
    this.plan = null;
    this.edge = 0;
    this.ids.clear();
    this.posts = [];
  }

  /** Lets go of everything when the calendar closes. */
  destroy(): void {
    this.#end();
    this.#letClicksThrough();
  }
}
