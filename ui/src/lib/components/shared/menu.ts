/** One line of a menu. */
export interface MenuItem {
  id: string;
  label: string;
  /** Shown at the end of the line, as the keymap writes it. */
  keys?: string;
  danger?: boolean;
  /** Draws a tick; for choices. */
  checked?: boolean;
  /** Why it cannot be chosen now; stands under the label. */
  blocked?: string | null;
  run: () => unknown;
}

/** Groups are parted by a line. */
export type MenuGroups = MenuItem[][];

/** Where a menu or popover hangs: at an element, or at a point of the page. */
export type Anchor = HTMLElement | { x: number; y: number };

/**
 * Where a menu is put in the page: into the dialog it was opened from, since that lies above all
 * else, or into the main area, so that it belongs to a landmark.
 */
export function portalFor(anchor: unknown): HTMLElement {
  const dialog = anchor instanceof HTMLElement ? anchor.closest('dialog') : null;
  return dialog ?? document.querySelector('main') ?? document.body;
}

export function anchorRect(anchor: Anchor): DOMRect {
  return anchor instanceof HTMLElement
    ? anchor.getBoundingClientRect()
    : new DOMRect(anchor.x, anchor.y, 0, 0);
}
