/** The open post of somebody who signed in to the page with a key that may not do everything. */
import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import type { Permission } from '$lib/api';
import { postOf, targetOf, whenAt } from '$lib/demo/state';
import { type Bench, bench, openNew, openPost } from '../../../test/composer';

const ZONE = 'Europe/Berlin';
const EDITOR: Permission[] = ['create_events', 'edit_events', 'view_analytics'];
const post = (id: string, editorial: 'draft' | 'scheduled') =>
  postOf({
    id,
    segments: [{ text: id, media: [] }],
    targets: [targetOf(id, 'acc-ana', 0, editorial)],
    when: whenAt('2026-05-14', '09:00', ZONE, editorial === 'scheduled'),
    editorial,
    status: editorial,
  });
let b: Bench;
const signedIn = (permissions: readonly Permission[]) => Object.assign(b.host, { permissions });

beforeEach(async () => {
  b = await bench({ posts: [post('goes', 'scheduled'), post('idea', 'draft')] });
});

it('is written and given a day by a key that may edit, and says why it is not scheduled', async () => {
  signedIn(EDITOR);
  const text = await openNew(b, { date: '2026-05-20', time: '16:00' });
  await b.user.type(text, 'At four');
  await waitFor(() =>
    expect(screen.getByTestId('blocked').textContent).toBe(
      'The key you signed in with may not schedule or publish. What you write is kept as a draft.',
    ),
  );
  await b.user.keyboard('{Control>}{Enter}{/Control}');
  expect(b.called('posts.move')).toEqual([]);
  await waitFor(() => expect(b.post()?.segments[0]?.text).toBe('At four'));
  expect(b.post()?.when).toMatchObject({ kind: 'planned', date: '2026-05-20' });
});

it('cannot be written in where it goes out, with the reason, and a draft can', async () => {
  signedIn(EDITOR);
  const text = await openPost(b, 'goes');
  const reason =
    'It goes out as it is: the key you signed in with may not change what is scheduled.';
  expect(screen.getByText(reason)).toBeTruthy();
  await b.user.type(text, ' and more');
  await b.user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());
  expect([b.called('posts.open'), b.called('posts.save')]).toEqual([[], []]);
  await b.user.type(await openPost(b, 'idea'), ' and more');
  await waitFor(() => expect(b.post('idea')?.segments[0]?.text).toBe('idea and more'));
});

it('is looked at by a key that only reads', async () => {
  signedIn(['view_analytics']);
  await openPost(b, 'idea');
  const reason = 'The key you signed in with may look at posts and not write them.';
  expect(screen.getByText(reason)).toBeTruthy();
  expect(b.called('posts.open')).toEqual([]);
});

it('is not begun by a key that could not go on with it', async () => {
  signedIn(['create_events']);
  await openNew(b);
  const reason = 'The key you signed in with may look at posts and not write them.';
  expect(screen.getByText(reason)).toBeTruthy();
  expect(b.called('posts.create')).toEqual([]);
});
