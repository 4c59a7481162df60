import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { FirstComment, Post } from '$lib/api';
import { postOf, whenAt } from '$lib/demo/state';
import { faults } from '../../../test/axe';
import { bench, openPost } from '../../../test/composer';

function post(comment: Partial<FirstComment>): Post {
  const made = postOf({
    id: 'p',
    segments: [{ text: 'Spring sale', media: [] }],
    accounts: ['acc-ana'],
    when: whenAt('2026-05-11', '09:00', 'Europe/Berlin', true),
    status: 'published',
  });
  const firstComment: FirstComment = {
    state: 'failed',
    message: null,
    detail: null,
    nextTryAt: null,
    tries: 1,
    ...comment,
  };
  return { ...made, targets: made.targets.map((x) => ({ ...x, firstComment })) };
}

async function opened(comment: Partial<FirstComment>) {
  const b = await bench({ posts: [post(comment)] });
  await openPost(b, 'p');
  return { ...b, line: within(screen.getByTestId('first-comment')) };
}

describe('the first comment of a published post', () => {
  it('says why it is not there, and can be written again', async () => {
    const b = await opened({ message: 'Comments are turned off below this post.' });
    expect(b.line.getByText(/is not there.*turned off/)).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
    await b.user.click(b.line.getByRole('button', { name: /^Write the comment again/ }));
    await waitFor(() => expect(b.called('targets.comment_again')).toEqual([{ id: 'p:acc-ana' }]));
    await waitFor(() => expect(screen.getByTestId('first-comment').textContent).toContain('below it'));
  });

  it('can be left', async () => {
    const b = await opened({});
    await b.user.click(b.line.getByRole('button', { name: /^Leave it/ }));
    await waitFor(() => expect(b.called('targets.leave_comment')).toEqual([{ id: 'p:acc-ana' }]));
    await waitFor(() => expect(b.line.queryByRole('button', { name: /^Leave it/ })).toBeNull());
  });

  it('says when it is tried again, and asks for nothing meanwhile', async () => {
    const at = Date.parse('2026-05-11T07:05:00Z');
    const b = await opened({ state: 'due', message: 'The network is busy.', nextTryAt: at });
    expect(b.line.getByText(/tried again .*09:05\..*is busy/)).toBeTruthy();
    expect(b.line.queryByRole('button')).toBeNull();
  });
});
