/** What a screen reader says. One polite region; a repeat of the same words is spoken again. */
export class Announcer {
  text = $state('');
  /** Flips so that equal words are a change of the page. */
  turn = $state(false);

  say(text: string): void {
    this.text = text;
    this.turn = !this.turn;
  }
}
