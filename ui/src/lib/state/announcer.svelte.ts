import { untrack } from 'svelte';

/** So long words are left alone before others follow that matter less: a screen reader drops what it is
    reading for what comes next. */
const HEARD = 4_000;

/** What a screen reader says. One polite region; a repeat of the same words is spoken again. */
export class Announcer {
  text = $state('');
  /** How often something was said: equal words are a change of the page too. */
  count = $state(0);
  /** Runs while words that matter are being heard. */
  private hearing: ReturnType<typeof setTimeout> | undefined;
  /** What matters less and waits for that, and whether it still holds. */
  private behind: { text: string; holds: () => boolean } | undefined;

  say(text: string): void {
    this.speak(text);
    clearTimeout(this.hearing);
    this.hearing = setTimeout(() => {
      this.hearing = undefined;
      if (this.behind?.holds()) this.speak(this.behind.text);
      this.behind = undefined;
    }, HEARD);
  }

  /** Says what matters less than the words before it: behind them, once they were heard, if it holds then. */
  sayBehind(text: string, holds: () => boolean): void {
    if (this.hearing === undefined) this.speak(text);
    else this.behind = { text, holds };
  }

  private speak(text: string): void {
    this.text = text;
    // Whoever speaks does not listen: an effect may say something.
    this.count = untrack(() => this.count) + 1;
  }
}
