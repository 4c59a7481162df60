import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api';
import { postOf, whenAt } from '$lib/demo/state';
import { type Bench, bench, openNew, openPost } from '../../../test/composer';

let b: Bench;
const focused = () => document.activeElement;
const name = () => focused()?.getAttribute('aria-label') ?? focused()?.textContent?.trim();
const undo = (more = '') => b.user.keyboard(`{Control>}${more}z{/Control}`);

beforeEach(async () => {
  b = await bench();
});

/** A text of its own for the folder, by keys alone; the cursor is in it afterwards. */
async function tailorByKeys() {
  screen.getByRole('button', { name: /Website folder, Folder/ }).focus();
  await b.user.keyboard(' ');
  screen.getByRole('button', { name: /A text of its own/ }).focus();
  await b.user.keyboard('{Enter}');
  const item = await screen.findByRole('menuitem', { name: /Website folder/ });
  item.focus();
  await b.user.keyboard('{Enter}');
  return screen.findByRole('tab', { name: /Website folder/ });
}

describe('the focus in the open post', () => {
  it('stays on the tabs while one walks them', async () => {
    await b.user.type(await openNew(b), 'Hi');
    const own = await tailorByKeys();
    await waitFor(() => expect(focused()).toBe(screen.getByRole('textbox', { name: 'Text' })));
    own.focus();
    for (const key of ['{ArrowLeft}', '{ArrowRight}', '{End}', '{Home}']) {
      await b.user.keyboard(key);
      expect(focused()?.getAttribute('role'), key).toBe('tab');
      expect(focused()?.getAttribute('aria-selected'), key).toBe('true');
    }
  });

  it('goes to the text when an account follows the shared one again', async () => {
    await b.user.type(await openNew(b), 'Hi');
    await tailorByKeys();
    await b.user.keyboard(', folder');
    screen.getByRole('button', { name: 'Back to the shared text' }).focus();
    await b.user.keyboard('{Enter}');
    const text = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text' });
    await waitFor(() => expect(focused()).toBe(text));
    expect(text.value).toBe('Hi');
    expect(screen.queryByRole('tab', { name: /Website folder/ })).toBeNull();
  });

  it('goes to the next file when one is removed, and to the button for more after the last', async () => {
    await openNew(b);
    b.host.pickFiles = () => Promise.resolve(['/x/a.png', '/x/b.png']);
    await b.user.click(screen.getByRole('button', { name: 'Add pictures or files' }));
    (await screen.findByRole('button', { name: 'Remove a.png' })).focus();
    await b.user.keyboard('{Enter}');
    await waitFor(() => expect(focused()?.closest('li')?.textContent).toContain('b.png'));
    screen.getByRole('button', { name: 'Remove b.png' }).focus();
    await b.user.keyboard('{Enter}');
    await waitFor(() => expect(name()).toBe('Add pictures or files'));
  });

  it('stays on the handle of a file that changed its place by its menu', async () => {
    await openNew(b);
    b.host.pickFiles = () => Promise.resolve(['/x/a.png', '/x/b.png']);
    await b.user.click(screen.getByRole('button', { name: 'Add pictures or files' }));
    await b.user.click(await screen.findByRole('button', { name: /^a\.png, 1 of 2\./ }));
    await b.user.click(await screen.findByRole('menuitem', { name: 'One down' }));
    await waitFor(() => expect(name()).toMatch(/^a\.png, 2 of 2\./));
    // By Enter as well; the last one only goes up.
    await b.user.keyboard('{Enter}');
    await b.user.click(await screen.findByRole('menuitem', { name: 'One up' }));
    await waitFor(() => expect(name()).toMatch(/^a\.png, 1 of 2\./));
    // Escape leaves the menu, not the post.
    await b.user.keyboard('{Enter}');
    await screen.findByRole('menuitem', { name: 'One down' });
    await b.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    expect(screen.getByTestId('composer')).toBeTruthy();
    await waitFor(() => expect(name()).toMatch(/^a\.png, 1 of 2\./));
  });

  it('goes to the time when the free slot is taken', async () => {
    await b.user.type(await openNew(b, { date: '2026-05-14' }), 'Hello');
    const when = screen.getByRole('textbox', { name: 'Date and time, as you would say it' });
    await b.user.type(when, 'yesterday 9:00');
    (await screen.findByRole('button', { name: 'Use it' })).focus();
    await b.user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Use it' })).toBeNull());
    await waitFor(() => expect(name()).toBe('Date and time, as you would say it'));
  });
});

describe('Ctrl+Z in the open post', () => {
  it('takes back what was offered last, outside the fields', async () => {
    await b.user.type(await openNew(b), 'Hi');
    await tailorByKeys();
    await b.user.keyboard(' folder');
    await b.user.click(screen.getByRole('button', { name: 'Back to the shared text' }));
    screen.getByRole('button', { name: 'Emoji' }).focus();
    await undo();
    expect(await screen.findByRole('tab', { name: /Website folder/ })).toBeTruthy();
    expect(b.called('history.undo')).toEqual([]);
    await undo();
    expect(b.app.messages.current?.text).toBe('Nothing to undo.');
  });

  it('still does when the line with the button is gone', async () => {
    await openNew(b);
    b.host.pickFiles = () => Promise.resolve(['/x/a.png']);
    await b.user.click(screen.getByRole('button', { name: 'Add pictures or files' }));
    await b.user.click(await screen.findByRole('button', { name: 'Remove a.png' }));
    b.app.messages.dismiss();
    screen.getByRole('button', { name: 'Emoji' }).focus();
    await undo();
    expect(await screen.findByRole('button', { name: 'Remove a.png' })).toBeTruthy();
  });

  it('brings back a discarded edit', async () => {
    b = await bench({
      posts: [
        postOf({
          id: 's',
          segments: [{ text: 'As confirmed', media: [] }],
          accounts: ['acc-ana'],
          when: whenAt('2026-05-14', '09:00', 'Europe/Berlin', true),
          status: 'scheduled',
        }),
      ],
    });
    b.host.answer('history.undo', () => {
      throw new ApiError('internal', 'Asked.');
    });
    await b.user.type(await openPost(b, 's'), ', changed');
    await b.user.click(await screen.findByRole('button', { name: 'Discard changes' }));
    await waitFor(() => expect(b.app.messages.current?.text).toBe('Changes discarded.'));
    await waitFor(() => expect(focused()).not.toBe(document.body));
    screen.getByRole('button', { name: 'Emoji' }).focus();
    await undo();
    await waitFor(() => expect(b.called('history.undo')).toHaveLength(1));
  });
});
