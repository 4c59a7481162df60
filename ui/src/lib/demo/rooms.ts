import {
  ApiError,
  type ActivityEntry,
  type CheckStep,
  type Chip,
  type PublicFiles,
  type QueueColumn,
  type Slot,
} from '$lib/api';
import { addDays, instantOf, wallAt } from '$lib/time';
import type { DemoWorld, Handlers } from './commands';
import { whenAt } from './state';

const DAY = 86_400_000;

/** The commands of queue, activity, accounts, bin and data over a world in memory. */
export function roomCommands(world: DemoWorld): Handlers {
  const { posts } = world;
  const zone = posts.zone;
  let slots: Slot[] = [1, 3, 5].map((weekday) => ({
    id: `slot-${weekday}`,
    accountId: 'acc-ana',
    weekday,
    time: '14:30:00',
    zone,
  }));

  let publicFiles: PublicFiles = {
    storage: null,
    hasKey: false,
    neededBy: [
      {
        network: 'instagram',
        why: 'Instagram fetches pictures and videos from the web instead of taking them from this computer.',
      },
    ],
  };

  let paused: { accountId: string; date: string; reason: string }[] = [];

  const waiting = (accountId: string): Chip[] =>
    posts
      .all()
      .filter(
        (c) =>
          c.status === 'scheduled' &&
          (c.at ?? 0) > world.now() &&
          c.targets.some((x) => x.accountId === accountId),
      )
      .toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));

  const column = (accountId: string, until: number): QueueColumn => {
    const mine = slots.filter((s) => s.accountId === accountId);
    const chips = waiting(accountId).filter((c) => (c.at ?? 0) <= until);
    const entries: QueueColumn['entries'] = chips.map((chip) => ({
      at: chip.at ?? 0,
      slot: null,
      chip,
    }));
    const today = wallAt(world.now(), zone).date;
    for (let d = 0; d * DAY + world.now() < until; d += 1) {
      const date = addDays(today, d);
      const weekday = ((new Date(`${date}T12:00Z`).getUTCDay() + 6) % 7) + 1;
      if (paused.some((p) => p.accountId === accountId && p.date === date)) continue;
      for (const slot of mine.filter((s) => s.weekday === weekday)) {
        const at = instantOf(date, slot.time.slice(0, 5), zone);
        if (at <= world.now() || entries.some((e) => e.at === at)) continue;
        const wall = `${date}T${slot.time}`;
        entries.push({ at, slot: { slotId: slot.id, accountId, at, wall, zone }, chip: null });
      }
    }
    return {
      accountId,
      entries: entries.toSorted((a, b) => a.at - b.at),
      pausedDays: paused
        .filter((p) => p.accountId === accountId && p.date >= today)
        .map(({ date, reason }) => ({ date, reason, starts: instantOf(date, '00:00', zone) })),
      hasSlots: mine.length > 0,
    };
  };

  /** Queued posts in slots of a day. */
  const onDay = (accountId: string, date: string): Chip[] =>
    waiting(accountId).filter(
      (c) => c.timeSource === 'slot' && wallAt(c.at ?? 0, zone).date === date,
    );

  const log = (): ActivityEntry[] =>
    [...posts.posts.values()]
      .filter((p) => p.deletedAt === null)
      .flatMap((p) =>
        p.targets
          .filter((x) => x.state === 'published' || x.state === 'failed')
          .map((x): ActivityEntry => {
            const at = p.when.kind === 'scheduled' ? p.when.at : 0;
            const sent = x.state === 'published';
            return {
              cursor: `${at}:${x.id}`,
              postId: p.id,
              words: p.title || (p.segments[0]?.text.split('\n')[0] ?? ''),
              accountId: x.accountId,
              state: x.state,
              status: p.status,
              url: x.remoteUrl,
              nextTry: null,
              firstComment: null,
              attempt: {
                id: `att-${x.id}`,
                targetId: x.id,
                number: 1,
                startedAt: at,
                endedAt: at + 840,
                durationMs: 840,
                outcome: sent ? 'sent' : 'not_sent',
                category: sent ? null : 'validation',
                message: sent ? null : 'The text is 38 characters too long.',
                detail: sent ? null : '400 InvalidRequest: grapheme too big (maximum 300)',
                willRetry: false,
                nextTryAt: null,
                stepsDone: sent ? 1 : 0,
                placeAt: null,
              },
            };
          }),
      )
      .toSorted((a, b) => b.attempt.startedAt - a.attempt.startedAt);

  /** Nothing keeps this post from going out by itself. */
  const goesOut = (c: Chip) =>
    world.boot.calendars.every((x) => x.id !== c.calendarId || x.paused === null) &&
    c.targets.some((x) =>
      world.boot.accounts.some(
        (a) => a.id === x.accountId && a.paused === null && a.health.kind === 'ok',
      ),
    );

  return {
    'queue.view': ({ until }) => {
      const next = posts
        .all()
        .filter((c) => c.status === 'scheduled' && (c.at ?? 0) > world.now() && goesOut(c))
        .toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))[0];
      return {
        columns: world.boot.accounts.map((a) => column(a.id, until)),
        next: next ? { id: next.id, words: next.words, at: next.at ?? 0 } : null,
      };
    },
    'queue.pause_day_preview': ({ accountId, date }) => {
      if (date < wallAt(world.now(), zone).date)
        throw new ApiError('validation', 'That day is over. Choose today or a later day.', 'date');
      const there = paused.some((p) => p.accountId === accountId && p.date === date);
      return { posts: there ? 0 : onDay(accountId, date).length, paused: there };
    },
    'queue.pause_day': ({ accountId, date, reason }) => {
      const others = paused.filter((p) => p.accountId !== accountId || p.date !== date);
      const moving = reason === null ? [] : onDay(accountId, date);
      paused = reason === null ? others : [...others, { accountId, date, reason }];
      const free = column(accountId, world.now() + 60 * DAY).entries.filter((e) => !e.chip);
      const after = moving.flatMap((chip) => {
        const post = posts.posts.get(chip.id);
        const slot = free.find((e) => e.at > (chip.at ?? 0));
        if (!post || !slot) return [];
        free.splice(free.indexOf(slot), 1);
        const at = wallAt(slot.at, zone);
        return { ...post, when: whenAt(at.date, at.time, zone, true) };
      });
      const { value, ...rest } = posts.change('Paused a day', after);
      world.changed('slots', [accountId]);
      if (after.length > 0)
        world.changed(
          'post',
          after.map((p) => p.id),
        );
      return { ...rest, value: { posts: value } };
    },
    'slots.list': () => ({ slots }),
    'slots.preview': () => ({ affected: 0 }),
    'slots.replace': ({ accountId, zone: asked, slots: drafts }) => {
      slots = [
        ...slots.filter((s) => s.accountId !== accountId),
        ...drafts.map((d, i) => ({ id: `slot-${accountId}-${i}`, accountId, zone: asked, ...d })),
      ];
      world.changed('slots', [accountId]);
      return { value: { slots }, undo: null, notes: [] };
    },
    'activity.list': ({ before, limit }) => {
      const all = log();
      const from = before === null ? 0 : all.findIndex((e) => e.cursor === before) + 1;
      return { entries: all.slice(from, from + limit), more: all.length > from + limit };
    },
    'activity.troubles': () => {
      const failed = [...posts.posts.values()].filter((p) =>
        p.targets.some((x) => x.state === 'failed'),
      );
      if (failed.length === 0) return { troubles: [] };
      return {
        troubles: [
          {
            kind: 'failed',
            message:
              'Posts were not published on Bluesky. The text is 38 characters too long. They are still here.',
            detail: null,
            accountId: 'acc-ana',
            count: failed.length,
            posts: failed.map((p) => ({
              id: p.id,
              targetId: p.targets.find((x) => x.state === 'failed')?.id ?? '',
              words: p.segments[0]?.text.split('\n')[0] ?? '',
              at: p.when.kind === 'scheduled' ? p.when.at : null,
            })),
          },
        ],
      };
    },
    'public_files.get': () => publicFiles,
    'public_files.set': ({ storage }) => {
      publicFiles = { ...publicFiles, storage, hasKey: true };
      world.changed('settings', ['']);
      return { value: publicFiles, undo: null, notes: [] };
    },
    'public_files.remove': () => {
      publicFiles = { ...publicFiles, storage: null };
      world.changed('settings', ['']);
      return { value: publicFiles, undo: null, notes: [] };
    },
    'public_files.check': ({ storage }) => {
      if (storage.bucket === '')
        throw new ApiError('validation', 'The bucket has no name.', 'bucket');
      const step = (part: CheckStep['part']): CheckStep => ({ part, message: null, detail: null });
      if (storage.publicAddress === '')
        return { works: true, steps: [step('put'), step('fetch'), step('list'), step('remove')] };
      const message =
        'The public address does not answer with the file. Check the address, and that everybody may read the bucket.';
      const fetched = { part: 'fetch' as const, message, detail: '403: AccessDenied' };
      return { works: false, steps: [step('put'), fetched, step('list'), step('remove')] };
    },
    'accounts.readiness': ({ id }) => ({
      accounts: world.boot.accounts
        .filter((a) => a.workspaceId === id)
        .map((a) => ({ accountId: a.id, ready: a.health.kind === 'ok', lacks: [] })),
    }),
    'accounts.pause': ({ id, reason }) => {
      const accounts = world.boot.accounts.map((a) => (a.id === id ? { ...a, paused: reason } : a));
      world.boot = { ...world.boot, accounts };
      world.changed('account', [id]);
      const value = accounts.find((a) => a.id === id);
      if (!value) throw new ApiError('not_found', 'This account is not here any more.');
      return { value, undo: null, notes: [] };
    },
    'publisher.hold': ({ reason }) => held(reason || 'You held them.'),
    'publisher.release': () => held(null),
    'bin.list': () => ({
      entries: [...posts.posts.values()].flatMap((p) =>
        p.deletedAt === null
          ? []
          : {
              subject: 'post' as const,
              id: p.id,
              words: p.segments[0]?.text.split('\n')[0] ?? '',
              deletedAt: p.deletedAt,
              goneAt: p.deletedAt + 30 * DAY,
            },
      ),
    }),
    'bin.restore': ({ items }) => {
      for (const { id } of items) {
        const p = posts.posts.get(id);
        if (p) posts.posts.set(id, { ...p, deletedAt: null });
      }
      world.changed(
        'post',
        items.map((i) => i.id),
      );
      return { value: {}, undo: null, notes: [] };
    },
    'bin.purge': ({ items }) => {
      for (const { id } of items) posts.posts.delete(id);
      return {};
    },
    'data.status': () => ({
      folder: '/home/ana/.local/share/almanac',
      databaseBytes: 1_482_752,
      mediaBytes: 48_211_004,
      backups: [{ path: 'backups/1.db', at: world.now() - DAY, bytes: 1_400_000 }],
    }),
    'logs.tail': () => ({
      lines: ['2026-05-12T08:20:00Z  INFO published post=post-00001 account=acc-ana'],
    }),
    'csv.preview': ({ schedule }) => ({
      columns: [
        { heading: 'Date', means: 'date' },
        { heading: 'Text', means: 'text' },
        { heading: 'Clicks', means: null },
      ],
      good: 1,
      bad: 1,
      rows: [
        {
          line: 2,
          words: 'Spring sale opens on Friday',
          at: world.now() + 3 * DAY,
          problem: null,
          note: schedule ? null : 'becomes a plan',
        },
        { line: 3, words: 'Old news', at: null, problem: 'The date lies in the past.', note: null },
      ],
      notes: ['Dates such as 3/4 are read as day/month.'],
    }),
    'csv.import': () => ({
      value: { posts: 1, files: 0, leftOut: 1 },
      undo: null,
      notes: [],
    }),
  };

  function held(reason: string | null) {
    const publisher = { ...world.boot.publisher, held: reason };
    world.boot = { ...world.boot, publisher };
    world.changed('settings', ['']);
    return publisher;
  }
}
