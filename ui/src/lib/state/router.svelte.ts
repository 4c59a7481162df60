import type { MediaInfo } from '$lib/api';

/** Which room is open. There are no addresses: the window is the program. */
export type ViewId =
  'calendar' | 'queue' | 'drafts' | 'library' | 'activity' | 'accounts' | 'settings';

export class Router {
  view = $state<ViewId>('calendar');
  /** What the room was asked to show, such as an account; read once by the room. */
  param = $state.raw<unknown>(null);
  /** The post the composer holds: an id, a start for a new one, or null when it is closed. */
  composer = $state.raw<ComposerTarget | null>(null);

  /** Typed into a new post whose sheet is still on its way; the next sheet begins with it. */
  firstWords = '';

  /** Closes the open composer, which keeps what is written and stays open, with the reason, when it cannot. */
  closer: (() => Promise<void>) | null = null;

  /** To a room from wherever one is: the composer lies over all rooms and is closed first. */
  async goTo(view: ViewId, param: unknown = null): Promise<void> {
    if (this.composer !== null && !(await this.leave())) return;
    this.go(view, param);
  }

  /** Closes the composer; false when it stays open. */
  async leave(): Promise<boolean> {
    if (this.closer) await this.closer();
    else this.closeComposer();
    return this.composer === null;
  }

  go(view: ViewId, param: unknown = null): void {
    this.view = view;
    this.param = param;
  }

  /** Opens the composer over whatever is on screen; `at` is the text and the part to begin in. */
  openPost(id: string, field: string | null = null, at?: { tab: string; part: number }): void {
    this.firstWords = '';
    this.composer = { kind: 'post', id, field, ...(at && { at }) };
  }

  /** The same for a person who comes to post what is handed over to them, if it still is. */
  openToPost(id: string): void {
    this.firstWords = '';
    this.composer = { kind: 'post', id, field: null, toPost: true };
  }

  newPost(start: NewPostStart = {}): void {
    this.composer = { kind: 'new', ...start };
  }

  /** Hands over what was typed before there was a sheet, once. */
  takeFirstWords(): string {
    const words = this.firstWords;
    this.firstWords = '';
    return words;
  }

  closeComposer(): void {
    this.firstWords = '';
    this.composer = null;
  }
}

export interface NewPostStart {
  /** `YYYY-MM-DD` in the calendar's zone. */
  date?: string | null;
  /** `HH:MM` */
  time?: string | null;
  /** A better time of that day, which has yet to be looked up; null where there is none. */
  slot?: Promise<string | null>;
  accounts?: string[];
  text?: string;
  /** Paths of files dropped from the desktop; the composer attaches them. */
  files?: string[];
  /** Files of the library it starts with. */
  media?: MediaInfo[];
}

/** What a door to the accounts room asks for: the form, the form of one account, or its card. */
export interface AccountsAsked {
  connect?: boolean;
  reconnect?: string | null;
  accountId?: string | null;
}

export type ComposerTarget =
  | {
      kind: 'post';
      id: string;
      field: string | null;
      toPost?: boolean;
      at?: { tab: string; part: number };
    }
  | ({ kind: 'new' } & NewPostStart);
