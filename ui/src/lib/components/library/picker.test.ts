import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { createDemo } from '$lib/demo';
import type { MediaInfo } from '$lib/api';
import type { Uploading } from '$lib/host';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import Importing from './Importing.svelte';
import LibraryPicker from './LibraryPicker.svelte';

it('inserts what was chosen, in that order, by keys alone', async () => {
  const app = await startApp(createDemo({ files: 5, posts: [] }));
  const onpick = vi.fn<(files: MediaInfo[]) => void>();
  const { container } = renderIn(app, LibraryPicker, { onpick, onclose: () => undefined });
  const dialog = within(await screen.findByRole('dialog', { name: 'Insert from library' }));
  await dialog.findByRole('option', { name: /^cover-5/ });
  expect(await faults(container)).toEqual([]);
  expect(dialog.getByRole('button', { name: 'Insert files' }).ariaDisabled).toBe('true');
  await waitFor(() => expect(document.activeElement?.tagName).toBe('INPUT'));
  await userEvent.keyboard('{ArrowDown}');
  await waitFor(() => expect(document.activeElement?.getAttribute('data-index')).toBe('0'));
  await userEvent.keyboard('{ArrowDown} {ArrowUp}{Enter}');
  await userEvent.click(await dialog.findByRole('button', { name: 'Insert 2 files' }));
  await waitFor(() => expect(onpick).toHaveBeenCalledOnce());
  expect(onpick.mock.calls[0]?.[0].map((f) => f.name)).toEqual(['portrait-4.jpg', 'cover-5.jpg']);
});

it('shows how far files on their way have come, and stops them', async () => {
  const host = createDemo({ posts: [] });
  const app = await startApp(host);
  renderIn(app, Importing);
  expect(screen.queryByRole('progressbar')).toBeNull();
  host.emit('importing', {
    files: 3,
    done: 1,
    bytes: 200,
    read: 50,
    name: 'sea.mp4',
    making: null,
  });
  const bar = await screen.findByRole('progressbar', { name: 'Adding 2 of 3: sea.mp4' });
  expect((bar as HTMLProgressElement).value).toBe(0.25);
  await userEvent.click(screen.getByRole('button', { name: 'Stop adding files' }));
  expect(host.calls.at(-1)?.name).toBe('media.import_stop');
  host.emit('importing', { files: 0, done: 0, bytes: 0, read: 0, name: '', making: null });
  await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull());
});

it('shows how far files are that a browser sends, and stops them', async () => {
  const host = createDemo({ posts: [] });
  const stopUploading = vi.fn();
  let tell: (now: Uploading | null) => void = () => undefined;
  const sending = Object.assign(host, {
    stopUploading,
    onUploading: (handler: typeof tell) => {
      tell = handler;
      return () => undefined;
    },
  });
  const app = await startApp(sending);
  renderIn(app, Importing);
  tell({ files: 1, done: 0, bytes: 200, read: 50, name: 'sea.mp4' });
  const bar = await screen.findByRole('progressbar', { name: 'Sending sea.mp4' });
  expect((bar as HTMLProgressElement).value).toBe(0.25);
  await userEvent.click(screen.getByRole('button', { name: 'Stop adding files' }));
  expect(stopUploading).toHaveBeenCalledOnce();
  tell(null);
  await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull());
});

it('offers nobody who may not publish to stop what a post may be waiting for', async () => {
  const host = createDemo({ posts: [] });
  const app = await startApp(Object.assign(host, { permissions: ['create_events' as const] }));
  renderIn(app, Importing);
  const making = { mediaId: 'm', doneMs: 15_000, lengthMs: 60_000 };
  host.emit('importing', { files: 0, done: 0, bytes: 0, read: 0, name: '', making });
  await screen.findByRole('progressbar', { name: 'Making a video ready' });
  expect(screen.queryByRole('button', { name: 'Stop making the video ready' })).toBeNull();
});

it('shows how far the version of a video has come, and stops it', async () => {
  const host = createDemo({ posts: [] });
  const app = await startApp(host);
  renderIn(app, Importing);
  const making = { mediaId: 'm', doneMs: 15_000, lengthMs: 60_000 };
  const idle = { files: 0, done: 0, bytes: 0, read: 0, name: '' };
  host.emit('importing', { ...idle, making });
  const bar = await screen.findByRole('progressbar', { name: 'Making a video ready' });
  expect((bar as HTMLProgressElement).value).toBe(0.25);
  await userEvent.click(screen.getByRole('button', { name: 'Stop making the video ready' }));
  expect(host.calls.at(-1)?.name).toBe('media.making_stop');
  host.emit('importing', { ...idle, making: null });
  await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull());
});
