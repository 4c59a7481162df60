/** A program in memory: the whole screen runs on it in a plain browser and in tests. */
import { ApiError, type Post, type Settings } from '$lib/api';
import type { CommandName, EventName, Events } from '$lib/api/commands';
import type { FileDrag, Host, Pasted } from '$lib/host/types';
import { wallAt } from '$lib/time';
import { composerCommands } from './composer';
import { libraryCommands, pictureOf, seedFiles } from './library';
import { coreCommands, type DemoWorld, type Handlers } from './commands';
import { placeCommands } from './places';
import { catalogue } from './networks';
import { roomCommands } from './rooms';
import { accounts, demoCalendar, seedPosts } from './seed';
import { signInCommands } from './signing-in';
import { DemoState, postOf } from './state';
import { accessCommands } from './access';
import { programCommands } from './programs';
import { webhookCommands } from './webhooks';
import { writingCommands } from './writing';

export interface DemoOptions {
  /** Posts in the month. 0 is an empty program; null is the first start with one sample draft. */
  count?: number | null;
  posts?: Post[];
  /** Files of the library. */
  files?: number;
  zone?: string;
  /** The clock, UTC milliseconds; it stands still. */
  now?: number;
  /** The machine's zone. */
  here?: string;
  settings?: Partial<Settings>;
  /** After how long a person agrees in the browser; only when told, when missing. */
  browserMs?: number;
}

export interface DemoDrag {
  kind: FileDrag['kind'];
  paths: string[] | Promise<string[]>;
  x: number;
  y: number;
}

export interface DemoHost extends Host {
  world: DemoWorld;
  /** Every call in order, for tests. */
  calls: { name: CommandName; input: unknown }[];
  /** Makes the next call of a command fail. */
  failNext(name: CommandName, error: ApiError): void;
  /** Answers a command in another way from now on. */
  answer(name: CommandName, handler: (input: never) => unknown): void;
  /** Sends an event as the program would. */
  emit<E extends EventName>(event: E, payload: Events[E]): void;
  /** A file drag as the desktop would tell it, or a browser, where what is dropped is still on its way. */
  dragFiles(drag: DemoDrag): void;
  /** The browser comes back from every network it was sent to. */
  comeBack(): void;
  /** Moves the clock. */
  setNow(at: number): void;
  opened: string[];
  /** Files and folders that were shown. */
  revealed: string[];
  /** Sizes the page was drawn in. */
  zoomed: number[];
  /** The screen said that it hears what is asked for. */
  listening: boolean;
  /** The screen said that the window may go. */
  handedOver: boolean;
  /** The screen said that the window has to stay. */
  stayed: boolean;
  copied: string[];
  /** What was copied elsewhere. */
  onClipboard: Pasted;
}

const SAMPLE = postOf({
  id: 'post-sample',
  segments: [{ text: 'Drag me onto a day', media: [] }],
});

const SETTINGS: Settings = {
  weekStart: 'system',
  hourCycle: 'system',
  dateOrder: 'system',
  theme: 'system',
  chipsPerDay: 4,
  usualTime: '09:00',
  language: '',
  startAtLogin: false,
  keepInTray: true,
  globalShortcut: '',
  notifyPublished: true,
  notifyProblems: true,
  keys: {},
  extraCertificates: '',
  ffmpeg: '',
  programsOn: false,
  programsPort: 8437,
};

export function createDemo(options: DemoOptions = {}): DemoHost {
  const zone = options.zone ?? 'Europe/Berlin';
  let now = options.now ?? Date.parse('2026-05-12T08:20:00Z');
  const today = wallAt(now, zone).date;
  const first = options.posts === undefined && (options.count ?? null) === null;
  const posts =
    options.posts ?? (first ? [SAMPLE] : seedPosts(options.count ?? 0, today, zone, now));
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const fileListeners = new Set<(drag: FileDrag) => void>();
  const failures = new Map<CommandName, ApiError>();
  let seq = 0;

  const emit = <E extends EventName>(event: E, payload: Events[E]) => {
    for (const handler of listeners.get(event) ?? []) handler(payload as never);
  };
  const trouble = ['failed', 'missed', 'partly_published', 'unconfirmed', 'your_turn'];
  const needsPerson = posts.filter((p) => trouble.includes(p.status)).length;
  const world: DemoWorld = {
    posts: new DemoState(zone, posts, () => now),
    now: () => now,
    files: seedFiles(options.files ?? 0),
    changed: (subject, ids) => {
      const changes = ids.map((id) => {
        seq += 1;
        return { seq, at: now, actor: 'person' as const, subject, id };
      });
      emit('changes', { changes, lastSeq: seq, reload: false });
    },
    boot: {
      version: '0.1.0',
      now,
      systemZone: zone,
      systemFormats: { known: false, twelveHours: false, order: 'dmy', weekStart: 1 },
      workspaces: [
        {
          id: 'ws-1',
          name: first ? 'My workspace' : 'Paper Bench',
          createdAt: 0,
          monthlyBudget: null,
        },
      ],
      calendars: [demoCalendar(zone)],
      accounts: first ? [] : accounts,
      catalogue,
      settings: { ...SETTINGS, ...options.settings },
      preferences: {},
      writing: {},
      publisher: {
        held: null,
        sending: [],
        needsPerson,
        next: null,
        dueWithinHour: 0,
        offlineSince: null,
      },
      vault: { kind: 'keyring', problem: null },
      firstStart: first,
      needsPerson,
      lastSeq: 0,
    },
  };
  const signIns = signInCommands(world);
  const handlers: Handlers = {
    ...coreCommands(world),
    ...signIns.handlers,
    ...roomCommands(world),
    ...placeCommands(world),
    ...composerCommands(world),
    ...writingCommands(world),
    ...accessCommands(world),
    ...programCommands(world),
    ...webhookCommands(world),
    ...libraryCommands(world),
  };
  const calls: DemoHost['calls'] = [];

  return {
    desktop: true,
    world,
    calls,
    opened: [],
    revealed: [],
    zoomed: [],
    listening: false,
    handedOver: false,
    stayed: false,
    copied: [],
    onClipboard: { paths: [], files: [] },
    answer: (name, handler) => void Object.assign(handlers, { [name]: handler }),
    failNext: (name, error) => void failures.set(name, error),
    emit,
    comeBack: () => signIns.comeBack(),
    dragFiles({ kind, paths, ...at }) {
      const dropped = () => Promise.resolve(paths);
      const drag = kind === 'drop' ? { kind, paths: dropped, ...at } : { kind, ...at };
      fileListeners.forEach((handler) => handler(drag));
    },
    setNow: (at) => {
      now = at;
    },
    async call(name, input) {
      calls.push({ name, input });
      await Promise.resolve();
      const failure = failures.get(name);
      if (failure) {
        failures.delete(name);
        throw failure;
      }
      const handler = handlers[name];
      if (!handler) throw new ApiError('internal', `The fake program does not know ${name}.`);
      return handler(input as never) as never;
    },
    on(event, handler) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(handler as never);
      return () => void set.delete(handler as never);
    },
    onFileDrag(handler) {
      fileListeners.add(handler);
      return () => void fileListeners.delete(handler);
    },
    zoom(factor) {
      this.zoomed.push(factor);
    },
    openExternal(url) {
      this.opened.push(url);
      if (options.browserMs !== undefined) setTimeout(() => signIns.comeBack(), options.browserMs);
      return Promise.resolve();
    },
    reveal(path) {
      this.revealed.push(path);
      return Promise.resolve();
    },
    copyText(text) {
      this.copied.push(text);
      return Promise.resolve();
    },
    pasted() {
      return Promise.resolve(this.onClipboard);
    },
    pickFiles: () => Promise.resolve([]),
    pickFolder: () => Promise.resolve(null),
    pickSaveFile: () => Promise.resolve(null),
    mediaUrl: () => null,
    now: () => now,
    zone: () => options.here ?? 'Europe/Berlin',
    startTrouble: () => Promise.resolve(null),
    startAgain: () => Promise.resolve(),
    quit: () => undefined,
    listens() {
      this.listening = true;
    },
    ready: () => undefined,
    closed() {
      this.handedOver = true;
    },
    stays() {
      this.stayed = true;
    },
  };
}

/**
 * For a plain browser: `?demo=500` posts in this month, `?demo=0` an empty program, without it the
 * first start; `files=20000` for as many in the library; `now=2026-05-12T10:20Z`, `zone=…` and `theme=dark` as wanted.
 */
export function demoHost(query: URLSearchParams): DemoHost {
  const count = query.get('demo');
  const theme = query.get('theme');
  const files = query.get('files') ?? (count === null || count === '0' ? 0 : 60);
  const host = createDemo({
    count: count === null ? null : Number(count),
    files: Number(files),
    zone: query.get('zone') ?? 'Europe/Berlin',
    now: query.has('now') ? Date.parse(query.get('now') ?? '') : Date.now(),
    here: query.get('here') ?? 'Europe/Berlin',
    browserMs: 5000,
    settings: theme === 'dark' || theme === 'light' ? { theme } : {},
  });
  return Object.assign(host, { mediaUrl: pictureOf });
}
