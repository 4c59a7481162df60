import type { App } from './app.svelte';
import { t } from '$lib/words';

/** The sizes the page can be drawn in, one step after the other. */
const STEPS = [0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3];
const USUAL = 1;

/** How large the page is drawn; remembered for the next start. */
export class Zoom {
  #factor = USUAL;

  constructor(private readonly app: App) {}

  /** Draws the page as it was drawn last; once, when the program has told what it remembers. */
  restore(): void {
    const factor = this.app.session.remembered<number>('zoom', USUAL);
    if (!STEPS.includes(factor) || factor === this.#factor) return;
    this.#factor = factor;
    this.app.host.zoom(factor);
  }

  step(by: 1 | -1): void {
    this.#draw(STEPS[STEPS.indexOf(this.#factor) + by] ?? this.#factor);
  }

  reset(): void {
    this.#draw(USUAL);
  }

  #draw(factor: number): void {
    this.#factor = factor;
    this.app.host.zoom(factor);
    this.app.session.remember('zoom', factor);
    this.app.messages.info(t('frame.size', { n: Math.round(factor * 100) }));
  }
}
