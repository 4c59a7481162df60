/** What could not be saved into its post: kept as one of its own, or at least offered. */
import { ApiError, type Draft, type Place, type Post } from '$lib/api';
import { t } from '$lib/words';
import type { Composer } from './composer.svelte';
import { allTexts, sameDraft } from './draft';

export class Rescue {
  /** What was kept as a draft of its own. */
  #kept: Draft | null = null;

  constructor(private readonly composer: Composer) {}

  /** Puts what is written on the shelf as a post of its own. */
  async keepAsNew(): Promise<Post> {
    const { app, draft, saver } = this.composer;
    const calendarId = saver.post?.calendarId ?? app.session.data?.calendarId ?? '';
    const place: Place = { kind: 'shelf' };
    return (await app.api.posts.create({ calendarId, draft, place, scheduling: 'plan' })).value;
  }

  /** True when what is written lies somewhere. */
  async keep(): Promise<boolean> {
    const { app, draft, saver } = this.composer;
    try {
      if (!saver.putAside && !(this.#kept && sameDraft(this.#kept, draft))) {
        await this.keepAsNew();
        this.#kept = draft;
      }
      saver.stop();
      app.messages.info(t('composer.keptAsNew'));
      return true;
    } catch (thrown) {
      this.#offer(draft, ApiError.from(thrown));
      return false;
    }
  }

  #offer(draft: Draft, error: ApiError): void {
    // The sheet may have gone meanwhile.
    const { app, saver, left } = this.composer;
    const copy = {
      label: t('composer.copyText'),
      run: () => void app.host.copyText(allTexts(draft).join('\n\n')),
    };
    const letGo = {
      label: t('composer.letGo'),
      run: () => {
        saver.giveUp();
        app.router.closeComposer();
      },
    };
    // Tried on and on: once it worked, there is nothing to tell any more.
    saver.onsaved = app.messages.problem(`${t('composer.notSaved')} ${error.message}`, {
      actions: left ? [copy] : [copy, letGo],
    });
  }
}
