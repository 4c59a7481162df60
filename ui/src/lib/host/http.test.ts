import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { FakeRequest } from '../../test/requests';
import { httpHost, signIn, whoIsSignedIn } from './http';

interface Asked {
  url: string;
  init: RequestInit;
}
let asked: Asked[] = [];
let answers: Response[] = [];
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

beforeEach(() => {
  asked = [];
  answers = [];
  FakeRequest.made = [];
  FakeRequest.answer = null;
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
    asked.push({ url, init });
    const next = answers.shift();
    return next ? Promise.resolve(next) : Promise.reject(new TypeError('Failed to fetch'));
  });
});
afterEach(() => vi.unstubAllGlobals());

it('shows with every command that it is the page that signed in', async () => {
  answers = [json({ chips: [] })];
  const host = httpHost({ csrf: 'c', permissions: ['edit_events'] }, vi.fn());
  expect(host.permissions).toEqual(['edit_events']);
  expect(await host.call('posts.drafts', { calendars: [] })).toEqual({ chips: [] });
  const [{ url, init }] = asked as [Asked];
  expect(url).toBe('/almanac/v1/commands/posts.drafts');
  expect(init).toMatchObject({ method: 'POST', credentials: 'same-origin' });
  expect(init.headers).toMatchObject({
    'x-almanac-csrf': 'c',
    'content-type': 'application/json',
  });
});

it('passes on what the program says, and tells when the sign-in is over', async () => {
  const over = vi.fn();
  const host = httpHost({ csrf: 'c', permissions: [] }, over);
  const wire = { code: 'conflict', message: 'It is out.', field: null, detail: null, fix: null };
  answers = [json(wire, 409)];
  const refused = host.call('posts.drafts', { calendars: [] });
  await expect(refused).rejects.toMatchObject({ code: 'conflict', message: 'It is out.' });
  expect(over).not.toHaveBeenCalled();
  answers = [json({ ...wire, code: 'permission' }, 401)];
  await expect(host.call('posts.drafts', { calendars: [] })).rejects.toBeInstanceOf(ApiError);
  expect(over).toHaveBeenCalledOnce();
  // Nobody answers at all.
  const gone = host.call('posts.drafts', { calendars: [] });
  await expect(gone).rejects.toMatchObject({ code: 'network' });
});

it('fetches what a command wrote', async () => {
  const clicked: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    clicked.push(`${this.getAttribute('href')} ${this.download}`);
  });
  const host = httpHost({ csrf: 'c', permissions: [] }, vi.fn());
  const path = (await host.pickSaveFile({ title: '', name: 'posts.csv' })) ?? '';
  answers = [json({ posts: 1 }, 200, { 'x-almanac-file': 'token' })];
  await host.call('csv.export', { path, calendars: [] });
  expect(clicked).toEqual(['/almanac/v1/files/token posts.csv']);
});

it('knows who is signed in, and that nobody is', async () => {
  answers = [json({}, 401), json({ csrf: 'c' })];
  expect(await whoIsSignedIn()).toBeNull();
  expect(await whoIsSignedIn()).toEqual({ csrf: 'c' });
  answers = [json({ csrf: 'd' })];
  expect(await signIn('ak_1')).toEqual({ csrf: 'd' });
  expect(JSON.parse(String(asked[2]?.init.body))).toEqual({ key: 'ak_1' });
  expect(asked[2]?.url).not.toContain('ak_1');
});

describe('files dragged in from the desktop', () => {
  const drop = (files: File[]) => {
    const event = new MouseEvent('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], files } });
    document.body.dispatchEvent(event);
    return event;
  };
  const picture = () => new File(['x'], 'a.png');

  it('are told at once, sent once for all who take them, and never opened by the browser', async () => {
    const host = httpHost({ csrf: 'c', permissions: [] }, vi.fn());
    const told: (() => Promise<string[]>)[] = [];
    const stops = ['one', 'two'].map(() =>
      host.onFileDrag((drag) => {
        if (drag.kind === 'drop') told.push(drag.paths);
      }),
    );
    FakeRequest.answer = (request) => request.says({ path: '/up/a.png' });
    expect(drop([picture()]).defaultPrevented).toBe(true);
    expect(told).toHaveLength(2);
    // Nobody took them yet.
    expect(FakeRequest.made).toEqual([]);
    expect(await Promise.all(told.map((paths) => paths()))).toEqual([['/up/a.png'], ['/up/a.png']]);
    expect(FakeRequest.made.map((r) => r.url)).toEqual(['/almanac/v1/files?name=a.png']);
    expect(FakeRequest.made[0]?.headers).toEqual({ 'x-almanac-csrf': 'c' });
    for (const stop of stops) stop();
    expect(drop([picture()]).defaultPrevented).toBe(false);
  });

  it('say why to whoever takes them when they cannot be sent', async () => {
    const host = httpHost({ csrf: 'c', permissions: [] }, vi.fn());
    const taken: Promise<string[]>[] = [];
    const stop = host.onFileDrag((drag) => {
      if (drag.kind === 'drop') taken.push(drag.paths());
    });
    FakeRequest.answer = (request) => request.fails();
    drop([picture()]);
    await expect(taken[0]).rejects.toMatchObject({
      code: 'network',
      message: 'Almanac cannot be reached. Is it running?',
    });
    stop();
  });

  it('are no drop when there are none', () => {
    const host = httpHost({ csrf: 'c', permissions: [] }, vi.fn());
    const kinds: string[] = [];
    const stop = host.onFileDrag(({ kind }) => kinds.push(kind));
    drop([]);
    expect(kinds).toEqual(['leave']);
    stop();
  });
});
