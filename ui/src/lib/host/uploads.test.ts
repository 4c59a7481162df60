import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeRequest } from '../../test/requests';
import type { Uploading } from './types';
import { post, Uploads } from './uploads';

let told: (Uploading | null)[] = [];
let uploads = new Uploads();

beforeEach(() => {
  FakeRequest.made = [];
  FakeRequest.answer = null;
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  told = [];
  uploads = new Uploads();
  uploads.follow((now) => told.push(now));
});
afterEach(() => vi.unstubAllGlobals());

const file = (name: string, size: number) => new File(['x'.repeat(size)], name);
const send = (...files: File[]) =>
  uploads.send(files, async (one, watch) => {
    const response = await post(`/files/${one.name}`, {}, one, watch);
    return ((await response.json()) as { path: string }).path;
  });
/** The request of a file, once it is made. */
const request = (name: string) =>
  vi.waitFor(() => {
    const found = FakeRequest.made.find((one) => one.url === `/files/${name}`);
    if (!found) throw new Error(`${name} is not sent yet`);
    return found;
  });

it('tells how far files are that are sent one after the other', async () => {
  const paths = send(file('a.mp4', 100), file('b.mp4', 300));
  const first = await request('a.mp4');
  expect(FakeRequest.made).toHaveLength(1);
  first.sent(50);
  expect(told.at(-1)).toEqual({ files: 2, done: 0, bytes: 400, read: 50, name: 'a.mp4' });
  first.says({ path: '/up/a' });
  const second = await request('b.mp4');
  second.sent(150);
  expect(told.at(-1)).toEqual({ files: 2, done: 1, bytes: 400, read: 250, name: 'b.mp4' });
  second.says({ path: '/up/b' });
  expect(await paths).toEqual(['/up/a', '/up/b']);
  expect(told.at(-1)).toBeNull();
});

it('counts files together that are sent at once, without those that do not come', async () => {
  const one = send(file('a.mp4', 100), file('never.mp4', 50));
  const other = send(file('b.mp4', 300));
  const [first, second] = [await request('a.mp4'), await request('b.mp4')];
  second.sent(30);
  expect(told.at(-1)).toMatchObject({ files: 3, done: 0, bytes: 450, read: 30 });
  first.fails();
  await expect(one).rejects.toThrow();
  expect(told.at(-1)).toMatchObject({ files: 1, done: 0, bytes: 300, read: 30 });
  second.says({ path: '/up/b' });
  expect(await other).toEqual(['/up/b']);
  expect(told.at(-1)).toBeNull();
});

it('stops all of them, and sends others afterwards', async () => {
  const stopped = send(file('a.mp4', 100), file('b.mp4', 300));
  await request('a.mp4');
  uploads.stop();
  await expect(stopped).rejects.toMatchObject({
    message: 'Sending was stopped, so nothing was added.',
  });
  expect(FakeRequest.made).toHaveLength(1);
  expect(told.at(-1)).toBeNull();
  const next = send(file('c.mp4', 10));
  (await request('c.mp4')).says({ path: '/up/c' });
  expect(await next).toEqual(['/up/c']);
});
