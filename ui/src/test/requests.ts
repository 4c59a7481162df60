/** Requests that send files, as the browser makes them, for tests that answer them. */
export class FakeRequest {
  static made: FakeRequest[] = [];
  /** Answers a request that was sent; without one it stays on its way. */
  static answer: ((request: FakeRequest) => void) | null = null;

  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null } = {
    onprogress: null,
  };
  readonly headers: Record<string, string> = {};
  url = '';
  body: unknown = null;
  status = 0;
  statusText = '';
  responseText = '';
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  onloadend: (() => void) | null = null;

  open(_method: string, url: string): void {
    this.url = url;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: unknown): void {
    this.body = body;
    FakeRequest.made.push(this);
    FakeRequest.answer?.(this);
  }
  abort(): void {
    this.onabort?.();
    this.onloadend?.();
  }

  /** What the program says to it. */
  says(answer: unknown, status = 200): void {
    this.status = status;
    this.responseText = JSON.stringify(answer);
    this.onload?.();
    this.onloadend?.();
  }
  /** Nobody is there. */
  fails(): void {
    this.onerror?.();
    this.onloadend?.();
  }
  /** So many bytes are sent. */
  sent(loaded: number): void {
    this.upload.onprogress?.({ loaded });
  }
}
