/** What words or a mark lay over a picture: drawn by the program, asked for as a hand moves. */
import { ApiError, type Operation, type PictureLayer } from '$lib/api';
import type { App } from '$lib/state/app.svelte';

/** What is wanted: an operation on a picture of this size in pixels. */
export interface Wanted {
  operation: Operation;
  width: number;
  height: number;
}

/** A layer that was drawn, with what it was drawn for. */
export interface DrawnLayer extends Wanted {
  layer: PictureLayer;
  url: string;
}

/**
 * Asks for one layer after the other: at most once a frame, one at a time, and always the newest, so
 * that typing and dragging never wait for it.
 */
export class Layer {
  /** The newest that was drawn; it stays until another one is. */
  drawn = $state.raw<DrawnLayer | null>(null);
  problem = $state<string | null>(null);
  #next: Wanted | null = null;
  #busy = false;
  #frame = 0;
  #over = false;

  constructor(readonly app: App) {}

  /** Asks for this one. */
  ask(wanted: Wanted) {
    this.#next = wanted;
    if (this.#busy || this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      void this.#draw();
    });
  }

  /** Nobody looks any more. */
  end() {
    this.#over = true;
    cancelAnimationFrame(this.#frame);
  }

  async #draw() {
    this.#busy = true;
    while (this.#next !== null && !this.#over) {
      const wanted = this.#next;
      this.#next = null;
      try {
        const layer = await this.app.api.media.layer(wanted);
        this.drawn = { ...wanted, layer, url: `data:image/png;base64,${layer.png}` };
        this.problem = null;
      } catch (error) {
        this.problem = ApiError.from(error).message;
      }
    }
    this.#busy = false;
  }
}
