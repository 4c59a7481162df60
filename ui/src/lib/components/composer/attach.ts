/** Files on their way into a post: chosen, pasted or dropped. */
import { ApiError, type MediaImported, type MediaInfo } from '$lib/api';
import { EXTENSIONS, nothing, takePasted } from '$lib/components/library/import';
import { t } from '$lib/words';
import type { Composer } from './composer.svelte';
import { addMedia, type Tab } from './draft';
import { refusedWords } from './refused';

/** Asks for files and attaches them. */
export function pickMedia(c: Composer, tab: Tab, part: number): Promise<void> {
  const title = t('composer.media.pick');
  return attachPaths(c, tab, part, () =>
    c.app.host.pickFiles({ title, extensions: EXTENSIONS, many: true }),
  );
}

/** Attaches files of this computer. A browser has to send them first, which is part of their way. */
export function attachPaths(
  c: Composer,
  tab: Tab,
  part: number,
  read: () => Promise<string[]>,
): Promise<void> {
  return attach(c, tab, part, async () => {
    const paths = await read();
    return paths.length > 0 ? c.app.api.media.import({ paths }) : nothing();
  });
}

/** Attaches pictures and files from the clipboard. */
export function attachPasted(c: Composer, tab: Tab, part: number, files: readonly File[]) {
  return attach(c, tab, part, () => takePasted(c.app, files));
}

/** Attaches files of the library, each with what is written about it. */
export function attachFiles(c: Composer, tab: Tab, part: number, files: readonly MediaInfo[]) {
  if (files.length === 0) return;
  c.learn(files);
  const uses = files.map((f) => ({ mediaId: f.id, alt: f.alt }));
  c.edit(addMedia(c.draft, tab, part, uses));
  c.app.announcer.say(t('composer.media.added', { n: files.length }));
}

function attach(c: Composer, tab: Tab, part: number, read: () => Promise<MediaImported>) {
  return c.incoming.add(async (wanted) => {
    try {
      const taken = await read();
      if (wanted()) put(c, tab, part, taken);
    } catch (thrown) {
      if (wanted()) c.refuse(ApiError.from(thrown));
    }
  });
}

function put(c: Composer, tab: Tab, part: number, { files, refused }: MediaImported): void {
  // What was refused since they were not in yet can be tried again.
  if (c.refused?.message === t('composer.blocked.attaching')) c.refused = null;
  attachFiles(c, tab, part, files);
  if (refused.length > 0) c.refuse(new ApiError('media', refusedWords(refused)));
}
