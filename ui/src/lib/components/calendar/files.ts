import { ApiError } from '$lib/api';
import { emptyDraft } from '$lib/components/composer/draft';
import { refusedWords } from '$lib/components/composer/refused';
import { timeOfMinute } from '$lib/time';
import { t } from '$lib/words';
import type { CalendarController } from './controller.svelte';
import { type DropTarget, isPast, type Plan } from './drag/plan';
import { refusalText } from './drag/words';
import { hitTest } from './hit';
import { placeOf } from './moves';
import { newTime } from './new-posts';

/** Files dropped from the desktop onto a day start a post with them there. */
export function acceptFiles(calendar: CalendarController): () => void {
  const { app } = calendar;
  return app.host.onFileDrag((drag) => {
    if (app.router.composer !== null) return;
    const target = drag.kind === 'leave' ? null : hitTest(drag.x, drag.y, false);
    const lit = drag.kind === 'drop' ? null : target;
    calendar.drag.target = lit;
    calendar.drag.plan = lit && filesPlan(calendar, lit);
    if (drag.kind !== 'drop' || !target || target.kind === 'shelf' || drag.paths.length === 0)
      return;
    const { date } = target;
    const exact = target.kind === 'time' ? timeOfMinute(target.minute) : null;
    void start(calendar, date, exact, drag.paths);
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

async function start(
  calendar: CalendarController,
  date: string,
  exact: string | null,
  paths: string[],
): Promise<void> {
  const { app } = calendar;
  const time = exact ?? (await newTime(calendar, date));
  if (isPast({ date, time }, app.wallNow)) {
    app.messages.info(refusalText('past'));
    return;
  }
  try {
    const { files: media, refused } = await app.api.media.import({ paths });
    if (refused.length > 0) app.messages.problem(refusedWords(refused));
    if (media.length === 0) return;
    const accounts = app.session.accountsForNew();
    const { value: made } = await app.api.posts.create({
      calendarId: app.session.data?.calendarId ?? '',
      draft: {
        ...emptyDraft(accounts),
        segments: [{ text: '', media: media.map((file) => ({ mediaId: file.id, alt: file.alt })) }],
      },
      place: placeOf({ date, time }),
      // The person still has to write: nothing goes out from a drop of files.
      scheduling: 'plan',
    });
    await app.posts.refresh([made.id]);
    if (refused.length === 0) app.done(t('done.filesPost', { n: media.length }));
    app.router.openPost(made.id);
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}
