/** Edits that were copied from one picture to be given to others. */
import type { Copied } from './edits';

class Clipboard {
  copied = $state.raw<Copied | null>(null);
}

export const clipboard = new Clipboard();
