/** What can be done with files of the library. */
import { ApiError, type Id, type MediaInfo } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { t } from '$lib/words';

/** Most files of one post, as the program takes them. */
export const MOST_IN_POST = 20;

/** Opens the composer with these files in it. */
export async function newPostWith(app: App, ids: readonly Id[]): Promise<void> {
  const some = ids.slice(0, MOST_IN_POST);
  if (some.length === 0) return;
  try {
    const media = await app.api.media.info({ ids: some });
    app.router.newPost({ media });
    if (ids.length > some.length) app.messages.info(t('library.tooMany', { most: MOST_IN_POST }));
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}

/**
 * Moves files to the bin. Those a post still to go out needs stay, and are named; `show` opens what
 * says where such a file is used. True when something was deleted.
 */
export async function removeFiles(
  app: App,
  ids: readonly Id[],
  name: string,
  show?: (id: Id) => void,
): Promise<boolean> {
  if (ids.length === 0) return false;
  try {
    const { value, notes } = await app.api.media.remove({ ids: [...ids] });
    const n = value.removed.length;
    app.done([t('library.deleted', { n, name }), ...notes].join('. '));
    return true;
  } catch (thrown) {
    const error = ApiError.from(thrown);
    const [id] = ids;
    if (error.code !== 'conflict' || !show || id === undefined) app.messages.failed(error);
    else
      app.messages.problem(error.message, {
        actions: [{ label: t('library.showUses'), run: () => show(id) }],
      });
    return false;
  }
}

/** Puts labels on files and takes others off. */
export async function labelFiles(
  app: App,
  ids: readonly Id[],
  add: string[],
  remove: string[],
): Promise<void> {
  if (ids.length === 0 || (add.length === 0 && remove.length === 0)) return;
  try {
    await app.api.media.label({ ids: [...ids], add, remove });
    app.done(t('library.labelled', { n: ids.length }));
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}

/** Shows a file where it lies on this computer. */
export async function showInFolder(app: App, id: Id): Promise<void> {
  try {
    const { path } = await app.api.media.place({ id });
    await app.host.reveal(path);
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}

/** Asks where to, and writes a copy there. */
export async function saveCopy(app: App, file: MediaInfo): Promise<void> {
  const { id, name } = file;
  const title = t('library.saveCopyTitle', { name });
  const path = await app.host.pickSaveFile({ title, name });
  if (path === null) return;
  try {
    await app.api.media.save_copy({ id, path });
    app.messages.info(t('library.copySaved', { name }));
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}
