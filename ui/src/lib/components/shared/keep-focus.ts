/** Where the focus goes when the control that had it is gone: to its neighbour. */

const FOCUSABLE = [
  'button:not(:disabled)',
  'input:not(:disabled)',
  'textarea:not(:disabled)',
  'select:not(:disabled)',
  'a[href]',
  'summary',
  '[tabindex]',
]
  .map((one) => `${one}:not([tabindex="-1"])`)
  .join(', ');

/** What stood around the focus on the way up to the root. */
interface Level {
  parent: Element;
  /** What stood after it, the nearest first: several may go with it. */
  after: Element[];
  previous: Element | null;
}

function following(element: Element): Element[] {
  const all: Element[] = [];
  for (let at = element.nextElementSibling; at; at = at.nextElementSibling) all.push(at);
  return all;
}

/**
 * An attachment: while the page loses the element under the focus, the focus goes to what stood next
 * to it, so that keys go on from there and not from the top of the page. A list that lets rows go while it scrolls
 * wants that without scrolling back to them.
 */
export function keepFocus(root: HTMLElement, options: FocusOptions = {}): () => void {
  let last: Element | null = null;
  let levels: Level[] = [];

  const remember = (event: FocusEvent) => {
    last = event.target instanceof Element ? event.target : null;
    levels = [];
    for (let at = last; at && at !== root && at.parentElement; at = at.parentElement)
      levels.push({
        parent: at.parentElement,
        after: following(at),
        previous: at.previousElementSibling,
      });
  };
  const look = () => {
    if (!last || last.isConnected) return;
    last = null;
    // After what put the focus somewhere by itself.
    setTimeout(() => {
      if (nothingFocused(root)) neighbour(levels)?.focus(options);
    });
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener('focusin', remember);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', remember);
  };
}

/** Nothing in particular has the focus. */
function nothingFocused(root: HTMLElement): boolean {
  const { activeElement: at } = document;
  return root.isConnected && (at === null || at === document.body || at === root);
}

function neighbour(levels: readonly Level[]): HTMLElement | null {
  for (const { parent, after, previous } of levels) {
    if (!parent.isConnected) continue;
    const next = after.find((one) => one.isConnected) ?? null;
    const found = first(next) ?? first(previous) ?? first(parent);
    if (found) return found;
  }
  return null;
}

function first(element: Element | null): HTMLElement | null {
  if (!(element instanceof HTMLElement) || !element.isConnected) return null;
  return element.matches(FOCUSABLE) ? element : element.querySelector<HTMLElement>(FOCUSABLE);
}
