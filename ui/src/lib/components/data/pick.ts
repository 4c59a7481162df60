import { ApiError, type Counts } from '$lib/api';
import type { App } from '$lib/state/app.svelte';
import { t } from '$lib/words';

/** The last part of a path, as people name a file. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

/** 1.4 MB, 12 kB: decimal, as file managers write it. */
export function size(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return new Intl.NumberFormat('en-GB', {
    style: 'unit',
    unit: units[step] ?? 'byte',
    // The short form has no plural.
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step < 2 ? 0 : 1,
  }).format(bytes / 1000 ** step);
}

/** Asks where to save, writes, and says so. */
async function write(
  app: App,
  title: string,
  name: string,
  work: (path: string) => Promise<Counts>,
): Promise<void> {
  const path = await app.host.pickSaveFile({ title, name });
  if (!path) return;
  try {
    const counts = await work(path);
    app.messages.info(t('data.exported', { n: counts.posts, file: fileName(path) }));
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}

const here = (app: App) => [app.session.data?.calendarId ?? ''];

export const exportCsv = (app: App) =>
  write(app, t('data.exportCsv'), 'posts.csv', (path) =>
    app.api.csv.export({ path, calendars: here(app) }),
  );

export const exportIcs = (app: App) =>
  write(app, t('data.exportIcs'), 'calendar.ics', (path) =>
    app.api.ics.export({ path, calendars: here(app) }),
  );

export const exportAll = (app: App) =>
  write(app, t('data.exportAll'), 'almanac-export.zip', (path) => app.api.bundle.export({ path }));

/** Asks for the CSV file to take in; null when the person changed their mind. */
export async function pickCsv(app: App): Promise<string | null> {
  const [path] = await app.host.pickFiles({
    title: t('csv.title'),
    extensions: ['csv', 'tsv', 'txt'],
  });
  return path ?? null;
}

/** Takes a full export into an empty program. */
export async function importAll(app: App): Promise<void> {
  const [path] = await app.host.pickFiles({ title: t('data.importAll'), extensions: ['zip'] });
  if (!path) return;
  try {
    const counts = await app.api.bundle.import({ path });
    await Promise.all([app.session.refresh(), app.posts.reload()]);
    app.messages.info(t('data.importedAll', { n: counts.posts }));
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}

/** Writes the bundle for a bug report. */
export async function exportDiagnostics(app: App): Promise<void> {
  const title = t('data.diagnostics');
  const path = await app.host.pickSaveFile({ title, name: 'almanac-diagnostics.zip' });
  if (!path) return;
  try {
    await app.api.diagnostics.export({ path });
    app.messages.info(t('data.diagnosticsDone', { file: fileName(path) }));
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}
