/**
 * Where the window stands: its room and the post that is open. A window that goes, by closing, quitting
 * or a crash, is not left by the person: the next one begins there. A tab of a browser goes back to where
 * it stood itself, and never to where another one does.
 */
import type { Id } from '$lib/api';
import type { App } from './app.svelte';
import type { ViewId } from './router.svelte';

const ROOM = 'window.room';
const POST = 'window.post';

/** A post that is open, with the text and the part the cursor is in. */
export interface OpenPost {
  id: Id;
  tab: string;
  part: number;
}

function remembered<T>({ host, session }: App, name: string, fallback: T): T {
  if (!host.memory) return session.remembered(name, fallback);
  const text = host.memory.getItem(name);
  return text === null ? fallback : (JSON.parse(text) as T);
}

function remember({ host, session }: App, name: string, value: unknown): void {
  if (host.memory) host.memory.setItem(name, JSON.stringify(value));
  else session.remember(name, value);
}

export function rememberRoom(app: App): void {
  const { view } = app.router;
  if (remembered(app, ROOM, 'calendar') !== view) remember(app, ROOM, view);
}

/** Null once the person closed it: written at once, since a post must not come back that was closed. */
export function rememberPost(app: App, post: OpenPost | null): void {
  if (post === null && remembered(app, POST, null) === null) return;
  remember(app, POST, post);
  if (post === null) void app.session.flush();
}

/** Goes back to where the last window stood, if that is still there. */
export function comeBack(app: App, rooms: readonly ViewId[]): void {
  const last = remembered<string>(app, ROOM, 'calendar');
  const room = rooms.find((id) => id === last) ?? 'calendar';
  const post = remembered<OpenPost | null>(app, POST, null);
  if (room !== app.router.view) app.router.go(room);
  if (post) void reopen(app, post, room);
}

async function reopen(app: App, { id, tab, part }: OpenPost, room: ViewId): Promise<void> {
  try {
    const { deletedAt } = await app.api.posts.get({ id });
    // Something else was asked for meanwhile.
    if (app.router.composer !== null || app.router.view !== room) return;
    if (deletedAt === null) app.router.openPost(id, null, { tab, part });
  } catch {
    // It is gone for good: there is nothing to come back to.
  }
}
