import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { postOf, whenAt } from '$lib/demo/state';
import { type Bench, bench, holdBack, openNew, openPost } from '../../../test/composer';

let b: Bench;
const full = () => {
  throw new ApiError('storage', 'The disk is full.');
};
const texts = () => [...b.host.world.posts.posts.values()].map((p) => p.segments[0]?.text);
const told = () => [b.host.handedOver, b.host.stayed];

describe('closing the window', () => {
  beforeEach(async () => {
    b = await bench();
  });

  it('saves what was typed in the last moment', async () => {
    await b.user.type(await openNew(b), 'Just now');
    b.host.emit('closing', null);
    await waitFor(() => expect(told()).toEqual([true, false]));
    expect(texts()).toEqual(['Just now']);
  });

  it('keeps the window, and the words, when they can be saved nowhere', async () => {
    const text = await openNew(b);
    b.host.answer('posts.create', full);
    await b.user.type(text, 'Precious');
    b.host.emit('closing', null);
    await waitFor(() => expect(told()).toEqual([false, true]));
    expect(text.value).toBe('Precious');
    expect(
      await screen.findByText(/^Your last words are not saved yet\. The disk is full\.$/, {
        selector: '.message *',
      }),
    ).toBeTruthy();
    await b.user.click(screen.getByRole('button', { name: 'Copy the text' }));
    expect(b.host.copied).toEqual(['Precious']);
  });

  it('goes once the person gives them up', async () => {
    const text = await openNew(b);
    b.host.answer('posts.create', full);
    await b.user.type(text, 'Not that precious');
    b.host.emit('closing', null);
    const letGo = await screen.findByRole('button', { name: 'Close without saving' });
    letGo.focus();
    await b.user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());
    b.host.emit('closing', null);
    await waitFor(() => expect(b.host.handedOver).toBe(true));
    expect(texts()).toEqual([]);
  });
});

describe('closing the window over a post that cannot be saved', () => {
  beforeEach(async () => {
    b = await bench({
      posts: [
        postOf({
          id: 's',
          segments: [{ text: 'Before', media: [] }],
          when: whenAt('2026-05-14', '09:00', 'Europe/Berlin', true),
        }),
      ],
    });
    b.host.answer('posts.save', full);
  });

  it('keeps the words as a draft of their own, once', async () => {
    await b.user.type(await openPost(b, 's'), ' and after');
    b.host.emit('closing', null);
    await waitFor(() => expect(told()).toEqual([true, false]));
    expect(texts()).toEqual(['Before', 'Before and after']);
    b.host.emit('closing', null);
    await waitFor(() => expect(b.called('posts.save').length).toBeGreaterThan(1));
    await Promise.resolve();
    expect(texts()).toHaveLength(2);
  });
});

describe('closing the window while files are taken in', () => {
  const drop = () => b.host.dragFiles({ kind: 'drop', paths: ['/x/a.png'], x: 1, y: 1 });
  const files = () => b.post()?.segments[0]?.media.map((m) => m.mediaId);

  beforeEach(async () => {
    b = await bench();
  });

  it('waits for them, also once the sheet is closed', async () => {
    await b.user.type(await openNew(b), 'With a picture');
    const go = holdBack(b.host, 'media.import');
    drop();
    await b.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());
    b.host.emit('closing', null);
    await waitFor(() => expect(files()).toEqual([]));
    expect(told()).toEqual([false, false]);
    go();
    await waitFor(() => expect(told()).toEqual([true, false]));
    expect(files()).toEqual(['media-a.png']);
  });

  it('stays when that takes too long, and goes when they are given up', async () => {
    await b.user.type(await openNew(b), 'With a film');
    const go = holdBack(b.host, 'media.import');
    drop();
    vi.useFakeTimers();
    b.host.emit('closing', null);
    await vi.advanceTimersByTimeAsync(9000);
    vi.useRealTimers();
    expect(told()).toEqual([false, true]);
    await b.user.click(await screen.findByRole('button', { name: 'Close without them' }));
    await waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());
    b.host.emit('closing', null);
    await waitFor(() => expect(b.host.handedOver).toBe(true));
    expect(texts()).toEqual(['With a film']);
    // The window may stand yet: what comes in now stays out of the post.
    vi.useFakeTimers();
    go();
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    expect(b.called('media.import')).toHaveLength(1);
    expect(files()).toEqual([]);
  });
});
