/** Made-up posts, the same for the same seed: for the browser, screenshots and tests. */
import type { Account, Calendar, Post, ShownStatus } from '$lib/api';
import { addDays, dayNumber, instantOf, startOfMonth, timeOfMinute } from '$lib/time';
import { postOf, whenAt } from './state';

/** A small generator with a seed (mulberry32). */
export function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let x = Math.imul(a ^ (a >>> 15), 1 | a);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS = [
  'Spring sale opens on Friday',
  'Behind the bench: how we cut the covers',
  'Three things we learned this quarter',
  'New pattern drop',
  'Ask us anything about paper weights',
  'Thank you for 10,000 readers ❤️',
  'Workshop in Leipzig, a few seats left',
  'مرحبا بكم في الورشة الجديدة',
  'Why we ship plain text',
  'Photo of the week',
  'Release notes, in plain words',
  'Monday question: what are you making?',
  'Recipe for a slow Sunday',
  'The kiln is on again',
  '日本語の投稿もできます',
  'Meet Jo, who answers your letters',
  'From the archive: our first stall',
  'Last call for the summer box',
  'A thread on repairing things',
  'Open day, come and see the press',
];
const LABELS = ['sale', 'behind the scenes', 'evergreen', 'event'];

export const accounts: Account[] = [
  ['acc-ana', 'bluesky', 'ana.example.com', 'Ana Brandt'],
  ['acc-shop', 'bluesky', 'paperbench.example', 'Paper Bench'],
  ['acc-notes', 'folder', 'Site/posts', 'Website folder'],
].map(([id = '', network = '', handle = '', displayName = '']) => ({
  id,
  workspaceId: 'ws-1',
  network,
  handle,
  displayName,
  remoteId: id,
  server: '',
  settings: {},
  health: { kind: 'ok' as const },
  paused: null,
  createdAt: 0,
}));

export function demoCalendar(zone: string): Calendar {
  return {
    id: 'cal-1',
    workspaceId: 'ws-1',
    name: 'Main',
    description: '',
    zone,
    workingHours: [1, 2, 3, 4, 5].map((weekday) => ({
      weekday,
      from: '09:00:00',
      to: '17:00:00',
    })),
    defaultAccounts: ['acc-ana'],
    graceMinutes: 120,
    mostPosts: null,
    status: 'active',
    paused: null,
    createdAt: 0,
  };
}

function statusFor(at: number, now: number, roll: number, hasAccount: boolean): ShownStatus {
  if (!hasAccount) return 'draft';
  if (at < now) {
    if (roll < 0.03) return 'failed';
    if (roll < 0.045) return 'missed';
    if (roll < 0.06) return 'partly_published';
    return 'published';
  }
  if (at - now < 240_000) return 'publishing';
  if (roll < 0.12) return 'draft';
  if (roll < 0.16) return 'in_review';
  if (roll < 0.2) return 'approved';
  return 'scheduled';
}

/** `count` posts in the month of `today`, as many in the months around it by a fifth, and some drafts. */
export function seedPosts(count: number, today: string, zone: string, now: number): Post[] {
  const next = random(42);
  const month = startOfMonth(today);
  const posts: Post[] = [];
  const borders = new Map<string, number>();
  const make = (date: string | null, i: number) => {
    const words = WORDS[Math.floor(next() * WORDS.length)] ?? '';
    const minute = 6 * 60 + Math.floor(next() * 16 * 12) * 5;
    const time = timeOfMinute(minute);
    let at: number | null = null;
    if (date !== null) {
      const noon = borders.get(date) ?? instantOf(date, '00:00', zone);
      borders.set(date, noon);
      at = instantOf(date, time, zone);
    }
    const roll = next();
    const accountIds =
      roll < 0.06
        ? []
        : accounts.map((a) => a.id).filter((_, k) => (k === 0 ? roll < 0.75 : next() < 0.35));
    const status = at === null ? 'draft' : statusFor(at, now, next(), accountIds.length > 0);
    const media = next() < 0.3 ? 1 + Math.floor(next() * 3) : 0;
    const scheduled = !['draft', 'in_review', 'approved'].includes(status);
    posts.push(
      postOf({
        id: `post-${String(i).padStart(5, '0')}`,
        segments: [
          {
            text: `${words}\n\nMore about it on the page, with pictures.`,
            media: Array.from({ length: media }, (_, k) => ({
              mediaId: `${i}-${k}`.padStart(64, '0'),
              alt: '',
            })),
          },
        ],
        accounts: accountIds,
        when: date === null ? { kind: 'unplanned' } : whenAt(date, time, zone, scheduled),
        status,
        labels: next() < 0.25 ? [LABELS[Math.floor(next() * LABELS.length)] ?? 'sale'] : [],
      }),
    );
  };
  const spread = (first: string, days: number, n: number) => {
    for (let i = 0; i < n; i += 1) make(addDays(first, Math.floor(next() * days)), posts.length);
  };
  const after = addDays(month, 32).slice(0, 8) + '01';
  const days = dayNumber(after) - dayNumber(month);
  spread(month, days, count);
  spread(addDays(month, -28), 28, Math.round(count / 5));
  spread(after, 28, Math.round(count / 5));
  for (let i = 0; i < Math.min(14, Math.ceil(count / 20)); i += 1) make(null, posts.length);
  return posts;
}
