import { ApiError, type Id, type NewPost, type Place, type Written } from '$lib/api';
import type { CommandName, Input, Output } from '$lib/api/commands';
import type { SessionState, Settings } from '$lib/api';
import { instantOf } from '$lib/time';
import type { DemoPost, DemoState } from './state';

export interface DemoWorld {
  posts: DemoState;
  session: SessionState;
  now: () => number;
  /** Tells the screen, as the change feed does. */
  changed: (subject: string, ids: Id[]) => void;
}

export type Handlers = {
  [N in CommandName]?: (input: Input<N>) => Output<N> | Promise<Output<N>>;
};

/** The commands of calendar, posts and history over a world in memory. */
export function coreCommands(world: DemoWorld): Handlers {
  const { posts } = world;
  const get = (id: Id): DemoPost => {
    const p = posts.posts.get(id);
    if (!p || p.deleted) throw new ApiError('not_found', 'This post is not here any more.');
    return p;
  };
  const written = (what: string, after: DemoPost[]): Written => {
    const chips = posts.change(what, after);
    world.session = { ...world.session, firstStart: false };
    world.changed(
      'post',
      after.map((p) => p.id),
    );
    return { posts: chips, history: posts.history() };
  };
  const placed = (p: DemoPost, to: Place): DemoPost => {
    const at = instantOf(to.date, to.time ?? '23:59', posts.zone);
    if (at < world.now()) throw new ApiError('validation', 'That is in the past.', 'when');
    if (p.status === 'publishing')
      throw new ApiError('conflict', 'This post is going out right now.');
    const ready = p.accounts.length > 0 && to.time !== null;
    const status = ['draft', 'scheduled', 'failed', 'missed', 'cancelled'].includes(p.status)
      ? ready
        ? 'scheduled'
        : 'draft'
      : p.status;
    return { ...p, date: to.date, time: to.time, status };
  };
  const count = (n: number) => (n === 1 ? '1 post' : `${n} posts`);
  const fresh = (input: NewPost): DemoPost => ({
    id: posts.newId(),
    title: input.title ?? '',
    segments: input.segments,
    accounts: input.accounts,
    date: input.date ?? null,
    time: input.time ?? null,
    status: input.date && input.time && input.accounts.length > 0 ? 'scheduled' : 'draft',
    labels: input.labels ?? [],
    mediaCount: 0,
    version: 1,
    deleted: false,
  });

  return {
    'session.start': () => ({ ...world.session, history: posts.history() }),
    'session.choose': ({ calendarId }) => (world.session = { ...world.session, calendarId }),
    'session.dismissWelcome': () => {
      world.session = { ...world.session, firstStart: false };
      return null;
    },
    'settings.change': (change) => {
      const settings: Settings = { ...world.session.settings, ...change };
      world.session = { ...world.session, settings };
      return settings;
    },
    'calendar.range': ({ from, to }) =>
      posts.all().filter((c) => c.at !== null && c.at >= from && c.at < to),
    'calendar.shelf': () => posts.all().filter((c) => c.at === null),
    'calendar.chips': ({ ids }) => ids.flatMap((id) => posts.chip(id) ?? []),
    'calendar.nextSlot': () => null,
    'posts.peek': ({ id }) => {
      const p = get(id);
      const chip = posts.chip(id);
      if (!chip) throw new ApiError('not_found', 'This post is not here any more.');
      return {
        chip,
        text: p.segments.map((s) => s.text),
        notes: '',
        media: [],
        links:
          p.status === 'published'
            ? p.accounts.map((accountId) => ({ accountId, url: `https://example.com/${id}` }))
            : [],
        problems: p.status === 'failed' ? ['The text is 38 characters too long.'] : [],
      };
    },
    'posts.create': (input) => written('New post', [fresh(input)]),
    'posts.createFromFiles': ({ calendarId, date, time, paths }) =>
      written('New post with files', [
        {
          ...fresh({ calendarId, segments: [{ text: '', media: [] }], accounts: [], date, time }),
          title: paths[0]?.split('/').at(-1) ?? '',
          mediaCount: paths.length,
        },
      ]),
    'posts.move': ({ places }) =>
      written(
        `Move ${count(places.length)}`,
        places.map((to) => placed(get(to.id), to)),
      ),
    'posts.copyTo': ({ places }) =>
      written(
        `Copy ${count(places.length)}`,
        places.map((to) =>
          placed({ ...get(to.id), id: posts.newId(), status: 'draft', version: 1 }, to),
        ),
      ),
    'posts.unschedule': ({ ids }) =>
      written(
        `Put ${count(ids.length)} on the shelf`,
        ids.map((id) => ({ ...get(id), date: null, time: null, status: 'draft' as const })),
      ),
    'posts.duplicate': ({ ids }) =>
      written(
        `Copy ${count(ids.length)} to the shelf`,
        ids.map((id) => ({
          ...get(id),
          id: posts.newId(),
          date: null,
          time: null,
          status: 'draft' as const,
          version: 1,
        })),
      ),
    'posts.delete': ({ ids }) =>
      written(
        `Delete ${count(ids.length)}`,
        ids.map((id) => ({ ...get(id), deleted: true })),
      ),
    'posts.setLabels': ({ ids, add, remove }) =>
      written(
        `Labels of ${count(ids.length)}`,
        ids.map((id) => {
          const p = get(id);
          const labels = [...new Set([...p.labels.filter((l) => !remove.includes(l)), ...add])];
          return { ...p, labels };
        }),
      ),
    'posts.publishNow': ({ ids }) => {
      const result = written(
        `Publish ${count(ids.length)}`,
        ids.map((id) => ({ ...get(id), status: 'published' as const })),
      );
      return result;
    },
    'posts.deleteOnNetwork': ({ id }) =>
      written('Delete on the network', [{ ...get(id), date: null, time: null, status: 'draft' }]),
    'posts.search': ({ text, limit }) => {
      const asked = text.toLowerCase();
      return posts
        .all()
        .filter((c) => c.words.toLowerCase().includes(asked))
        .slice(0, limit);
    },
    'history.undo': () => turn('undo'),
    'history.redo': () => turn('redo'),
  };

  function turn(which: 'undo' | 'redo') {
    const step = posts.turn(which);
    if (step) world.changed('post', step.ids);
    return { what: step?.what ?? null, history: posts.history() };
  }
}
