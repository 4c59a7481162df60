import type { ChangeBatch, Commands, Id, MediaImporting, PublisherStatus } from './types';

export type { Commands };
export type CommandName = keyof Commands;
export type Input<N extends CommandName> = Commands[N]['input'];
export type Output<N extends CommandName> = Commands[N]['output'];

/** Events the program sends by itself. */
export interface Events {
  /** Something durable changed; the same feed that drives undo and the audit trail. */
  changes: ChangeBatch;
  /** What the publisher is doing changed. */
  publisher: PublisherStatus;
  /** How far taking files into the library has come; all zero once nothing is on its way. */
  importing: MediaImporting;
  /** Open a post, a room or the composer: from a notification, the tray or a link. */
  open: { view?: string; postId?: Id; compose?: boolean };
  /** The window asks the person before quitting: posts being sent now, and due within the hour. */
  quitting: { sending: number; due: number };
  /** The window is about to close: hand over what was typed last, then call `host.closed()` or `host.stays()`. */
  closing: null;
  /** A setting could not be carried out by the desktop; a sentence for a person. */
  problem: { message: string };
}

export type EventName = keyof Events;
