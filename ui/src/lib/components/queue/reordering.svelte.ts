import { tick } from 'svelte';
import { ApiError, type Id, type Post, type QueueColumn, type SlotTime } from '$lib/api';
import { keySpoken } from '$lib/components/shared/key-text';
import type { App } from '$lib/state/app.svelte';
import { UNDO } from '$lib/state/keymap';
import { wallAt } from '$lib/time';
import { t } from '$lib/words';
import { freeKey, putAt, queued, type Step, stepped } from './reorder';

const THRESHOLD = 4;

/** Moves queued posts about, by pointer and by keys: in one account's queue, or in a list of several. */
export class Reordering {
  /** The post under the pointer's hand. */
  lifted = $state<Id | null>(null);
  /** The post or free slot whose place it would take. */
  over = $state<Id | null>(null);
  /** Moved by keys: it keeps the focus while the list is drawn anew. */
  #following: Id | null = null;

  constructor(
    private readonly app: App,
    private readonly columns: () => readonly QueueColumn[],
  ) {}

  /** Why a post has no place earlier or later to go to, as a sentence; null when it has. */
  blocked(id: Id, by: -1 | 1): string | null {
    const to = this.#next(id, by);
    return typeof to === 'string' ? to : null;
  }

  /** One place earlier or later in the first queue where there is one. */
  async step(id: Id, by: -1 | 1): Promise<void> {
    const to = this.#next(id, by);
    if (typeof to === 'string') {
      this.app.announcer.say(to);
      return;
    }
    this.#following = id;
    if (to.step.kind === 'order') await this.#send(to.column, to.step.ids, id);
    else await this.#into(to.step.slot, id);
  }

  /** Drags a post by pointer; Escape and a lost pointer put it back. */
  start(event: PointerEvent, id: Id): void {
    const from = { x: event.clientX, y: event.clientY };
    const move = (e: PointerEvent) => {
      if (!this.lifted && Math.hypot(e.clientX - from.x, e.clientY - from.y) < THRESHOLD) return;
      this.lifted = id;
      const hit = document
        .elementFromPoint(e.clientX, e.clientY)
        ?.closest<HTMLElement>('[data-post], [data-free]');
      const hovered = hit?.dataset.post ?? hit?.dataset.free ?? null;
      const takes =
        hovered !== null && hovered !== id && (this.#both(id, hovered) ?? this.#free(id, hovered));
      this.over = takes ? hovered : null;
    };
    const end = () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', drop);
      removeEventListener('pointercancel', end);
      removeEventListener('blur', end);
      removeEventListener('keydown', key, true);
      this.lifted = null;
      this.over = null;
    };
    const drop = () => {
      const { over, lifted } = this;
      end();
      if (!lifted) return;
      // The click that follows a drag must not open the post.
      const eat = (e: MouseEvent) => {
        e.stopPropagation();
        e.preventDefault();
      };
      addEventListener('click', eat, { capture: true, once: true });
      setTimeout(() => removeEventListener('click', eat, true));
      if (over === null) return;
      const column = this.#both(id, over);
      const ids = column && putAt(queued(column), id, over);
      if (column && ids) return void this.#send(column, ids, id);
      const slot = this.#free(id, over);
      if (slot) void this.#into(slot, id);
    };
    const key = (e: KeyboardEvent) => {
      if (e.key !== 'Escape' || !this.lifted) return;
      e.stopPropagation();
      end();
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', drop);
    addEventListener('pointercancel', end);
    addEventListener('blur', end);
    addEventListener('keydown', key, true);
  }

  /** After the list was drawn anew: rows that change places lose the focus. */
  drawn(list: HTMLElement | undefined): void {
    const id = this.#following;
    if (id === null) return;
    this.#following = null;
    void tick().then(() => {
      const { activeElement: at } = document;
      // Else the person went elsewhere meanwhile.
      if (at !== null && at !== document.body) return;
      const rows = [...(list?.querySelectorAll<HTMLElement>('[data-post]') ?? [])];
      rows
        .find((row) => row.dataset.post === id)
        ?.querySelector('button')
        ?.focus();
    });
  }

  /** Where a post goes by one place, or why it has nowhere to go. */
  #next(id: Id, by: -1 | 1): { column: QueueColumn; step: Step } | string {
    const mine = this.columns().filter((c) => queued(c).includes(id));
    if (mine.length === 0) return t('queue.pinned');
    for (const column of mine) {
      const step = stepped(column, id, by);
      if (step) return { column, step };
    }
    return t(by < 0 ? 'queue.first' : 'queue.last');
  }

  /** The queue in which both stand: times are only swapped within one. */
  #both(a: Id, b: Id): QueueColumn | undefined {
    return this.columns().find((c) => {
      const ids = queued(c);
      return ids.includes(a) && ids.includes(b);
    });
  }

  /** The free slot of that name, of a queue in which the post stands. */
  #free(id: Id, key: string): SlotTime | undefined {
    return (
      this.columns()
        .filter((c) => queued(c).includes(id))
        .flatMap((c) => c.entries)
        .find((e) => e.chip === null && e.slot !== null && freeKey(e.slot) === key)?.slot ??
      undefined
    );
  }

  async #into(slot: SlotTime, moved: Id): Promise<void> {
    const { accountId, at } = slot;
    try {
      const { value } = await this.app.api.queue.into_slot({ accountId, id: moved, at });
      this.#tell(accountId, value);
    } catch (error) {
      this.app.messages.failed(ApiError.from(error));
    }
  }

  async #send({ accountId }: QueueColumn, ids: Id[], moved: Id): Promise<void> {
    try {
      const { value } = await this.app.api.queue.reorder({ accountId, ids });
      this.#tell(
        accountId,
        value.posts.find((p) => p.id === moved),
      );
    } catch (error) {
      this.app.messages.failed(ApiError.from(error));
    }
  }

  #tell(accountId: Id, post: Post | undefined): void {
    const { formats, zone } = this.app.session;
    const account = this.app.session.account(accountId);
    const at = post?.when.kind === 'scheduled' ? wallAt(post.when.at, zone) : null;
    this.app.done(
      t('queue.moved', { name: account?.displayName || account?.handle || '' }),
      at && post
        ? t('queue.movedSpoken', {
            words: post.title || (post.segments[0]?.text ?? ''),
            moment: formats.momentLong(at.date, at.time),
            undo: keySpoken(this.app.keyOf(UNDO)),
          })
        : undefined,
    );
  }
}
