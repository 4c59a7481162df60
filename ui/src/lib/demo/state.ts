import type {
  AccountId,
  Boot,
  Chip,
  Draft,
  Id,
  Place,
  Post,
  Target,
  UndoStep,
  When,
  Written,
} from '$lib/api';
import { instantOf } from '$lib/time';

/** A post of the program in memory; the seed says only what matters. */
export type Seed = Partial<Post> & Pick<Post, 'id'> & { accounts?: AccountId[] };

/** The state of every target for a shown status; one that has no state of its own is waiting. */
const DELIVERY: Partial<Record<Post['status'], Target['state']>> = {
  publishing: 'sending',
  placed: 'placed',
  published: 'published',
  failed: 'failed',
  missed: 'missed',
  unconfirmed: 'unconfirmed',
  your_turn: 'unconfirmed',
  cancelled: 'cancelled',
};

/** A target of a post with the state that the post's status tells. */
export function targetOf(
  postId: Id,
  accountId: AccountId,
  k: number,
  status: Post['status'],
): Target {
  const state =
    status === 'partly_published'
      ? k === 0
        ? 'published'
        : 'failed'
      : (DELIVERY[status] ?? 'waiting');
  return {
    id: `${postId}:${accountId}`,
    accountId,
    overrideSegments: null,
    options: {},
    state,
    notBefore: null,
    publishedAt: null,
    remoteId: null,
    remoteUrl: state === 'published' ? `https://example.com/${postId}` : null,
    failure:
      state === 'failed'
        ? {
            category: 'validation',
            message: 'The text is 38 characters too long.',
            detail: null,
            nextTryAt: null,
            attempt: 1,
          }
        : null,
  };
}

/** A whole post from a seed. */
export function postOf({ accounts = [], ...seed }: Seed): Post {
  const status = seed.status ?? 'draft';
  return {
    calendarId: 'cal-1',
    title: '',
    segments: [{ text: '', media: [] }],
    notes: '',
    labels: [],
    contentType: 'post',
    priority: 'normal',
    assignee: '',
    editorial: ['draft', 'in_review', 'approved', 'cancelled'].includes(status)
      ? (status as Post['editorial'])
      : 'scheduled',
    when: { kind: 'unplanned' },
    timeSource: 'own',
    targets: accounts.map((id, k) => targetOf(seed.id, id, k, status)),
    status,
    workingCopy: null,
    held: false,
    version: 1,
    createdAt: 0,
    updatedAt: 0,
    deletedAt: null,
    ...seed,
  };
}

/** The instant a post stands at. */
export function standsAt(when: When): number | null {
  if (when.kind === 'unplanned') return null;
  if (when.kind === 'scheduled') return when.at;
  return instantOf(when.date, when.time?.slice(0, 5) ?? '00:00', when.zone);
}

/** A date and time on the wall as a planned or scheduled moment. */
export function whenAt(date: string, time: string | null, zone: string, scheduled: boolean): When {
  if (!scheduled || time === null)
    return { kind: 'planned', date, time: time === null ? null : `${time}:00`, zone };
  return { kind: 'scheduled', wall: `${date}T${time}:00`, zone, at: instantOf(date, time, zone) };
}

/** The light form of a post. */
export function chipOf(p: Post): Chip {
  const line = p.title || (p.segments[0]?.text.split('\n').find((l) => l.trim()) ?? '');
  const media = p.segments.flatMap((s) => s.media);
  return {
    id: p.id,
    calendarId: p.calendarId,
    at: standsAt(p.when),
    allDay: p.when.kind === 'planned' && p.when.time === null,
    words: line.slice(0, 80),
    status: p.status,
    targets: p.targets.map(({ accountId, state }) =>
      p.status === 'your_turn' && state === 'unconfirmed'
        ? { accountId, state, yourTurn: true }
        : { accountId, state },
    ),
    labels: p.labels,
    mediaCount: media.length,
    thumb: media[0]?.mediaId ?? null,
    timeSource: p.timeSource,
    editing: p.workingCopy !== null,
    version: p.version,
  };
}

interface Step {
  id: number;
  words: string;
  before: Post[];
  /** Turns something that is no post back and forth. */
  swap?: () => void;
}

/** Posts in memory with undo by keeping what was before. */
export class DemoState {
  posts = new Map<Id, Post>();
  #past: Step[] = [];
  #future: Step[] = [];
  #made = 0;

  constructor(
    readonly zone: string,
    posts: Post[],
    readonly now: () => number,
  ) {
    for (const p of posts) this.posts.set(p.id, p);
    this.#made = posts.length;
  }

  newId(): Id {
    this.#made += 1;
    return `post-${String(this.#made).padStart(5, '0')}-n`;
  }

  history(): { undo: UndoStep[]; redo: UndoStep[] } {
    const shown = (s: Step): UndoStep => ({ id: s.id, words: s.words, at: this.now() });
    return { undo: this.#past.toReversed().map(shown), redo: this.#future.toReversed().map(shown) };
  }

  /** Replaces posts in one undoable step. */
  change(words: string, after: Post[]): Written<Post[]> {
    const before = after.map((p) => this.posts.get(p.id) ?? { ...p, deletedAt: this.now() });
    const step = { id: this.#past.length + 1, words, before };
    this.#past.push(step);
    this.#future = [];
    const value = after.map((p) => ({ ...p, version: p.version + 1, updatedAt: this.now() }));
    for (const p of value) this.posts.set(p.id, p);
    return { value, undo: { id: step.id, words, at: this.now() }, notes: [] };
  }

  /** Notes a step that changes something that is no post; `swap` turns it back, and forth again. */
  note(words: string, swap: () => void): UndoStep {
    const step = { id: this.#past.length + 1, words, before: [], swap };
    this.#past.push(step);
    this.#future = [];
    return { id: step.id, words, at: this.now() };
  }

  /** Undoes or does again; the ids that changed. */
  turn(which: 'undo' | 'redo'): { words: string; ids: Id[] } | null {
    const [from, to] = which === 'undo' ? [this.#past, this.#future] : [this.#future, this.#past];
    const step = from.pop();
    if (!step) return null;
    if (step.swap) {
      step.swap();
      to.push(step);
      return { words: step.words, ids: [] };
    }
    to.push({ ...step, before: step.before.flatMap((p) => this.posts.get(p.id) ?? []) });
    for (const p of step.before)
      this.posts.set(p.id, { ...p, version: (this.posts.get(p.id)?.version ?? 0) + 1 });
    return { words: step.words, ids: step.before.map((p) => p.id) };
  }

  chip(id: Id): Chip | null {
    const p = this.posts.get(id);
    return p?.deletedAt === null ? chipOf(p) : null;
  }

  all(): Chip[] {
    return [...this.posts.values()].filter((p) => p.deletedAt === null).map(chipOf);
  }
}

/** What a person wrote, out of a post. */
export function draftOf(p: Post): Draft {
  const { title, segments, notes, labels, contentType, priority, assignee } = p;
  return {
    title,
    segments,
    notes,
    labels,
    contentType,
    priority,
    assignee,
    targets: p.targets.map(({ accountId, overrideSegments, options }) => ({
      accountId,
      overrideSegments,
      options,
    })),
  };
}

/** Date and time of a place, in the demo's zone; null for the shelf. */
export function wallOf(
  place: Place,
  kept: string | null,
): { date: string; time: string | null } | null {
  if (place.kind === 'shelf') return null;
  if (place.kind === 'day') return { date: place.date, time: kept };
  if (place.kind === 'date') return { date: place.date, time: null };
  const [date = '', time = ''] = place.wall.split('T');
  return { date, time: time.slice(0, 5) };
}

export type { Boot };
