/** Files that a browser still has to send, in the open post. */
import { screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { httpHost } from '$lib/host/http';
import { type Bench, bench, openNew } from '../../../test/composer';
import { FakeRequest } from '../../../test/requests';

let b: Bench;
let arrive: () => void;
const file = () => new File(['x'], 'film.mp4');
const attached = () => b.post()?.segments[0]?.media.map((m) => m.mediaId);
const closed = () => waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());

function drop() {
  const event = new MouseEvent('drop', { bubbles: true, cancelable: true });
  Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], files: [file()] } });
  document.body.dispatchEvent(event);
}

/** Chooses a file in the window of the browser. */
async function choose() {
  vi.spyOn(HTMLInputElement.prototype, 'click').mockImplementationOnce(function (
    this: HTMLInputElement,
  ) {
    Object.defineProperty(this, 'files', { value: [file()] });
    this.dispatchEvent(new Event('change'));
  });
  await b.user.click(screen.getByRole('button', { name: 'Add pictures or files' }));
}

beforeEach(async () => {
  FakeRequest.made = [];
  FakeRequest.answer = null;
  arrive = () => FakeRequest.made.at(-1)?.says({ path: '/up/film.mp4' });
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  b = await bench();
  const { onFileDrag, pickFiles } = httpHost({ csrf: 'c', permissions: [] }, vi.fn());
  Object.assign(b.host, { desktop: false, onFileDrag, pickFiles });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each([
  ['dropped', drop],
  ['chosen', choose],
])('files that are %s in a browser', (_, bring) => {
  it('are waited for before the post is scheduled', async () => {
    await b.user.type(await openNew(b, { date: '2026-05-14', time: '16:00' }), 'At four');
    await bring();
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() =>
      expect(screen.getByTestId('blocked').textContent).toBe('The files are still being taken in.'),
    );
    expect(b.called('posts.move')).toEqual([]);
    arrive();
    await screen.findByRole('button', { name: 'Remove film.mp4' });
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    await closed();
    expect(b.post()?.editorial).toBe('scheduled');
    expect(attached()).toEqual(['media-film.mp4']);
  });

  it('come into the post they were meant for, also once its sheet is closed', async () => {
    await b.user.type(await openNew(b), 'With a film');
    await bring();
    await b.user.keyboard('{Escape}');
    await closed();
    arrive();
    await waitFor(() => expect(attached()).toEqual(['media-film.mp4']));
    expect(b.called('posts.create')).toHaveLength(1);
  });
});
