/** Files of the library in the hand: dropped on a day they start a post there. */
import { ApiError, type Id, type MediaInfo } from '$lib/api';
import { emptyDraft } from '$lib/components/composer/draft';
import { isPast } from '$lib/time';
import { t } from '$lib/words';
import type { CalendarController } from './controller.svelte';
import type { Carried, DropTarget, Plan } from './drag/plan';
import { refusalText } from './drag/words';
import { placeOf } from './moves';

const KEY = 'file:';

/** A file in the hand is known by a name that no post has. */
export const fileKey = (id: Id) => `${KEY}${id}`;

export const isFileKey = (id: Id) => id.startsWith(KEY);

/** The file as it is carried: like a draft without a date. */
export function carriedFile(file: MediaInfo): Carried {
  return { id: fileKey(file.id), words: file.name, status: 'draft', date: null, time: null };
}

/** The cell that lights up where a file carried by keys would land. */
export function cellOf(calendar: CalendarController, plan: Plan): DropTarget | null {
  const { lead } = plan;
  if (!lead) return null;
  if (!calendar.timed || lead.time === null) return { kind: 'day', date: lead.date };
  const [hour = 0, minute = 0] = lead.time.split(':').map(Number);
  return { kind: 'time', date: lead.date, minute: hour * 60 + minute };
}

/** Starts a post with a file where it was dropped. Nothing goes out by itself: a person still has to write. */
export async function landFile(
  calendar: CalendarController,
  file: MediaInfo,
  plan: Plan,
  again: (() => Plan) | null,
): Promise<void> {
  const { app } = calendar;
  const accounts = app.session.accountsForNew();
  let { lead } = plan;
  if (lead && again) {
    // The weekly plan may still be on its way.
    await calendar.carrying.slots.ask(lead.date, accounts);
    ({ lead } = again());
  }
  if (!lead) return;
  if (isPast(lead, app.wallNow)) {
    app.messages.info(refusalText('past'));
    return;
  }
  calendar.reveal(lead.date);
  try {
    const { value: made } = await app.api.posts.create({
      calendarId: app.session.data?.calendarId ?? '',
      draft: {
        ...emptyDraft(accounts),
        segments: [{ text: '', media: [{ mediaId: file.id, alt: file.alt }] }],
      },
      place: placeOf(lead),
      scheduling: 'plan',
    });
    await app.posts.refresh([made.id]);
    calendar.keep = made.id;
    app.done(t('done.filesPost', { n: 1 }));
    void calendar.focus.chipSoon(made.id);
  } catch (error) {
    app.messages.failed(ApiError.from(error));
  }
}
