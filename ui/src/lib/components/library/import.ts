/** Files on their way into the library. */
import { ApiError, type MediaImported } from '$lib/api';
import { refusedWords } from '$lib/components/composer/refused';
import type { App } from '$lib/state/app.svelte';
import { t } from '$lib/words';

/** Kinds of file that the window of files offers. */
export const EXTENSIONS = [
  'png',
  'jpg',
  'jpeg',
  'gif',
  'webp',
  'avif',
  'heic',
  'mp4',
  'mov',
  'webm',
  'pdf',
];
/** Files the program takes in one call. */
const MOST = 500;

/** What comes of no files. */
export const nothing = (): MediaImported => ({ files: [], refused: [], joined: 0, left: 0 });

function join(all: MediaImported, more: MediaImported): MediaImported {
  return {
    files: [...all.files, ...more.files],
    refused: [...all.refused, ...more.refused],
    joined: all.joined + more.joined,
    left: all.left + more.left,
  };
}

/** Takes files of this computer in, however many, and says what came of it. */
export function importPaths(
  app: App,
  read: () => Promise<readonly string[]>,
): Promise<MediaImported | null> {
  return tell(app, async () => takePaths(app, await read()));
}

async function takePaths(app: App, paths: readonly string[]): Promise<MediaImported> {
  let all = nothing();
  for (let at = 0; at < paths.length; at += MOST) {
    all = join(all, await app.api.media.import({ paths: paths.slice(at, at + MOST) }));
    // Whoever stops means all of it.
    if (all.left > 0) return { ...all, left: all.left + Math.max(0, paths.length - at - MOST) };
  }
  return all;
}

/** Asks for files and takes them in. */
export function pickFiles(app: App): Promise<MediaImported | null> {
  const title = t('library.pick');
  return importPaths(app, () => app.host.pickFiles({ title, extensions: EXTENSIONS, many: true }));
}

/** Takes in what was pasted, and says what came of it. */
export function importPasted(app: App, given: readonly File[]): Promise<MediaImported | null> {
  return tell(app, () => takePasted(app, given));
}

/** Takes in what the page was given of what was pasted; where it was given nothing, the desktop is asked. */
export async function takePasted(app: App, given: readonly File[]): Promise<MediaImported> {
  const { paths, files } = given.length > 0 ? { paths: [], files: given } : await app.host.pasted();
  let all = await takePaths(app, paths);
  for (const file of files) {
    const name = file.name || t('library.pastedName');
    const data = await base64(file);
    all = join(all, await app.api.media.import_bytes({ name, data }));
  }
  return all;
}

async function tell(app: App, read: () => Promise<MediaImported>): Promise<MediaImported | null> {
  try {
    const done = await read();
    say(app, done);
    return done;
  } catch (error) {
    app.messages.failed(ApiError.from(error));
    return null;
  }
}

/** One line: how many came, how many were there before, how many were left out, and what was refused. */
export function say(app: App, done: MediaImported): void {
  const { files, joined, left, refused } = done;
  const fresh = files.length - joined;
  const parts = [
    fresh > 0 || (joined === 0 && files.length > 0) ? t('library.added.n', { n: fresh }) : '',
    joined > 0 ? t('library.added.joined', { n: joined }) : '',
    left > 0 ? t('library.added.left', { n: left }) : '',
  ].filter(Boolean);
  if (refused.length > 0) app.messages.problem([...parts, refusedWords(refused)].join('. '));
  else if (parts.length > 0) app.messages.info(parts.join(' · '));
}

function base64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
