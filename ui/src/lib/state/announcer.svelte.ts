import { untrack } from 'svelte';

/** What a screen reader says. One polite region; a repeat of the same words is spoken again. */
export class Announcer {
  text = $state('');
  /** How often something was said: equal words are a change of the page too. */
  count = $state(0);

  say(text: string): void {
    this.text = text;
    // Whoever speaks does not listen: an effect may say something.
    this.count = untrack(() => this.count) + 1;
  }
}
