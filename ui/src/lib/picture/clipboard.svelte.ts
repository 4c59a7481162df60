/** Edits that were copied from one picture to be given to others. */
import type { Edits } from './edits';

class Clipboard {
  edits = $state.raw<Edits | null>(null);
}

export const clipboard = new Clipboard();
