import { ApiError, type Account, type Calendar, type Workspace, type Written } from '$lib/api';
import { instantOf, wallAt } from '$lib/time';
import type { DemoWorld, Handlers } from './commands';
import { whenAt } from './state';

const written = <T>(value: T): Written<T> => ({ value, undo: null, notes: [] });

/** The commands of workspaces, calendars, removed accounts and the order of the queue in memory. */
export function placeCommands(world: DemoWorld): Handlers {
  const { posts } = world;
  let made = 0;

  function calendar(id: string, fields: Partial<Calendar>): Written<Calendar> {
    const before = world.boot.calendars.find((c) => c.id === id);
    if (!before) throw new ApiError('not_found', 'This calendar is not here any more.');
    const after = { ...before, ...fields };
    const calendars = world.boot.calendars.map((c) => (c.id === id ? after : c));
    world.boot = { ...world.boot, calendars };
    world.changed('calendar', [id]);
    return written(after);
  }
  const dollars = (micros: number) => `$${(micros / 1_000_000).toFixed(2)}`;
  function workspaceOf(id: string): Workspace {
    const found = world.boot.workspaces.find((w) => w.id === id);
    if (!found) throw new ApiError('not_found', 'This workspace is not here any more.');
    return found;
  }
  function account(id: string): Account {
    const found = world.boot.accounts.find((a) => a.id === id);
    if (!found) throw new ApiError('not_found', 'This account is not here any more.');
    return found;
  }

  return {
    'workspaces.create': ({ name, zone }) => {
      made += 1;
      const workspace: Workspace = {
        id: `ws-n${made}`,
        name,
        createdAt: world.now(),
        monthlyBudget: null,
      };
      const first: Calendar = {
        id: `cal-n${made}`,
        workspaceId: workspace.id,
        name: 'Main',
        description: '',
        zone: zone ?? posts.zone,
        workingHours: [],
        defaultAccounts: [],
        graceMinutes: 120,
        mostPosts: null,
        status: 'active',
        paused: null,
        createdAt: world.now(),
      };
      const { workspaces, calendars } = world.boot;
      world.boot = {
        ...world.boot,
        workspaces: [...workspaces, workspace],
        calendars: [...calendars, first],
      };
      world.changed('calendar', [first.id]);
      return written(workspace);
    },
    'workspaces.rename': ({ id, name }) => {
      const workspaces = world.boot.workspaces.map((w) => (w.id === id ? { ...w, name } : w));
      world.boot = { ...world.boot, workspaces };
      world.changed('calendar', [id]);
      return written(workspaceOf(id));
    },
    'workspaces.set_budget': ({ id, microDollars }) => {
      const monthlyBudget = microDollars === 0 ? null : microDollars;
      const workspaces = world.boot.workspaces.map((w) =>
        w.id === id ? { ...w, monthlyBudget } : w,
      );
      world.boot = { ...world.boot, workspaces };
      world.changed('calendar', [id]);
      return written(workspaceOf(id));
    },
    'workspaces.spending': ({ id }) => {
      const budget = workspaceOf(id).monthlyBudget;
      return {
        month: '2026-05',
        from: 0,
        to: 0,
        budget,
        spent: 0,
        planned: 0,
        posts: 0,
        charged: false,
        summary:
          budget === null ? '$0.00 spent in May.' : `$0.00 of ${dollars(budget)} spent in May.`,
      };
    },
    'workspaces.remove': ({ id }) => {
      world.boot = {
        ...world.boot,
        workspaces: world.boot.workspaces.filter((w) => w.id !== id),
        calendars: world.boot.calendars.filter((c) => c.workspaceId !== id),
      };
      world.changed('calendar', [id]);
      return written({});
    },
    'calendars.create': ({ workspaceId, draft }) => {
      made += 1;
      const id = `cal-n${made}`;
      const fresh: Calendar = {
        ...draft,
        id,
        workspaceId,
        status: 'active',
        paused: null,
        createdAt: world.now(),
      };
      world.boot = { ...world.boot, calendars: [...world.boot.calendars, fresh] };
      world.changed('calendar', [id]);
      return written(fresh);
    },
    'calendars.update': ({ id, draft }) => calendar(id, draft),
    'calendars.archive': ({ id, archived }) =>
      calendar(id, { status: archived ? 'archived' : 'active' }),
    'calendars.pause': ({ id, reason }) => calendar(id, { paused: reason }),
    'calendars.remove': ({ id }) => {
      world.boot = { ...world.boot, calendars: world.boot.calendars.filter((c) => c.id !== id) };
      world.changed('calendar', [id]);
      return written({});
    },
    'accounts.check': ({ id }) => account(id),
    'accounts.remove': ({ id }) => {
      account(id);
      world.boot = { ...world.boot, accounts: world.boot.accounts.filter((a) => a.id !== id) };
      world.changed('account', [id]);
      return written({});
    },
    'queue.reorder': ({ ids }) => {
      const waiting = ids.flatMap((id) => posts.posts.get(id) ?? []);
      const walls = waiting
        .flatMap((p) => (p.when.kind === 'scheduled' ? p.when.wall : []))
        .toSorted((a, b) => at(a) - at(b));
      const after = waiting.map((p, i) => {
        const [date = '', time = ''] = (walls[i] ?? '').split('T');
        return { ...p, when: whenAt(date, time.slice(0, 5), posts.zone, true) };
      });
      const { value, ...rest } = posts.change('Changed the order of the queue', after);
      world.changed('post', ids);
      return { ...rest, value: { posts: value } };
    },
    'queue.into_slot': ({ id, at: asked }) => {
      const post = posts.posts.get(id);
      if (!post) throw new ApiError('not_found', 'This post is not here any more.');
      const { date, time } = wallAt(asked, posts.zone);
      const when = whenAt(date, time, posts.zone, true);
      const { value, ...rest } = posts.change('Moved in the queue', [{ ...post, when }]);
      world.changed('post', [id]);
      return { ...rest, value: value[0] ?? post };
    },
    'vault.use_sealed_file': () => vault(),
    'vault.unlock': ({ passphrase }) => {
      if (passphrase.startsWith('not '))
        throw new ApiError('permission', 'This passphrase does not open the file.', 'passphrase');
      return vault();
    },
  };

  function at(wall: string): number {
    return instantOf(wall.slice(0, 10), wall.slice(11, 16), posts.zone);
  }
  function vault() {
    world.boot = { ...world.boot, vault: { kind: 'sealed_file', problem: null } };
    return world.boot.vault;
  }
}
