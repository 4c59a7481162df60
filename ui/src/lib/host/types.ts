import type { CommandName, EventName, Events, Input, Output } from '$lib/api/commands';
import type { MediaImporting, Permission } from '$lib/api/types';

/** Files dragged over the window from the desktop; positions in CSS pixels of the page. */
export type FileDrag = { x: number; y: number } & (
  | { kind: 'enter' | 'over' | 'leave' }
  | {
      kind: 'drop';
      /**
       * Hands over what was dropped, never nothing. A browser sends the files for it, which may take
       * minutes: whoever takes them decides at the time of the drop and asks then.
       */
      paths: () => Promise<string[]>;
    }
);

/** Files that a browser sends to the program: how many, how far they are, the name of one. */
export type Uploading = Omit<MediaImporting, 'making'>;

/** Why the program could not open its data, and the way out where there is one. */
export interface StartTrouble {
  trouble:
    | 'newer_database'
    | 'corrupt'
    | 'missing'
    | 'in_use'
    | 'read_only'
    | 'disk_full'
    | 'old_sqlite'
    | 'not_restored'
    | 'other';
  message: string;
  /** The newest backup, where putting it back is the way out. */
  backup: string | null;
  folder: string;
}

/** Files of this computer that were copied, or a picture that lies in no file. */
export interface Pasted {
  paths: readonly string[];
  files: readonly File[];
}

/** Everything the screen needs of the machine around it. One implementation speaks to the desktop. */
export interface Host {
  /** There is a desktop around the page: folders, a tray, a program to quit. */
  readonly desktop: boolean;
  /**
   * What the key may do with which somebody signed in. Missing where nobody has to, and where everything may
   * be done.
   */
  readonly permissions?: readonly Permission[];
  /**
   * What this page alone remembers until its tab is closed, since many tabs look at one program. Missing
   * where the program has one window and remembers everything for it.
   */
  readonly memory?: Pick<Storage, 'getItem' | 'setItem'>;
  /** Runs a command of the program; rejects with what the program answered. */
  call<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>>;
  /** Listens to the program; returns how to stop. */
  on<E extends EventName>(event: E, handler: (payload: Events[E]) => void): () => void;
  /** Listens to files dragged in from the desktop. */
  onFileDrag(handler: (drag: FileDrag) => void): () => void;
  /**
   * Listens to how far files are that the page sends to the program; null says that none are on their way.
   * Missing where files are named instead of sent.
   */
  onUploading?(handler: (now: Uploading | null) => void): () => void;
  /** Stops sending them. */
  stopUploading?(): void;
  /** Opens an address in the person's browser. */
  openExternal(url: string): Promise<void>;
  /** Shows a file or folder where it lies. */
  reveal(path: string): Promise<void>;
  /** Puts text on the clipboard. */
  copyText(text: string): Promise<void>;
  /**
   * What was copied elsewhere and the page was not given when it was pasted: of pictures and files the
   * web-view of Linux tells a page nothing.
   */
  pasted(): Promise<Pasted>;
  /** Asks for files; empty when the person changed their mind. */
  pickFiles(options: { title: string; extensions?: string[]; many?: boolean }): Promise<string[]>;
  /** Asks for a folder; null when the person changed their mind. */
  pickFolder(options: { title: string }): Promise<string | null>;
  /** Asks where to save; null when the person changed their mind. */
  pickSaveFile(options: { title: string; name: string }): Promise<string | null>;
  /** An address the page can show for a file of the media library, or null where there is none. */
  mediaUrl(path: string): string | null;
  /** The clock of this machine, UTC milliseconds; tests own it. */
  now(): number;
  /** The zone of this machine. */
  zone(): string;
  /** Why the data could not be opened; null when it is open. */
  startTrouble(): Promise<StartTrouble | null>;
  /** Tries to open the data again, after putting the newest backup back when that is wanted. */
  startAgain(restore: boolean): Promise<void>;
  /** Draws the page so many times as large. */
  zoom(factor: number): void;
  /** Ends the program, posts that are due or not. */
  quit(): void;
  /** Tells the outside that the listeners there are hear what is asked for, before there is much to see. */
  listens(): void;
  /** Tells the outside that the screen can be used. */
  ready(): void;
  /** Tells the outside that everything is handed over and the window may go. */
  closed(): void;
  /** Tells the outside that something typed could be kept nowhere: the window has to stay. */
  stays(): void;
  /** Ends the sign-in, where one had to sign in. */
  signOut?(): Promise<void>;
}
