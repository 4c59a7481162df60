import {
  ApiError,
  type Boot,
  type Id,
  type MediaInfo,
  type Place,
  type Post,
  type Scheduling,
  type Subject,
  type Written,
} from '$lib/api';
import type { CommandName, Input, Output } from '$lib/api/commands';
import { instantOf, wallAt } from '$lib/time';
import { type DemoState, chipOf, postOf, targetOf, wallOf, whenAt } from './state';

export interface DemoWorld {
  posts: DemoState;
  boot: Boot;
  now: () => number;
  /** Tells the screen, as the change feed does. */
  changed: (subject: Exclude<Subject, 'workspace' | 'publisher'>, ids: Id[]) => void;
  /** Files of the library, by id. */
  files: Map<Id, MediaInfo>;
}

export type Handlers = {
  [N in CommandName]?: (input: Input<N>) => Output<N> | Promise<Output<N>>;
};

const MOVABLE: Post['status'][] = ['publishing', 'placed', 'unconfirmed', 'your_turn'];

/** The commands of session, calendar, posts and history over a world in memory. */
export function coreCommands(world: DemoWorld): Handlers {
  const { posts } = world;
  const get = (id: Id): Post => {
    const p = posts.posts.get(id);
    if (p?.deletedAt !== null) throw new ApiError('not_found', 'This post is not here any more.');
    return p;
  };
  const write = (words: string, after: Post[]): Written<Post[]> => {
    const written = posts.change(words, after);
    world.changed(
      'post',
      after.map((p) => p.id),
    );
    return written;
  };
  const many = ({ value, ...rest }: Written<Post[]>) => ({ ...rest, value: { posts: value } });
  const one = ({ value, ...rest }: Written<Post[]>): Written<Post> => {
    const [first] = value;
    if (!first) throw new ApiError('internal', 'Nothing was written.');
    return { ...rest, value: first };
  };
  const timeOf = (p: Post): string | null => {
    if (p.when.kind === 'scheduled') return p.when.wall.slice(11, 16);
    return p.when.kind === 'planned' ? (p.when.time?.slice(0, 5) ?? null) : null;
  };
  const place = (p: Post, to: Place, scheduling: Scheduling = 'if_ready'): Post => {
    if (MOVABLE.includes(p.status))
      throw new ApiError('conflict', 'This post is going out right now.');
    const wall = wallOf(to, timeOf(p) ?? '09:00');
    if (wall === null)
      return { ...p, when: { kind: 'unplanned' }, editorial: 'draft', status: 'draft' };
    if (instantOf(wall.date, wall.time ?? '23:59', posts.zone) < world.now())
      throw new ApiError('validation', 'That is in the past.', 'when');
    // A planned post stays planned, unless it is asked to be scheduled.
    const asked = scheduling === 'must' || (scheduling === 'if_ready' && p.when.kind !== 'planned');
    const ready = p.targets.length > 0 && wall.time !== null && asked;
    if (scheduling === 'must' && !ready)
      throw new ApiError('validation', 'Choose an account first.', 'targets');
    return {
      ...p,
      when: whenAt(wall.date, wall.time, posts.zone, ready),
      editorial: ready ? 'scheduled' : p.editorial,
      status: ready ? 'scheduled' : p.status,
    };
  };
  const count = (n: number) => (n === 1 ? '1 post' : `${n} posts`);
  const copyOf = (p: Post): Post =>
    postOf({
      ...p,
      id: posts.newId(),
      accounts: [],
      status: 'draft',
      editorial: 'draft',
      when: { kind: 'unplanned' },
      version: 0,
    });

  return {
    'session.boot': () => world.boot,
    'settings.set': (settings) => {
      world.boot = { ...world.boot, settings };
      return { value: settings, undo: null, notes: [] };
    },
    'preferences.put': ({ key, value }) => {
      world.boot = { ...world.boot, preferences: { ...world.boot.preferences, [key]: value } };
      return {};
    },
    'labels.list': () => {
      const uses = new Map<string, number>();
      for (const c of posts.all())
        for (const label of c.labels) uses.set(label, (uses.get(label) ?? 0) + 1);
      return [...uses].map(([label, n]) => ({ label, posts: n }));
    },
    'posts.range': ({ from, to }) => ({
      chips: posts.all().filter((c) => c.at !== null && c.at >= from && c.at < to),
      lastSeq: 0,
    }),
    'posts.shelf': () => ({ chips: posts.all().filter((c) => c.at === null), lastSeq: 0 }),
    'posts.drafts': () => ({
      chips: posts.all().filter((c) => ['draft', 'in_review', 'approved'].includes(c.status)),
      lastSeq: 0,
    }),
    'posts.chips': ({ ids }) => ({
      chips: ids.flatMap((id) => posts.chip(id) ?? []),
      lastSeq: 0,
    }),
    'posts.get': ({ id }) => get(id),
    'posts.create': ({ draft, place: to, scheduling, calendarId }) => {
      const { targets, ...content } = draft;
      const id = posts.newId();
      const made = postOf({
        ...content,
        id,
        calendarId,
        targets: targets.map((t, k) => ({ ...targetOf(id, t.accountId, k, 'draft'), ...t })),
        version: 0,
      });
      const placed = place(made, to);
      const kept =
        scheduling === 'plan' && placed.when.kind === 'scheduled'
          ? {
              ...placed,
              editorial: 'draft' as const,
              status: 'draft' as const,
              when: whenAt(
                placed.when.wall.slice(0, 10),
                placed.when.wall.slice(11, 16),
                posts.zone,
                false,
              ),
            }
          : placed;
      return one(write('New post', [kept]));
    },
    'posts.move': ({ moves, scheduling }) =>
      many(
        write(
          `Moved ${count(moves.length)}`,
          moves.map((m) => place(get(m.id), m.place, scheduling)),
        ),
      ),
    'posts.shift_preview': ({ id, place: to }) => {
      const from = posts.chip(id)?.at ?? 0;
      const goal = to.kind === 'wall' ? to.wall : null;
      if (goal === null)
        throw new ApiError('validation', 'Only posts with a time can move the rest along.');
      const by = instantOf(goal.slice(0, 10), goal.slice(11, 16), posts.zone) - from;
      const chips = posts
        .all()
        .filter((c) => c.at !== null && c.at >= from && c.status !== 'published')
        .toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
      return {
        chips,
        moves: chips.map((c) => {
          const { date, time } = wallAt((c.at ?? 0) + by, posts.zone);
          return {
            id: c.id,
            place: { kind: 'wall' as const, wall: `${date}T${time}:00`, zone: null },
          };
        }),
      };
    },
    'posts.copy': ({ copies }) =>
      many(
        write(
          `Copied ${count(copies.length)}`,
          copies.map((m) => {
            const copy = copyOf(get(m.id));
            return m.place.kind === 'shelf'
              ? copy
              : place({ ...copy, when: get(m.id).when }, m.place);
          }),
        ),
      ),
    'posts.remove': ({ ids }) => ({
      ...write(
        `Deleted ${count(ids.length)}`,
        ids.map((id) => ({ ...get(id), deletedAt: world.now() })),
      ),
      value: {},
    }),
    'posts.label': ({ ids, add, remove }) =>
      many(
        write(
          `Labels of ${count(ids.length)}`,
          ids.map((id) => {
            const p = get(id);
            return {
              ...p,
              labels: [...new Set([...p.labels.filter((l) => !remove.includes(l)), ...add])],
            };
          }),
        ),
      ),
    'posts.crowded': () => ({ days: [] }),
    'targets.handed_over': ({ id }) => {
      const all = [...posts.posts.values()];
      const target = (p: Post) => p.targets.find((x) => x.id === id);
      const post = all.find(target);
      const segments = (post && target(post)?.overrideSegments) ?? post?.segments ?? [];
      return { folder: null, text: segments.map((s) => s.text).join('\n\n') };
    },
    'posts.publish_now': ({ id }) => {
      const p = get(id);
      const targets = p.targets.map((t, k) => targetOf(id, t.accountId, k, 'published'));
      return one(write('Published', [{ ...p, targets, status: 'published' }]));
    },
    'targets.take_back': ({ id }) => {
      const p = [...posts.posts.values()].find((q) => q.targets.some((t) => t.id === id));
      if (!p) throw new ApiError('not_found', 'This post is not here any more.');
      const targets = p.targets.map((t, k) =>
        t.id === id ? targetOf(p.id, t.accountId, k, 'scheduled') : t,
      );
      const held = targets.some((t) => t.state === 'placed');
      const status = held ? ('placed' as const) : ('scheduled' as const);
      return one(write('Taken back', [{ ...p, targets, status }]));
    },
    'targets.delete_on_network': ({ id }) => {
      const p = [...posts.posts.values()].find((q) => q.targets.some((t) => t.id === id));
      if (!p) throw new ApiError('not_found', 'This post is not here any more.');
      const back = { ...p, when: { kind: 'unplanned' as const }, editorial: 'draft' as const };
      const targets = p.targets.map((t, k) => targetOf(p.id, t.accountId, k, 'draft'));
      const written = one(write('Deleted on the network', [{ ...back, targets, status: 'draft' }]));
      return { ...written, notes: ['The text is a draft again, on the shelf.'] };
    },
    'posts.search': ({ query, limit }) => {
      const asked = query.toLowerCase();
      return {
        chips: [...posts.posts.values()]
          .filter((p) => p.deletedAt === null)
          .filter((p) => `${p.title} ${p.segments[0]?.text}`.toLowerCase().includes(asked))
          .slice(0, limit)
          .map(chipOf),
        lastSeq: 0,
      };
    },
    'posts.find': ({ query }) => {
      const asked = query.toLowerCase().split(/\s+/).filter(Boolean);
      const all = [...posts.posts.values()].filter((p) => p.deletedAt === null);
      const text = (p: Post) =>
        [p.title, p.notes, ...p.labels, ...p.segments.map((s) => s.text)].join(' ').toLowerCase();
      const has = (p: Post) => asked.length > 0 && asked.every((word) => text(p).includes(word));
      return { ids: all.filter(has).map((p) => p.id) };
    },
    'queue.next_free': () => ({ slot: null }),
    'history.undo': () => turn('undo'),
    'history.redo': () => turn('redo'),
    'history.list': () => posts.history(),
  };

  function turn(which: 'undo' | 'redo') {
    const step = posts.turn(which);
    if (step) world.changed('post', step.ids);
    const done = which === 'undo' ? 'Undone' : 'Done again';
    return {
      words: step ? `${done}: ${step.words}` : null,
      posts: step?.ids ?? [],
      lookAt: null,
      notes: [],
    };
  }
}
