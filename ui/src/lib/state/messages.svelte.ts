import type { ApiError } from '$lib/api';
import type { Announcer } from './announcer.svelte';

export interface MessageAction {
  label: string;
  run: () => void;
}

export interface Message {
  id: number;
  kind: 'info' | 'problem';
  text: string;
  /** At most two. */
  actions: MessageAction[];
  /** A network's own words, codes and traces; shown under "Details". */
  details: string | null;
  /** Stays until dismissed: a person has to act. */
  stays: boolean;
}

export interface MessageOptions {
  actions?: MessageAction[];
  /** What is spoken, where it should differ from what is shown; null to say nothing. */
  spoken?: string | null;
}

const INFO_MS = 12_000;

/**
 * The line at the bottom: one message at a time, the newest wins. Problems stay until read: one that
 * something newer covers comes back when that is gone.
 */
export class Messages {
  /** Problems not yet read, newest last. */
  #unread = $state.raw<readonly Message[]>([]);
  /** Goes by itself, and lies over the problems meanwhile. */
  #passing = $state.raw<Message | null>(null);
  readonly current = $derived(this.#passing ?? this.#unread.at(-1) ?? null);
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly announcer: Announcer) {}

  /** Something was done; goes by itself. */
  info(text: string, options: MessageOptions = {}): void {
    clearTimeout(this.#timer);
    this.#passing = {
      id: this.#next++,
      kind: 'info',
      text,
      actions: options.actions ?? [],
      details: null,
      stays: false,
    };
    this.#timer = setTimeout(() => (this.#passing = null), INFO_MS);
    this.#speak(text, options);
  }

  /** Something did not happen; stays until dismissed. Returns how to say that it is over. */
  problem(text: string, options: MessageOptions & { details?: string | null } = {}): () => void {
    clearTimeout(this.#timer);
    this.#passing = null;
    const message: Message = {
      id: this.#next++,
      kind: 'problem',
      text,
      actions: options.actions ?? [],
      details: options.details ?? null,
      stays: true,
    };
    // The same once more is one problem, with the buttons of the last time.
    this.#unread = [...this.#unread.filter((m) => m.text !== text), message];
    this.#speak(text, options);
    return () => this.#forget(message);
  }

  /** A failed command, in its own words. */
  failed(error: ApiError, options: MessageOptions = {}): void {
    this.problem(error.message, { ...options, details: error.detail });
  }

  /** What is shown was read. */
  dismiss(): void {
    clearTimeout(this.#timer);
    if (this.#passing) this.#passing = null;
    else if (this.current) this.#forget(this.current);
  }

  #forget(message: Message): void {
    this.#unread = this.#unread.filter((m) => m !== message);
  }

  #speak(text: string, options: MessageOptions): void {
    if (options.spoken !== null) this.announcer.say(options.spoken ?? text);
  }
}
