/**
 * Where the window stands: its room and the post that is open. A window that goes, by closing, quitting
 * or a crash, is not left by the person: the next one begins there.
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

export function rememberRoom(app: App): void {
  const { view } = app.router;
  if (app.session.remembered(ROOM, 'calendar') !== view) app.session.remember(ROOM, view);
}

/** Null once the person closed it: written at once, since a post must not come back that was closed. */
export function rememberPost(app: App, post: OpenPost | null): void {
  if (post === null && app.session.remembered(POST, null) === null) return;
  app.session.remember(POST, post);
  if (post === null) void app.session.flush();
}

/** Goes back to where the last window stood, if that is still there. */
export function comeBack(app: App, rooms: readonly ViewId[]): void {
  const last = app.session.remembered<string>(ROOM, 'calendar');
  const room = rooms.find((id) => id === last) ?? 'calendar';
  const post = app.session.remembered<OpenPost | null>(POST, null);
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
