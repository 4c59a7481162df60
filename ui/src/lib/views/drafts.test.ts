import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createDemo } from '$lib/demo';
import { postOf } from '$lib/demo/state';
import { faults } from '../../test/axe';
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

it('finds words that stand further on than the row shows', async () => {
  const deep = `${'Long before it comes. '.repeat(8)}Anniversary`;
  const draft = (id: string, text: string) => postOf({ id, segments: [{ text, media: [] }] });
  const app = await startApp(createDemo({ posts: [draft('a', deep), draft('b', 'Another')] }));
  renderIn(app, DraftsView);
  const field = await screen.findByRole('textbox', { name: 'Words in a draft' });
  await userEvent.type(field, 'annivers');
  await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(1));
  expect(screen.getByText(/^Long before/)).toBeTruthy();
  await userEvent.type(field, 'zzz');
  expect(await screen.findByText('No draft has these words.')).toBeTruthy();
});

describe('the menu of a row', () => {
  const items = async () =>
    within(await screen.findByRole('menu'))
      .getAllByRole('menuitem')
      .map((item) => item.textContent?.trim());
  async function open() {
    const posts = [
      postOf({ id: 'a', segments: [{ text: 'Idea', media: [] }], labels: ['spring'] }),
    ];
    const host = createDemo({ posts });
    const app = await startApp(host);
    const { container } = renderIn(app, DraftsView);
    const row = await screen.findByRole('button', { name: /Idea/ });
    const called = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);
    return { app, host, container, row, called };
  }

  it('is the same by pointer and by key, and gives the focus back', async () => {
    const { app, container, row } = await open();
    await userEvent.pointer({ keys: '[MouseRight]', target: row });
    const byPointer = await items();
    expect(byPointer.join(' ')).toMatch(
      /Edit.*Move to….*Copy to the shelf.*Labels….*Publish now….*In review.*Delete/,
    );
    expect(await faults(container)).toEqual([]);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    row.focus();
    fireEvent.keyDown(row, { key: 'ContextMenu' });
    expect(await items()).toEqual(byPointer);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(row));
    await userEvent.keyboard('{Enter}');
    expect(app.router.composer).toMatchObject({ kind: 'post', id: 'a' });
  });

  it('gives a date, sets labels and the status, and deletes', async () => {
    const { row, called } = await open();
    const choose = async (name: RegExp) => {
      row.focus();
      await userEvent.keyboard('{Shift>}{F10}{/Shift}');
      await userEvent.click(await screen.findByRole('menuitem', { name }));
    };
    await choose(/^In review/);
    await waitFor(() =>
      expect(called('posts.editorial')).toEqual([{ ids: ['a'], status: 'in_review' }]),
    );
    await choose(/^Labels/);
    expect((await screen.findByLabelText<HTMLInputElement>('spring')).checked).toBe(true);
    await userEvent.click(screen.getByLabelText('spring'));
    await userEvent.keyboard('{Escape}');
    await waitFor(() =>
      expect(called('posts.label')).toEqual([{ ids: ['a'], add: [], remove: ['spring'] }]),
    );
    await choose(/^Move to/);
    await userEvent.type(await screen.findByLabelText('Date and time'), '14.5. 16:30');
    await userEvent.click(await screen.findByRole('button', { name: 'Move' }));
    await waitFor(() =>
      expect(called('posts.move')).toEqual([
        {
          moves: [{ id: 'a', place: { kind: 'wall', wall: '2026-05-14T16:30:00', zone: null } }],
          scheduling: 'if_ready',
        },
      ]),
    );
    await choose(/^Delete/);
    await waitFor(() => expect(called('posts.remove')).toEqual([{ ids: ['a'] }]));
    expect(await screen.findByText(/^No drafts/)).toBeTruthy();
  });
});
