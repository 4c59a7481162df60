import type {
  Chip,
  ChangeEvent,
  HistoryState,
  Id,
  NewPost,
  Place,
  PostPeek,
  RangeRequest,
  SessionState,
  Settings,
  Written,
} from './types';

/** Every command the screen calls: name, input, output. */
export interface Commands {
  'session.start': [Record<string, never>, SessionState];
  'session.choose': [{ calendarId: Id }, SessionState];
  'session.dismissWelcome': [Record<string, never>, null];
  'settings.change': [Partial<Settings>, Settings];
  'calendar.range': [RangeRequest, Chip[]];
  'calendar.shelf': [{ calendarId: Id }, Chip[]];
  'calendar.chips': [{ ids: Id[] }, Chip[]];
  'calendar.nextSlot': [{ calendarId: Id; date: string; accounts: Id[] }, { time: string } | null];
  'posts.peek': [{ id: Id }, PostPeek];
  'posts.create': [NewPost, Written];
  'posts.createFromFiles': [
    { calendarId: Id; date: string; time: string; paths: string[] },
    Written,
  ];
  'posts.move': [{ places: Place[] }, Written];
  'posts.copyTo': [{ places: Place[] }, Written];
  'posts.unschedule': [{ ids: Id[] }, Written];
  'posts.duplicate': [{ ids: Id[] }, Written];
  'posts.delete': [{ ids: Id[] }, Written];
  'posts.setLabels': [{ ids: Id[]; add: string[]; remove: string[] }, Written];
  'posts.publishNow': [{ ids: Id[] }, Written];
  'posts.deleteOnNetwork': [{ id: Id; accountId: Id }, Written];
  'posts.search': [{ calendarId: Id; text: string; limit: number }, Chip[]];
  'history.undo': [Record<string, never>, { what: string | null; history: HistoryState }];
  'history.redo': [Record<string, never>, { what: string | null; history: HistoryState }];
}

export type CommandName = keyof Commands;
export type Input<N extends CommandName> = Commands[N][0];
export type Output<N extends CommandName> = Commands[N][1];

/** Events the program sends by itself. */
export interface Events {
  /** Something durable changed; the same feed that drives undo and the audit trail. */
  changed: ChangeEvent;
  /** Open a post, a view or the composer: from a notification, the tray or a link. */
  open: { view?: string; postId?: Id; compose?: boolean };
  /** The window asks the person before quitting: posts due within the hour. */
  quitting: { due: number };
}

export type EventName = keyof Events;
