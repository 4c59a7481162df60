/**
 * Almanac without a window: the page in a browser, talking to the program over HTTP. What only a desktop can
 * do (folders, the tray, quitting) is not there; files are sent and fetched instead of named.
 */
import { ApiError } from '$lib/api/errors';
import type { EventName, Events } from '$lib/api/commands';
import type { Permission } from '$lib/api/types';
import type { FileDrag, Host } from './types';
import { post, Uploads, type Watch } from './uploads';

const ROOT = '/almanac/v1';
/** The header that shows that a request comes from the page that signed in. */
const CSRF = 'x-almanac-csrf';
/** Names the file that a command wrote. */
const FILE = 'x-almanac-file';
const DOWNLOAD = 'download:/';

/** What the program says of whoever signed in. */
export interface SignedIn {
  csrf: string;
  permissions: Permission[];
}

/** What went wrong, as an error of the program where it says one. */
async function refusal(response: Response): Promise<ApiError> {
  try {
    return ApiError.from(await response.json());
  } catch {
    return new ApiError(
      'internal',
      'Almanac did not answer as it should.',
      null,
      response.statusText,
    );
  }
}

function unreachable(thrown: unknown): ApiError {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError('network', 'Almanac cannot be reached. Is it running?', null, detail);
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(ROOT + path, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (thrown) {
    throw unreachable(thrown);
  }
}

/** Who is signed in; null when nobody is. */
export async function whoIsSignedIn(): Promise<SignedIn | null> {
  const response = await ask('/session');
  if (response.status === 401) return null;
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as SignedIn;
}

/** Signs in with a key. */
export async function signIn(key: string): Promise<SignedIn> {
  const response = await ask('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as SignedIn;
}

/** Events of the program, one connection for all listeners; it is made again by itself when it breaks. */
class Feed {
  #listeners = new Map<EventName, Set<(payload: never) => void>>();
  #source: EventSource | null = null;

  on<E extends EventName>(event: E, handler: (payload: Events[E]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set);
    set.add(handler as (payload: never) => void);
    this.#source ??= this.#open();
    return () => {
      set.delete(handler as (payload: never) => void);
      if ([...this.#listeners.values()].every((one) => one.size === 0)) {
        this.#source?.close();
        this.#source = null;
      }
    };
  }

  #tell<E extends EventName>(event: E, payload: Events[E]): void {
    for (const handler of this.#listeners.get(event) ?? []) handler(payload as never);
  }

  #open(): EventSource {
    const source = new EventSource(`${ROOT}/feed`);
    for (const name of ['changes', 'publisher', 'importing'] as const)
      source.addEventListener(name, (event: MessageEvent<string>) => {
        this.#tell(name, JSON.parse(event.data) as never);
      });
    // A browser gives up on an answer that is no stream, as when the sign-in is over.
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => {
        if (this.#source === source) this.#source = this.#open();
      }, 5_000);
    };
    return source;
  }
}

/**
 * Files that are dragged in from the desktop; browsers show them only once they are dropped. They are
 * sent when a listener takes them, once for all, and while there is a listener the browser opens none in
 * place of the page.
 */
class Drags {
  #handlers = new Set<(drag: FileDrag) => void>();

  constructor(private readonly upload: (files: readonly File[]) => Promise<string[]>) {}

  follow(handler: (drag: FileDrag) => void): () => void {
    if (this.#handlers.size === 0) {
      document.addEventListener('dragover', this.#over);
      document.addEventListener('dragleave', this.#leave);
      document.addEventListener('drop', this.#drop);
    }
    this.#handlers.add(handler);
    return () => {
      this.#handlers.delete(handler);
      if (this.#handlers.size > 0) return;
      document.removeEventListener('dragover', this.#over);
      document.removeEventListener('dragleave', this.#leave);
      document.removeEventListener('drop', this.#drop);
    };
  }

  #tell(drag: FileDrag): void {
    for (const tell of [...this.#handlers]) tell(drag);
  }

  readonly #over = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.#tell({ kind: 'over', ...at(event) });
  };

  readonly #leave = (event: DragEvent) => {
    if (event.relatedTarget === null) this.#tell({ kind: 'leave', ...at(event) });
  };

  readonly #drop = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    // The browser forgets them once the event is over.
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return this.#tell({ kind: 'leave', ...at(event) });
    let sent: Promise<string[]> | null = null;
    this.#tell({ kind: 'drop', paths: () => (sent ??= this.upload(files)), ...at(event) });
  };
}

const at = (event: DragEvent) => ({ x: event.clientX, y: event.clientY });
const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Asks the browser for files; none when the person changed their mind. */
function choose(extensions: string[] | undefined, many: boolean): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = many;
    input.accept = (extensions ?? []).map((extension) => `.${extension}`).join(',');
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve([]);
    input.click();
  });
}

/** Hands a file to the browser, which asks or knows where to put it. */
function save(token: string, name: string): void {
  const link = document.createElement('a');
  link.href = `${ROOT}/files/${token}`;
  link.download = name;
  link.click();
}

/** The name of the file that a command is to write, where its input names one. */
function written(input: unknown): string | null {
  const path = (input as { path?: unknown } | null)?.path;
  return typeof path === 'string' && path.startsWith(DOWNLOAD) ? path.slice(DOWNLOAD.length) : null;
}

/** The host, for whoever signed in. `over` is called when the sign-in is. */
export function httpHost({ csrf, permissions }: SignedIn, over: () => void): Host {
  const feed = new Feed();
  const uploads = new Uploads();

  async function good(response: Response): Promise<Response> {
    if (response.ok) return response;
    if (response.status === 401) over();
    throw await refusal(response);
  }

  async function send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), [CSRF]: csrf };
    return good(await ask(path, { method: 'POST', ...init, headers }));
  }

  async function upload(file: File, watch: Watch): Promise<string> {
    const query = new URLSearchParams({ name: file.name });
    const sent = post(`${ROOT}/files?${query}`, { [CSRF]: csrf }, file, watch);
    const response = await sent.catch((thrown: unknown) => {
      throw thrown instanceof ApiError ? thrown : unreachable(thrown);
    });
    return ((await (await good(response)).json()) as { path: string }).path;
  }

  const uploadAll = (files: readonly File[]) => uploads.send(files, upload);
  const drags = new Drags(uploadAll);

  return {
    desktop: false,
    permissions,
    memory: sessionStorage,
    async call(name, input) {
      const response = await send(`/commands/${name}`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      const answer = (await response.json()) as never;
      const file = response.headers.get(FILE);
      const wanted = written(input);
      if (file !== null && wanted !== null) save(file, wanted);
      return answer;
    },
    on: (event, handler) => feed.on(event, handler),
    onFileDrag: (handler) => drags.follow(handler),
    onUploading: (handler) => uploads.follow(handler),
    stopUploading: () => uploads.stop(),
    openExternal: (url) => {
      window.open(url, '_blank', 'noopener,noreferrer');
      return Promise.resolve();
    },
    reveal: () =>
      Promise.reject(new ApiError('conflict', 'Folders open only on the computer itself.')),
    copyText: (text) => navigator.clipboard.writeText(text),
    // A browser gives the page all that is pasted.
    pasted: () => Promise.resolve({ paths: [], files: [] }),
    pickFiles: async ({ extensions, many }) => uploadAll(await choose(extensions, many ?? false)),
    pickFolder: () => Promise.resolve(null),
    pickSaveFile: ({ name }) => Promise.resolve(DOWNLOAD + name),
    mediaUrl: (path) => `${ROOT}/media/${path}`,
    now: () => Date.now(),
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    startTrouble: () => Promise.resolve(null),
    startAgain: () => Promise.resolve(),
    zoom: () => undefined,
    quit: () => undefined,
    listens: () => undefined,
    ready: () => undefined,
    closed: () => undefined,
    stays: () => undefined,
    async signOut() {
      await send('/session', { method: 'DELETE' });
      over();
    },
  };
}
