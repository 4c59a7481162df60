import { ApiError, type Place } from '$lib/api';
import { emptyDraft } from '$lib/components/composer/draft';
import { refusedWords } from '$lib/components/composer/refused';
import { importPaths } from '$lib/components/library/import';
import { isPast, timeOfMinute } from '$lib/time';
import { t } from '$lib/words';
import type { CalendarController } from './controller.svelte';
import type { DropTarget, Plan } from './drag/plan';
import { refusalText } from './drag/words';
import { hitTest } from './hit';
import { placeOf } from './moves';
import { newTime } from './new-posts';

/**
 * Files dropped from the desktop onto a day or the shelf start a post with them there; onto the
 * files of the library they only join these.
 */
export function acceptFiles(calendar: CalendarController): () => void {
  const { app } = calendar;
  return app.host.onFileDrag((drag) => {
    if (app.router.composer !== null) return;
    const target = drag.kind === 'leave' ? null : hitTest(drag.x, drag.y, false);
    const lit = drag.kind === 'drop' ? null : target;
    calendar.drag.target = lit;
    calendar.drag.plan = lit && filesPlan(calendar, lit);
    if (drag.kind !== 'drop') return;
    if (!target) app.messages.info(t('files.nowhere'));
    else if (target.kind !== 'shelf') {
      const exact = target.kind === 'time' ? timeOfMinute(target.minute) : null;
      void onDay(calendar, target.date, exact, drag.paths);
    } else if (calendar.surfaces.shelfShows === 'library') void importPaths(app, drag.paths);
    else void start(calendar, { kind: 'shelf' }, drag.paths);
  });
}

/** What lights up under the files: a day to come takes them, one that is over does not. */
function filesPlan(calendar: CalendarController, target: DropTarget): Plan | null {
  if (target.kind === 'shelf') return null;
  const { date } = target;
  const time = target.kind === 'time' ? timeOfMinute(target.minute) : null;
  const lead = { date, time };
  const refusal = isPast(lead, calendar.app.wallNow) ? 'past' : null;
  return { places: [], shelve: [], refusal, lead, nothing: false };
}

async function onDay(
  calendar: CalendarController,
  date: string,
  exact: string | null,
  paths: () => Promise<string[]>,
): Promise<void> {
  const time = exact ?? (await newTime(calendar, date));
  if (!isPast({ date, time }, calendar.app.wallNow))
    return start(calendar, placeOf({ date, time }), paths);
  calendar.app.messages.info(refusalText('past'));
}

async function start(
  calendar: CalendarController,
  place: Place,
  paths: () => Promise<string[]>,
): Promise<void> {
  const { app } = calendar;
  // Where they were dropped counts, wherever the person is by the time they are in.
  const calendarId = app.session.data?.calendarId ?? '';
  const accounts = app.session.accountsForNew();
  try {
    const { files: media, refused } = await app.api.media.import({ paths: await paths() });
    if (refused.length > 0) app.messages.problem(refusedWords(refused));
    if (media.length === 0) return;
    const { value: made } = await app.api.posts.create({
      calendarId,
      draft: {
        ...emptyDraft(accounts),
        segments: [{ text: '', media: media.map((file) => ({ mediaId: file.id, alt: file.alt })) }],
      },
      place,
      // The person still has to write: nothing goes out from a drop of files.
      scheduling: 'plan',
    });
    await app.posts.refresh([made.id]);
    if (refused.length === 0) app.done(t('done.filesPost', { n: media.length }));
    if (app.router.composer === null && app.router.view === 'calendar')
      app.router.openPost(made.id);
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}
