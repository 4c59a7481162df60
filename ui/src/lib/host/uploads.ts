/**
 * Files on their way from a browser to the program: how far they are, and stopping them. `fetch` says nothing
 * of how much of a body is sent, so the older way of the browser sends them.
 */
import { ApiError } from '$lib/api/errors';
import type { Uploading } from './types';

/** What goes along with a file that is sent. */
export interface Watch {
  /** Ends it. */
  signal: AbortSignal;
  /** Takes how many bytes are sent so far. */
  sent: (bytes: number) => void;
}

const none = (): Uploading => ({ files: 0, done: 0, bytes: 0, read: 0, name: '' });
const stopped = () => new ApiError('conflict', 'Sending was stopped, so nothing was added.');

/** Sends a file and gives what is answered; `headers` go along. */
export function post(
  url: string,
  headers: Record<string, string>,
  file: Blob,
  { signal, sent }: Watch,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(stopped());
      return;
    }
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => sent(event.loaded);
    request.onload = () => {
      const { status, statusText } = request;
      resolve(new Response(request.responseText, { status, statusText }));
    };
    request.onerror = () => reject(new TypeError('The file could not be sent.'));
    request.onabort = () => reject(stopped());
    request.onloadend = () => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop);
    request.send(file);
  });
}

/** All files that are on their way, whoever asked for them. */
export class Uploads {
  #handlers = new Set<(now: Uploading | null) => void>();
  #now = none();
  #running = 0;
  #end = new AbortController();

  /** Listens to how far they are; returns how to stop listening. */
  follow(handler: (now: Uploading | null) => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  /** Stops all of them. */
  stop(): void {
    this.#end.abort();
  }

  /** Sends files and gives what they are called there: all, or an error. */
  async send(
    files: readonly File[],
    one: (file: File, watch: Watch) => Promise<string>,
  ): Promise<string[]> {
    if (files.length === 0) return [];
    const { signal } = this.#end;
    const left = { files: files.length, bytes: files.reduce((sum, file) => sum + file.size, 0) };
    this.#running += 1;
    this.#add(left);
    const paths: string[] = [];
    try {
      // One after the other: a browser has few connections to one place.
      for (const file of files) {
        let before = 0;
        const sent = (bytes: number) => {
          // The wrapping of a file may be counted along.
          const upTo = Math.min(bytes, file.size);
          this.#add({ read: upTo - before });
          left.bytes -= upTo - before;
          before = upTo;
        };
        this.#add({ name: file.name });
        paths.push(await one(file, { signal, sent }));
        sent(file.size);
        this.#add({ done: 1 });
        left.files -= 1;
      }
      return paths;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#reset();
      // What did not come is waited for no longer, while others are still on their way.
      else this.#add({ files: -left.files, bytes: -left.bytes });
    }
  }

  #add({ name, ...counts }: Partial<Uploading>): void {
    const now = { ...this.#now };
    for (const count of ['files', 'done', 'bytes', 'read'] as const)
      now[count] += counts[count] ?? 0;
    this.#now = { ...now, name: name ?? now.name };
    this.#tell(this.#now);
  }

  #reset(): void {
    this.#now = none();
    this.#end = new AbortController();
    this.#tell(null);
  }

  #tell(now: Uploading | null): void {
    for (const handler of this.#handlers) handler(now);
  }
}
