import type { Chip, ChipTarget, DeliveryState, Id, SegmentDraft, ShownStatus } from '$lib/api';
import { instantOf } from '$lib/time';

export interface DemoPost {
  id: Id;
  title: string;
  segments: SegmentDraft[];
  accounts: Id[];
  date: string | null;
  time: string | null;
  status: ShownStatus;
  labels: string[];
  mediaCount: number;
  version: number;
  deleted: boolean;
}

const DELIVERY: Partial<Record<ShownStatus, DeliveryState>> = {
  publishing: 'sending',
  published: 'published',
  failed: 'failed',
  missed: 'missed',
  unconfirmed: 'unconfirmed',
  cancelled: 'cancelled',
};

/** Posts in memory with undo by keeping what was before. */
export class DemoState {
  posts = new Map<Id, DemoPost>();
  #past: { what: string; before: DemoPost[] }[] = [];
  #future: { what: string; before: DemoPost[] }[] = [];
  #made = 0;

  constructor(
    readonly zone: string,
    posts: DemoPost[],
  ) {
    for (const p of posts) this.posts.set(p.id, p);
    this.#made = posts.length;
  }

  newId(): Id {
    this.#made += 1;
    return `post-${String(this.#made).padStart(5, '0')}-n`;
  }

  history() {
    return {
      undo: this.#past.at(-1)?.what ?? null,
      redo: this.#future.at(-1)?.what ?? null,
    };
  }

  /** Replaces posts in one undoable step. */
  change(what: string, after: DemoPost[]): Chip[] {
    const before = after.map((p) => this.posts.get(p.id) ?? { ...p, deleted: true });
    this.#past.push({ what, before });
    this.#future = [];
    for (const p of after) this.posts.set(p.id, { ...p, version: p.version + 1 });
    return after.flatMap((p) => this.chip(p.id) ?? []);
  }

  /** Undoes or does again; the ids that changed. */
  turn(which: 'undo' | 'redo'): { what: string; ids: Id[] } | null {
    const [from, to] = which === 'undo' ? [this.#past, this.#future] : [this.#future, this.#past];
    const step = from.pop();
    if (!step) return null;
    to.push({
      what: step.what,
      before: step.before.flatMap((p) => this.posts.get(p.id) ?? []),
    });
    for (const p of step.before)
      this.posts.set(p.id, { ...p, version: (this.posts.get(p.id)?.version ?? 0) + 1 });
    return { what: step.what, ids: step.before.map((p) => p.id) };
  }

  chip(id: Id): Chip | null {
    const p = this.posts.get(id);
    return p && !p.deleted ? this.#chipOf(p) : null;
  }

  all(): Chip[] {
    return [...this.posts.values()].filter((p) => !p.deleted).map((p) => this.#chipOf(p));
  }

  #chipOf(p: DemoPost): Chip {
    const target = (accountId: Id, i: number): ChipTarget => ({
      accountId,
      state:
        p.status === 'partly_published'
          ? i === 0
            ? 'published'
            : 'failed'
          : (DELIVERY[p.status] ?? 'waiting'),
    });
    const line = p.title || (p.segments[0]?.text.split('\n').find((l) => l.trim()) ?? '');
    return {
      id: p.id,
      calendarId: 'cal-1',
      at: p.date === null ? null : instantOf(p.date, p.time ?? '00:00', this.zone),
      allDay: p.date !== null && p.time === null,
      words: line.slice(0, 80),
      status: p.status,
      targets: p.accounts.map(target),
      labels: p.labels,
      mediaCount: p.mediaCount,
      thumb: null,
      timeSource: 'own',
      editing: false,
      version: p.version,
    };
  }
}
