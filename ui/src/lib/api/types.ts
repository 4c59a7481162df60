/**
 * What crosses the line between the screen and the program. Instants are UTC milliseconds, dates
 * are `YYYY-MM-DD` and times `HH:MM` as typed in the zone beside them.
 */

export type Id = string;

/** What a person sees as "the status", derived by the program from editorial status and deliveries. */
export type ShownStatus =
  | 'draft'
  | 'in_review'
  | 'approved'
  | 'scheduled'
  | 'publishing'
  | 'unconfirmed'
  | 'published'
  | 'partly_published'
  | 'failed'
  | 'missed'
  | 'cancelled';

export type DeliveryState =
  'waiting' | 'sending' | 'unconfirmed' | 'published' | 'failed' | 'missed' | 'cancelled';

export interface ChipTarget {
  accountId: Id;
  state: DeliveryState;
}

/** One post as the calendar, the list and the shelf need it; light, because there may be ten thousand. */
export interface Chip {
  id: Id;
  calendarId: Id;
  /** The instant it stands at; null on the shelf. For a date without a time: the start of that day. */
  at: number | null;
  /** It has a date but no time of day. */
  allDay: boolean;
  /** First words, on one line, already bounded. */
  words: string;
  status: ShownStatus;
  targets: ChipTarget[];
  labels: string[];
  mediaCount: number;
  thumb: Id | null;
  timeSource: 'own' | 'slot';
  /** It has an unconfirmed edit, or was held for one. */
  editing: boolean;
  version: number;
}

export interface Workspace {
  id: Id;
  name: string;
}

/** `weekday` is 1 for Monday to 7 for Sunday; times are `HH:MM:SS`. */
export interface WorkingHours {
  weekday: number;
  from: string;
  to: string;
}

export interface Calendar {
  id: Id;
  workspaceId: Id;
  name: string;
  description: string;
  /** IANA zone. */
  zone: string;
  workingHours: WorkingHours[];
  defaultAccounts: Id[];
  graceMinutes: number;
  status: 'active' | 'archived';
  /** The reason shown while publishing from it is paused. */
  paused: string | null;
}

export type AccountHealth =
  { kind: 'ok' } | { kind: 'needs_reconnect'; reason: string; since: number };

export interface Account {
  id: Id;
  workspaceId: Id;
  /** Key in the catalogue, such as `bluesky`. */
  network: string;
  handle: string;
  displayName: string;
  server: string;
  health: AccountHealth;
  paused: string | null;
}

export interface NetworkInfo {
  id: string;
  name: string;
}

/** Settings the screen reads. Each takes effect at once. */
export interface Settings {
  theme: 'system' | 'light' | 'dark';
  hours: 'system' | '12' | '24';
  /** 0 is Sunday. */
  weekStart: 'system' | 0 | 1 | 6;
  dateOrder: 'system' | 'dmy' | 'mdy' | 'ymd';
  chipsPerDay: number;
  /** What the screen remembers by itself: view, date, filters, widths. Opaque to the program. */
  screen: Record<string, unknown>;
}

/** Everything the first drawing needs, in one round trip. */
export interface SessionState {
  workspaces: Workspace[];
  calendars: Calendar[];
  accounts: Account[];
  /** Labels in use, in order. */
  labels: string[];
  networks: NetworkInfo[];
  settings: Settings;
  workspaceId: Id;
  calendarId: Id;
  /** True until the person has made or dismissed something: shows the card on today. */
  firstStart: boolean;
  /** Everything is held. */
  held: boolean;
  /** Posts that failed, were missed or wait for an answer. */
  needsYou: number;
  sending: number;
  /** What can be undone and done again now. */
  history: HistoryState;
  version: string;
}

export interface HistoryState {
  undo: string | null;
  redo: string | null;
}

export interface RangeRequest {
  calendarId: Id;
  from: number;
  to: number;
}

/** A new place for a post: date and time as typed in the calendar's zone; no time keeps only the day. */
export interface Place {
  id: Id;
  date: string;
  time: string | null;
}

export interface SegmentDraft {
  text: string;
  media: { mediaId: Id; alt: string }[];
}

export interface NewPost {
  calendarId: Id;
  title?: string;
  segments: SegmentDraft[];
  accounts: Id[];
  date?: string | null;
  time?: string | null;
  labels?: string[];
}

export interface Written {
  /** The posts as they are now. */
  posts: Chip[];
  history: HistoryState;
}

export interface ChangeEvent {
  seq: number;
  /** What kind of thing changed: `post`, `account`, `settings`, `calendar` … */
  kind: string;
  ids: Id[];
}

export interface PostPeek {
  chip: Chip;
  text: string[];
  notes: string;
  media: { id: Id; thumb: string | null; alt: string; name: string }[];
  /** Addresses of published targets. */
  links: { accountId: Id; url: string }[];
  problems: string[];
}
