import { SvelteSet } from 'svelte/reactivity';

/** Which posts are selected. Ids only: rows of a virtual list come and go. */
export class Selection {
  readonly ids = new SvelteSet<string>();
  /** Where a range starts. */
  anchor: string | null = null;

  has(id: string): boolean {
    return this.ids.has(id);
  }

  only(id: string): void {
    this.ids.clear();
    this.ids.add(id);
    this.anchor = id;
  }

  toggle(id: string): void {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.anchor = id;
  }

  /** Everything between the anchor and `id` in the given order; the anchor stays. */
  range(id: string, order: string[]): void {
    const to = order.indexOf(id);
    const from = this.anchor === null ? to : order.indexOf(this.anchor);
    if (to < 0) return;
    this.ids.clear();
    const start = from < 0 ? to : from;
    for (const each of order.slice(Math.min(start, to), Math.max(start, to) + 1))
      this.ids.add(each);
    this.anchor = order[start] ?? id;
  }

  all(order: string[]): void {
    this.ids.clear();
    for (const id of order) this.ids.add(id);
    this.anchor = order[0] ?? null;
  }

  clear(): void {
    this.ids.clear();
    this.anchor = null;
  }

  /** What a command acts on: the selection when the focused post is in it, else that post alone. */
  around(focused: string | null): string[] {
    if (focused === null) return [...this.ids];
    return this.ids.has(focused) ? [...this.ids] : [focused];
  }

  /** The same with the focused post first: it leads, and the others keep their distance to it. */
  led(focused: string | null): string[] {
    const all = this.around(focused);
    return focused === null ? all : [focused, ...all.filter((id) => id !== focused)];
  }
}
