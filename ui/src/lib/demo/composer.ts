/** The composer's commands over a world in memory. */
import { ALL, shaped } from '$lib/picture/area';
import {
  ApiError,
  type Attempt,
  type Draft,
  type Id,
  type Post,
  type SlotTime,
  type Target,
  type Written,
} from '$lib/api';
import { addDays, instantOf, wallAt, weekday } from '$lib/time';
import type { DemoWorld, Handlers } from './commands';
import { checkDraft, measure, resolvePlace } from './composerCheck';
import { readDate } from './dates';
import { pictureCommands } from './pictures';
import { draftOf, targetOf, whenAt } from './state';

/** Weekly times of the demo's accounts. */
const SLOTS = [
  { weekday: 2, time: '14:30' },
  { weekday: 4, time: '14:30' },
  { weekday: 6, time: '10:00' },
];
/** What a post is limited to that goes nowhere yet, when it is split. */
const SPLIT_AT = 300;

export function composerCommands(world: DemoWorld): Handlers {
  const { posts } = world;
  const sessions = new Map<Id, string>();

  const get = (id: Id): Post => {
    const p = posts.posts.get(id);
    if (p?.deletedAt !== null) throw new ApiError('not_found', 'This post is not here any more.');
    return p;
  };
  const write = (words: string, post: Post): Written<Post> => {
    const { value, ...rest } = posts.change(words, [post]);
    world.changed('post', [post.id]);
    return { ...rest, value: value[0] ?? post };
  };
  const owner = (targetId: Id): { post: Post; target: Target } => {
    for (const post of posts.posts.values()) {
      const target = post.targets.find((x) => x.id === targetId);
      if (target) return { post, target };
    }
    throw new ApiError('not_found', 'This post is not here any more.');
  };
  const withState = (
    id: Id,
    words: string,
    change: Partial<Target>,
    undoable = false,
  ): Written<Post> => {
    const { post } = owner(id);
    const targets = post.targets.map((x) => (x.id === id ? { ...x, ...change } : x));
    const all = (state: Target['state']) => targets.every((x) => x.state === state);
    const status = all('published')
      ? 'published'
      : all('cancelled')
        ? 'cancelled'
        : targets.some((x) => x.state === 'failed')
          ? 'failed'
          : 'scheduled';
    const written = write(words, { ...post, targets, status });
    return undoable ? written : { ...written, undo: null };
  };
  /** Every delivery of these posts called off, or called for again. */
  const withAll = (ids: Id[], words: string, status: 'cancelled' | 'scheduled') => {
    const all = ids.map((id) => {
      const post = get(id);
      const targets = post.targets.map((x, k) => targetOf(id, x.accountId, k, status));
      return { ...post, targets, editorial: status, status };
    });
    const { value, ...rest } = posts.change(words, all);
    world.changed('post', ids);
    return { ...rest, value: { posts: value } };
  };
  /** Text and the rest into the post itself. */
  const confirm = (post: Post, draft: Draft): Post => {
    const { targets, ...content } = draft;
    return {
      ...post,
      ...content,
      workingCopy: null,
      held: false,
      targets: targets.map((t, k) => ({
        ...(post.targets.find((x) => x.accountId === t.accountId) ??
          targetOf(post.id, t.accountId, k, 'draft')),
        ...t,
      })),
    };
  };
  const freeSlot = (accountIds: Id[], after: number): SlotTime | null => {
    const [accountId] = accountIds;
    if (accountId === undefined) return null;
    const { zone } = posts;
    const taken = new Set(posts.all().map((c) => c.at));
    const today = wallAt(after, zone).date;
    for (let d = 0; d < 60; d += 1) {
      const date = addDays(today, d);
      for (const slot of SLOTS) {
        const at = instantOf(date, slot.time, zone);
        if (slot.weekday !== weekday(date) || at <= after || taken.has(at)) continue;
        const wall = `${date}T${slot.time}:00`;
        return { slotId: `slot-${slot.weekday}`, accountId, at, wall, zone };
      }
    }
    return null;
  };

  return {
    'targets.comment_again': ({ id }) =>
      withState(id, 'Wrote a comment again', {
        firstComment: { state: 'written', message: null, detail: null, nextTryAt: null, tries: 1 },
      }),
    'targets.leave_comment': ({ id }) =>
      withState(id, 'Left a comment', {
        firstComment: { state: 'left', message: null, detail: null, nextTryAt: null, tries: 1 },
      }),
    'posts.open': ({ id }) => get(id),
    'posts.close': ({ id }) => get(id),
    'posts.save': ({ id, draft, version, session }) => {
      const post = get(id);
      if (post.version !== version)
        throw new ApiError('conflict', 'This post was changed elsewhere.');
      const after =
        post.editorial === 'scheduled' ? { ...post, workingCopy: draft } : confirm(post, draft);
      if (sessions.get(id) !== session) {
        sessions.set(id, session);
        return write('Edited', after);
      }
      // All saves of one opening are one step of the history.
      const value = { ...after, version: post.version + 1, updatedAt: world.now() };
      posts.posts.set(id, value);
      world.changed('post', [id]);
      return { value, undo: null, notes: [] };
    },
    'posts.confirm_edit': ({ id }) => {
      const post = get(id);
      return write('Updated', confirm(post, post.workingCopy ?? draftOf(post)));
    },
    'posts.discard_edit': ({ id }) =>
      write('Discarded an edit', { ...get(id), workingCopy: null, held: false }),
    'posts.schedule_next': ({ id, accountId }) => {
      const post = get(id);
      const ids = accountId ? [accountId] : post.targets.map((x) => x.accountId);
      const slot = freeSlot(ids, world.now());
      if (!slot) throw new ApiError('validation', 'No account has a free slot.');
      const when = whenAt(slot.wall.slice(0, 10), slot.wall.slice(11, 16), posts.zone, true);
      return write('Scheduled', {
        ...post,
        when,
        timeSource: 'slot',
        editorial: 'scheduled',
        status: 'scheduled',
      });
    },
    'posts.editorial': ({ ids, status }) => {
      const all = ids.map((id) => {
        const post = get(id);
        const { when } = post;
        const planned =
          when.kind === 'scheduled' && status !== 'scheduled'
            ? whenAt(when.wall.slice(0, 10), when.wall.slice(11, 16), when.zone, false)
            : when;
        return { ...post, editorial: status, status, when: planned };
      });
      const { value, ...rest } = posts.change('Changed the status', all);
      world.changed('post', ids);
      return { ...rest, value: { posts: value } };
    },
    'posts.cancel': ({ ids }) => withAll(ids, 'Called off', 'cancelled'),
    'posts.use_again': ({ ids }) => withAll(ids, 'Used again', 'scheduled'),
    'posts.check': (input) => checkDraft(world, input),
    'posts.attempts': ({ id }) => ({
      attempts: get(id).targets.flatMap((target): Attempt[] =>
        target.state === 'waiting'
          ? []
          : [
              {
                id: `attempt-${target.id}`,
                targetId: target.id,
                number: 1,
                startedAt: world.now() - 60_000,
                endedAt: world.now() - 59_400,
                durationMs: 600,
                outcome: target.state === 'published' ? 'sent' : 'not_sent',
                category: target.failure?.category ?? null,
                message: target.failure?.message ?? null,
                detail: target.failure?.detail ?? null,
                willRetry: false,
                nextTryAt: null,
                stepsDone: 0,
                placeAt: null,
              },
            ],
      ),
    }),
    'queue.next_free': ({ accountIds, after }) => ({
      slot: freeSlot(accountIds, after ?? world.now()),
    }),
    'dates.parse': ({ text, zone, base }) => {
      const today = wallAt(world.now(), zone).date;
      const from = base?.slice(0, 10) ?? today;
      const found = readDate(text, today, from);
      if (!found)
        throw new ApiError(
          'validation',
          `“${text}” is not understood. Try “fri 9”, “+2w” or “14.5. 16:30”.`,
        );
      const time = found.time ?? base?.slice(11, 16) ?? '09:00';
      const place = { kind: 'wall' as const, wall: `${found.date}T${time}:00`, zone };
      const resolved = resolvePlace(world, place);
      if (!resolved) throw new ApiError('validation', 'That is no time.');
      return { ...resolved, dateGiven: found.dateGiven, timeGiven: found.time !== null };
    },
    'text.split': ({ text, targets }) => {
      const limits = targets.flatMap(({ accountId }) => {
        const network = world.boot.accounts.find((a) => a.id === accountId)?.network;
        return world.boot.catalogue.find((e) => e.key === network) ?? [];
      });
      const fits = (part: string) =>
        limits.every((entry) => measure(entry, part).overFrom === null) &&
        part.length <= SPLIT_AT * 10;
      const parts: string[] = [];
      let part = '';
      for (const word of text.split(/(?<=\s)/)) {
        if (part !== '' && !fits((part + word).trim())) {
          parts.push(part.trim());
          part = '';
        }
        part += word;
      }
      parts.push(part.trim());
      return { parts };
    },
    'links.card': ({ url }) => ({
      url,
      title: 'Open day at the press',
      description: 'Come and see how a book is made, from type to binding. Free entry, cake.',
      image: null,
    }),
    'media.tools': () => ({ ready: true, version: '7.1', advice: '' }),
    ...pictureCommands(world, (id) => world.files.get(id)),
    'media.best_part': ({ ratio: [across, down] }) => shaped(ALL, across / down),
    'targets.retry': ({ id }) =>
      withState(id, 'Try again', { state: 'waiting', failure: null, notBefore: null }),
    'targets.cancel': ({ id }) => withState(id, 'Called off', { state: 'cancelled' }, true),
    'targets.use_again': ({ id }) => withState(id, 'Used again', { state: 'waiting' }, true),
    'targets.say_published': ({ id, url }) =>
      withState(id, 'Published', {
        state: 'published',
        remoteUrl: url,
        publishedAt: world.now(),
      }),
    'targets.send_again': ({ id }) => withState(id, 'Send again', { state: 'waiting' }),
    'targets.give_up': ({ id }) => withState(id, 'Given up', { state: 'failed' }),
  };
}
