import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { createDemo } from '$lib/demo';
import { postOf } from '$lib/demo/state';
import { renderIn, startApp } from '../../test/render';
import DraftsView from './DraftsView.svelte';

it('hands the focus on to the neighbour of a draft that is deleted by key', async () => {
  const draft = (id: string) => postOf({ id, segments: [{ text: `Idea ${id}`, media: [] }] });
  const app = await startApp(createDemo({ posts: ['a', 'b', 'c'].map(draft) }));
  const user = userEvent.setup();
  renderIn(app, DraftsView);
  const row = () => document.activeElement?.closest('[role=listitem]')?.textContent;
  const rows = async () => {
    const all = await screen.findAllByRole('listitem');
    return all.map((r) => /Idea ./.exec(r.textContent)?.[0]);
  };
  const order = await rows();
  const [first] = await screen.findAllByRole('button', { name: /^Delete/ });
  first?.focus();
  await user.keyboard('{Enter}');
  await waitFor(async () => expect(await rows()).toEqual(order.slice(1)));
  await waitFor(() => expect(row()).toContain(order[1]));
});
