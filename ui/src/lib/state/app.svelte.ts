import { getContext, setContext } from 'svelte';
import {
  ApiError,
  createApi,
  type Api,
  type ChangeBatch,
  type Id,
  type MediaImporting,
  type Permission,
  type Written,
} from '$lib/api';
import type { Events } from '$lib/api/commands';
import type { Host, Uploading } from '$lib/host/types';
import { wallAt, type Wall } from '$lib/time';
import { t, withNotes } from '$lib/words';
import { Announcer } from './announcer.svelte';
import { type Command, Keymap } from './keymap';
import { Messages } from './messages.svelte';
import { Posts } from './posts.svelte';
import { Router, type ViewId } from './router.svelte';
import { Selection } from './selection.svelte';
import { Session } from './session.svelte';

const KEY = Symbol('app');
const MINUTE = 60_000;
const PUBLISHER_MS = 150;
const TAKING_BACK: readonly Permission[] = [
  'create_events',
  'edit_events',
  'delete_events',
  'publish_content',
];

/** Everything the screen shares: made once per window, and once per test. */
export class App {
  readonly api: Api;
  readonly announcer = new Announcer();
  readonly messages: Messages;
  readonly keymap = new Keymap();
  readonly router = new Router();
  readonly session: Session;
  readonly selection = new Selection();
  readonly posts: Posts;
  /** What undo or redo just changed: it may lie on another page, and the focus goes along. */
  turned = $state.raw<{ posts: Id[]; at: number | null } | null>(null);
  /** Files on their way into the library; null while there are none. */
  importing = $state.raw<MediaImporting | null>(null);
  /** How far files are that a browser sends to the program; null when none are on their way. */
  uploading = $state.raw<Uploading | null>(null);
  /** The version of a video that is being made; null while none is. */
  making = $state.raw<MediaImporting['making']>(null);
  /** The minute on this machine, UTC milliseconds; moves by itself while the window is open. */
  now = $state(0);

  #lastWords = new Set<() => Promise<boolean>>();
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly host: Host,
    locale: string = globalThis.navigator?.language ?? 'en-GB',
  ) {
    this.api = createApi(host);
    this.messages = new Messages(this.announcer);
    this.session = new Session(this.api, locale, host.desktop);
    this.posts = new Posts(this.api);
    // What is selected can be acted on from any page.
    this.posts.hold(this.selection.ids);
    this.posts.ongone = (ids) => {
      for (const id of ids) this.selection.ids.delete(id);
    };
    this.now = host.now();
  }

  /** Whether whoever signed in may do something. The program refuses it all the same: this tells beforehand. */
  may(permission: Permission): boolean {
    return this.host.permissions?.includes(permission) ?? true;
  }

  /** Whether whoever signed in may take steps back: the last one may be of any kind. */
  get mayUndo(): boolean {
    return TAKING_BACK.every((permission) => this.may(permission));
  }

  /** Now on the wall of the open calendar. */
  get wallNow(): Wall {
    return wallAt(this.now, this.session.zone);
  }

  /** Connects to the program: change feed, clock. Returns how to let go. */
  connect(): () => void {
    const tick = () => {
      this.now = this.host.now();
    };
    const clock = setInterval(tick, MINUTE / 4);
    const stops = [
      this.host.on('changes', (batch) => void this.#changed(batch)),
      this.host.on('publisher', (status) => this.session.publisherSays(status)),
      this.host.on('importing', (now) => {
        this.importing = now.files > 0 ? now : null;
        this.making = now.making;
      }),
      this.host.onUploading?.((now) => {
        this.uploading = now;
      }),
      this.host.on('problem', ({ message }) => this.messages.problem(message)),
      this.host.on('closing', () => void this.#close()),
      this.host.on('open', (asked) => void this.#open(asked)),
    ];
    this.host.listens();
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(clock);
      clearTimeout(this.#asking);
      document.removeEventListener('visibilitychange', tick);
      for (const stop of stops) stop?.();
    };
  }

  /** Shows what a notification, the tray or a link asks for. */
  async #open({ view, postId, compose }: Events['open']): Promise<void> {
    if (view) await this.router.goTo(view as ViewId);
    if (postId) this.router.openToPost(postId);
    if (compose) this.router.newPost();
  }

  /**
   * Has something handed over before the window goes. It answers whether the window may go, and has
   * said why not. Returns how to take it off the list.
   */
  onClosing(handOver: () => Promise<boolean>): () => void {
    this.#lastWords.add(handOver);
    return () => void this.#lastWords.delete(handOver);
  }

  async #close(): Promise<void> {
    // One that fails must not keep the others from being saved.
    const [, ...words] = await Promise.allSettled([
      this.session.flush(),
      ...[...this.#lastWords].map((say) => say()),
    ]);
    const safe = words.every((word) => word.status === 'fulfilled' && word.value === true);
    if (safe) this.host.closed();
    else this.host.stays();
  }

  /** The publisher's state follows posts; many changes in a row ask once. */
  #askPublisher(): void {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => {
      this.api.publisher
        .status()
        .then((status) => this.session.publisherSays(status))
        // The line keeps what it said; the next change asks again.
        .catch(() => undefined);
    }, PUBLISHER_MS);
  }

  async #changed(batch: ChangeBatch): Promise<void> {
    const posts = [...new Set(batch.changes.flatMap((c) => (c.subject === 'post' ? [c.id] : [])))];
    try {
      if (batch.reload) await Promise.all([this.session.refresh(), this.posts.reload()]);
      else {
        if (posts.length > 0) {
          await this.posts.refresh(posts);
          this.session.labelsChanged();
          this.#askPublisher();
        }
        // What is remembered of free slots counts from here on.
        if (batch.changes.some((c) => c.subject === 'slots')) this.posts.told += 1;
        // Files are read where they are shown.
        if (batch.changes.some((c) => c.subject !== 'post' && c.subject !== 'media'))
          await this.session.refresh();
      }
    } catch (error) {
      this.messages.failed(ApiError.from(error));
    }
  }

  /** The first key of a command as this person has it; whatever shows it follows a change. */
  keyOf({ id, keys }: Pick<Command, 'id' | 'keys'>): string {
    return this.session.data?.settings.keys[id] ?? keys?.[0] ?? '';
  }

  async undo(): Promise<void> {
    await this.#history('undo', 'undo.nothing');
  }

  async redo(): Promise<void> {
    await this.#history('redo', 'undo.nothingRedo');
  }

  async #history(
    which: 'undo' | 'redo',
    nothing: 'undo.nothing' | 'undo.nothingRedo',
  ): Promise<void> {
    if (!this.mayUndo) return this.messages.info(t('undo.key'));
    try {
      // What a person takes back is the last thing they did, also when that is still on its way.
      await this.posts.turns.rest();
      const moved = await this.api.history[which]();
      await this.posts.refresh(moved.posts);
      this.turned = { posts: moved.posts, at: moved.lookAt };
      if (moved.words === null) this.messages.info(t(nothing));
      else
        this.messages.info([moved.words, ...moved.notes].join(' '), {
          actions:
            which === 'undo'
              ? [{ label: t('common.redo'), run: () => void this.redo() }]
              : [{ label: t('common.undo'), run: () => void this.undo() }],
        });
    } catch (error) {
      this.messages.failed(ApiError.from(error));
    }
  }

  /**
   * What a change did, with all that the program adds to it for the person, and the way back where
   * it has one.
   */
  wrote({ undo, notes }: Written<unknown>, text: string, spoken?: string): void {
    const said = withNotes(text, notes);
    const aloud = spoken === undefined ? undefined : withNotes(spoken, notes);
    if (undo && this.mayUndo) this.done(said, aloud);
    else this.messages.info(said, aloud === undefined ? {} : { spoken: aloud });
  }

  /** A quiet line with an Undo button, as after every change. */
  done(text: string, spoken?: string): void {
    const back = { label: t('common.undo'), run: () => void this.undo() };
    this.messages.info(text, {
      actions: this.mayUndo ? [back] : [],
      ...(spoken === undefined ? {} : { spoken }),
    });
  }
}

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

export function getApp(): App {
  return getContext<App>(KEY);
}
