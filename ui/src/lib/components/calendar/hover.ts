import type { CalendarController } from './controller.svelte';

const WAIT_MS = 500;
const LEAVE_MS = 160;

/** The card of a post shows when the pointer or the focus rests on its chip for half a second. */
export function watchHover(calendar: CalendarController, root: HTMLElement): () => void {
  let wait: ReturnType<typeof setTimeout> | undefined;
  let leave: ReturnType<typeof setTimeout> | undefined;
  const { surfaces } = calendar;

  const chipAt = (event: Event) =>
    event.target instanceof Element ? event.target.closest<HTMLElement>('[data-chip]') : null;
  const busy = () =>
    calendar.drag.active ||
    calendar.carry.active ||
    surfaces.menu !== null ||
    surfaces.ask !== null;

  const rest = (anchor: HTMLElement) => {
    clearTimeout(wait);
    clearTimeout(leave);
    wait = setTimeout(() => {
      const id = anchor.dataset.chip;
      if (id && anchor.isConnected && !busy()) surfaces.peek = { id, anchor, pinned: false };
    }, WAIT_MS);
  };
  const away = () => {
    clearTimeout(wait);
    clearTimeout(leave);
    leave = setTimeout(() => {
      if (surfaces.peek && !surfaces.peek.pinned && !surfaces.peekHeld) surfaces.peek = null;
    }, LEAVE_MS);
  };
  const over = (event: PointerEvent) => {
    const chip = chipAt(event);
    if (chip && event.pointerType !== 'touch') rest(chip);
    else away();
  };
  const focusIn = (event: FocusEvent) => {
    const chip = chipAt(event);
    if (surfaces.peek && surfaces.peek.id !== chip?.dataset.chip) surfaces.peek = null;
    if (chip?.matches(':focus-visible')) rest(chip);
  };
  root.addEventListener('pointerover', over);
  root.addEventListener('pointerleave', away);
  root.addEventListener('focusin', focusIn);
  root.addEventListener('focusout', away);
  return () => {
    clearTimeout(wait);
    clearTimeout(leave);
    root.removeEventListener('pointerover', over);
    root.removeEventListener('pointerleave', away);
    root.removeEventListener('focusin', focusIn);
    root.removeEventListener('focusout', away);
  };
}
