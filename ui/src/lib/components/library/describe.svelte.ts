import { ApiError, type MediaInfo } from '$lib/api';
import type { App } from '$lib/state/app.svelte';

const SAVE_MS = 600;
type Field = 'name' | 'alt' | 'rights';

/** Words about a file while they are typed: on disk within a second, and once more when it closes. */
export class Describer {
  name = $state('');
  alt = $state('');
  rights = $state('');
  /** Why the last saving did not work. */
  problem = $state.raw<ApiError | null>(null);
  /** What was typed and is not on disk yet. */
  #typed = new Set<Field>();
  /** What is on its way there: the program may still tell what stood there before. */
  #leaving = new Set<Field>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | null = null;
  readonly #id: string;

  constructor(
    private readonly app: App,
    file: MediaInfo,
  ) {
    this.#id = file.id;
    this.news(file);
  }

  /** The file as the program tells it; what is being typed stays. */
  news(file: MediaInfo): void {
    for (const field of ['name', 'alt', 'rights'] as const)
      if (!this.#typed.has(field) && !this.#leaving.has(field)) this[field] = file[field];
  }

  type(field: Field, text: string): void {
    this[field] = text;
    this.#typed.add(field);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), SAVE_MS);
  }

  /** Puts what was typed on disk; false when it could not be. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    // One write at a time, each with all that was typed until then.
    await this.#saving;
    if (this.#typed.size === 0) return this.problem === null;
    this.#saving = this.#save();
    await this.#saving;
    this.#saving = null;
    return this.problem === null;
  }

  async #save(): Promise<void> {
    const fields = [...this.#typed];
    const words = { name: null, alt: null, rights: null, ...this.#words(fields) };
    this.#leaving = new Set(fields);
    this.#typed.clear();
    try {
      const { value } = await this.app.api.media.describe({ id: this.#id, ...words });
      this.problem = null;
      this.#leaving.clear();
      this.news(value);
    } catch (thrown) {
      this.problem = ApiError.from(thrown);
      // Kept as typed: the next letter tries again.
      for (const field of fields) this.#typed.add(field);
    } finally {
      this.#leaving.clear();
    }
  }

  #words(fields: Field[]): Partial<Record<Field, string>> {
    return Object.fromEntries(fields.map((field) => [field, this[field]]));
  }
}
