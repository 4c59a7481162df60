/** Almanac's own calendar room with real chips, thumbnail marks and filters, on posts in hand. */
import { mount } from 'svelte';
import { createDemo } from '$lib/demo';
import { postOf, chipOf } from '$lib/demo/state';
import type { Chip } from '$lib/api';
import { App } from '$lib/state/app.svelte';
// The room's code is loaded before the clock starts, as the peer's is.
import '$lib/views/CalendarView.svelte';
import Window from '$lib/views/Window.svelte';
import '../src/styles/base.css';
import '$lib/components/shared/marks.css';
import { type Bench, MONTH, scrolled, type Seed, seeds, settled } from './measure';

const ACCOUNTS = ['acc-ana', 'acc-shop', 'acc-notes'];
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 4, 1, 1);

function chip(seed: Seed, i: number): Chip {
  return chipOf(
    postOf({
      id: seed.id,
      segments: [
        {
          text: seed.words,
          media: i % 3 === 0 ? [{ mediaId: String(i).padStart(64, '0'), alt: '' }] : [],
        },
      ],
      accounts: ACCOUNTS.filter((_, k) => (i + k) % 2 === 0),
      labels: i % 4 === 0 ? ['sale'] : [],
      when: { kind: 'scheduled', wall: '', zone: 'UTC', at: seed.at },
      status: 'scheduled',
    }),
  );
}

/** The answers that the month asks for, from data in hand; everything else is the usual fake. */
async function start(count: number, view = 'month'): Promise<() => void> {
  // In order of time, as the program answers.
  const chips = seeds(count)
    .map(chip)
    .toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const byId = new Map(chips.map((c) => [c.id, c]));
  const host = createDemo({ posts: [], zone: 'UTC', here: 'UTC', now: NOW });
  host.answer('session.boot', () => ({
    ...host.world.boot,
    // The window comes back to another room first, as when a person opens the calendar.
    preferences: {
      ...host.world.boot.preferences,
      'calendar.view': view,
      'window.room': 'accounts',
    },
    firstStart: false,
    accounts: createDemo({ count: 1, now: NOW }).world.boot.accounts,
  }));
  // Data in hand: the six weeks a month needs are cut before the clock starts.
  const cut = (from: number, to: number) =>
    chips.filter((c) => (c.at ?? 0) >= from && (c.at ?? 0) < to);
  const [first, end] = [MONTH - 4 * DAY, MONTH + 38 * DAY];
  const may = cut(first, end);
  host.answer('posts.range', ({ from, to }: { from: number; to: number }) => ({
    chips: from === first && to === end ? may : cut(from, to),
    lastSeq: 0,
  }));
  host.answer('posts.chips', ({ ids }: { ids: string[] }) => ({
    chips: ids.flatMap((id) => byId.get(id) ?? []),
    lastSeq: 0,
  }));
  host.answer(
    'posts.move',
    ({ moves }: { moves: { id: string; place: { wall?: string; date?: string } }[] }) => {
      for (const { id, place } of moves) {
        const old = byId.get(id);
        if (!old) continue;
        const time = new Date(old.at ?? 0).toISOString().slice(10, 19);
        const at = Date.parse(`${place.wall ?? `${place.date ?? ''}${time}`}Z`);
        byId.set(id, { ...old, at, version: old.version + 1 });
      }
      const ids = moves.map((m) => m.id);
      host.emit('changes', {
        changes: ids.map((id, i) => ({
          seq: i + 1,
          at: NOW,
          actor: 'person' as const,
          subject: 'post' as const,
          id,
        })),
        lastSeq: ids.length,
        reload: false,
      });
      return { value: { posts: [] }, undo: null, notes: [] };
    },
  );
  const app = new App(host, 'en-GB');
  await app.session.start();
  // The frame stands already; the peer has none.
  const target = document.getElementById('app') as HTMLElement;
  await settled(() => mount(Window, { target, props: { app } }));
  if (document.querySelector('[data-chip]')) throw new Error('the posts are on screen already');
  return () => app.router.go('calendar');
}

function press(key: string, code: string, alt = false): void {
  const from = document.activeElement ?? document.body;
  from.dispatchEvent(
    new KeyboardEvent('keydown', { key, code, altKey: alt, bubbles: true, cancelable: true }),
  );
}

const dayOf = (element: Element | null) =>
  element?.closest<HTMLElement>('[data-cell]')?.dataset.cell ?? '';

/** What only our calendar shows: the list of everything there is. */
interface OurBench extends Bench {
  /** Opens the list on so many posts: milliseconds until its last change is painted. */
  list(count: number): Promise<number>;
  /** Scrolls the list for five seconds: frames that came too late. */
  scroll(): Promise<number>;
  /** Rows of the list that are alive. */
  rows(): number;
}

const bench: OurBench = {
  async open(count) {
    const show = await start(count);
    const ms = await settled(show);
    if (!document.querySelector('[data-chip]')) throw new Error('no post is on screen');
    return ms;
  },
  async move() {
    const post = document.querySelector<HTMLElement>('[role="grid"] [data-chip]');
    if (!post) throw new Error('no post is on screen');
    const id = post.dataset.chip ?? '';
    const before = dayOf(post);
    post.focus();
    const ms = await settled(() => press('ArrowRight', 'ArrowRight', true));
    const after = document.querySelector(`[data-chip="${id}"]`);
    if (!after || dayOf(after) === before) throw new Error(`the post stayed at ${before}`);
    return ms;
  },
  leaf: () => settled(() => press('PageDown', 'PageDown')),
  elements: () => document.querySelectorAll('*').length,
  async list(count) {
    // Two months of half as many each.
    const show = await start(count / 2, 'list');
    const ms = await settled(show);
    if (!document.querySelector('[data-grid] [data-chip]')) throw new Error('no post is listed');
    return ms;
  },
  scroll() {
    const list = document.querySelector<HTMLElement>('[data-grid] [data-scroll]');
    if (!list) throw new Error('no list is on screen');
    list.scrollTop = 0;
    return scrolled(list);
  },
  rows: () => document.querySelectorAll('[data-grid] [role="row"]').length,
};
window.bench = bench;
document.body.dataset.bench = 'ready';
