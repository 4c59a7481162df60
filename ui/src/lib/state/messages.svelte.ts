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

/** The line at the bottom: one message at a time, the newest wins, problems stay until read. */
export class Messages {
  current = $state.raw<Message | null>(null);
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly announcer: Announcer) {}

  /** Something was done; goes by itself. */
  info(text: string, options: MessageOptions = {}): void {
    this.#show({
      id: this.#next++,
      kind: 'info',
      text,
      actions: options.actions ?? [],
      details: null,
      stays: false,
    });
    this.#speak(text, options);
  }

  /** Something did not happen; stays until dismissed. */
  problem(text: string, options: MessageOptions & { details?: string | null } = {}): void {
    this.#show({
      id: this.#next++,
      kind: 'problem',
      text,
      actions: options.actions ?? [],
      details: options.details ?? null,
      stays: true,
    });
    this.#speak(text, options);
  }

  /** A failed command, in its own words. */
  failed(error: ApiError, options: MessageOptions = {}): void {
    this.problem(error.message, { ...options, details: error.detail });
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.current = null;
  }

  #show(message: Message): void {
    clearTimeout(this.#timer);
    this.current = message;
    if (!message.stays) this.#timer = setTimeout(() => this.dismiss(), INFO_MS);
  }

  #speak(text: string, options: MessageOptions): void {
    if (options.spoken !== null) this.announcer.say(options.spoken ?? text);
  }
}
