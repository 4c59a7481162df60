import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { postOf, whenAt } from '$lib/demo/state';
import { ApiError, type Post } from '$lib/api';
import { faults } from '../../../test/axe';
import { type Bench, bench, openPost } from '../../../test/composer';

/** A send that did not work, to be seen to again five minutes later. */
function later(post: Post): Post {
  const at = post.when.kind === 'scheduled' ? post.when.at : 0;
  const failure = {
    category: 'network_error' as const,
    message: 'Bluesky could not be reached.',
    detail: null,
    attempt: 1,
    nextTryAt: at + 300_000,
  };
  return { ...post, targets: post.targets.map((x) => ({ ...x, failure })) };
}

const post = (status: Post['status']) =>
  postOf({
    id: 'p',
    segments: [{ text: 'Spring sale', media: [] }],
    accounts: ['acc-ana'],
    when: whenAt('2026-05-11', '09:00', 'Europe/Berlin', true),
    status,
  });

async function opened(status: Post['status']): Promise<Bench & { text: HTMLTextAreaElement }> {
  const b = await bench({ posts: [post(status)] });
  return { ...b, text: await openPost(b, 'p') };
}

describe('a post that is seen to again', () => {
  it.each([
    ['scheduled', 'waiting', /Trying again .*09:05 \(try 2\)\./],
    ['unconfirmed', 'unconfirmed', /Almanac looks for it again .*09:05\./],
  ] as const)('says when, and is not called past: %s', async (status, state, says) => {
    const seen = later(post(status));
    const b = await bench({
      posts: [{ ...seen, targets: seen.targets.map((x) => ({ ...x, state })) }],
    });
    await openPost(b, 'p');
    expect(await screen.findByText(says)).toBeTruthy();
    expect(screen.queryByText(/in the past/)).toBeNull();
  });
});

describe('a failed post', () => {
  it('says which account, why and what to do, and can be sent again mended', async () => {
    const b = await opened('failed');
    const row = within(screen.getByRole('list', { name: 'How it went' }));
    expect(row.getByText(/Bluesky \(@ana\.example\.com\)/)).toBeTruthy();
    expect(row.getByText('The text is 38 characters too long.')).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
    await b.user.clear(b.text);
    await b.user.type(b.text, 'Shorter');
    await b.user.click(row.getByRole('button', { name: 'Try now' }));
    await waitFor(() => expect(b.called('targets.retry')).toEqual([{ id: 'p:acc-ana' }]));
    expect(b.post()?.segments[0]?.text).toBe('Shorter');
  });

  it('keeps its job log', async () => {
    const b = await opened('failed');
    await b.user.click(screen.getByText('Job log'));
    expect(await screen.findByText(/Try 1/)).toBeTruthy();
    expect(screen.getByText(/not sent/)).toBeTruthy();
  });
});

describe('a post that was not sent', () => {
  it('is called off on its account, used again, and both can be undone', async () => {
    const b = await opened('failed');
    const row = within(screen.getByRole('list', { name: 'How it went' }));
    await b.user.click(row.getByRole('button', { name: 'Call off' }));
    await waitFor(() => expect(b.called('targets.cancel')).toEqual([{ id: 'p:acc-ana' }]));
    expect(await row.findByText(/was called off\./)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Undo' })).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
    await b.user.click(row.getByRole('button', { name: 'Use again' }));
    await waitFor(() => expect(b.called('targets.use_again')).toEqual([{ id: 'p:acc-ana' }]));
    await waitFor(() => expect(b.post()?.targets[0]?.state).toBe('waiting'));
  });

  it('comes back as a whole when it was called off as a whole', async () => {
    const b = await opened('cancelled');
    const row = within(screen.getByRole('list', { name: 'How it went' }));
    await b.user.click(row.getByRole('button', { name: 'Use again' }));
    await waitFor(() => expect(b.called('posts.use_again')).toEqual([{ ids: ['p'] }]));
    expect(b.called('targets.use_again')).toEqual([]);
  });
});

describe('how far the writing is', () => {
  const status = () => screen.getByRole('combobox', { name: /^Status/ });
  /** A line of the open list; without a layout it is not placed, and so never visible. */
  const option = (name: string) =>
    waitFor(() => {
      const found = document.querySelector<HTMLElement>(`[role=option][data-label="${name}"]`);
      if (!found) throw new Error(`no option ${name}`);
      return found;
    });

  it('is chosen in the details, and a scheduled post is taken back by it', async () => {
    const b = await opened('scheduled');
    await b.user.click(screen.getByText('Title, labels and notes'));
    expect(status().textContent).toContain('Scheduled');
    status().focus();
    await b.user.keyboard('{Enter}');
    await b.user.click(await option('In review'));
    await waitFor(() =>
      expect(b.called('posts.editorial')).toEqual([{ ids: ['p'], status: 'in_review' }]),
    );
    await waitFor(() => expect(status().textContent).toContain('In review'));
    expect(b.post()?.editorial).toBe('in_review');
    expect(await faults(document.body)).toEqual([]);
  });

  it('stands as it was when the program refuses', async () => {
    const b = await opened('draft');
    await b.user.click(screen.getByText('Title, labels and notes'));
    b.host.failNext('posts.editorial', new ApiError('conflict', 'It is going out right now.'));
    await b.user.click(status());
    await b.user.click(await option('Approved'));
    expect(await screen.findByText('It is going out right now.')).toBeTruthy();
    expect(status().textContent).toContain('Draft');
  });
});

describe('an unconfirmed post', () => {
  it('cannot be written in and asks which of three it is', async () => {
    const b = await opened('unconfirmed');
    expect(b.text.readOnly).toBe(true);
    expect(screen.getByText(/may already be on the network/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Send again' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Give up' })).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
    await b.user.click(screen.getByRole('button', { name: 'It is there' }));
    await waitFor(() => expect(b.post()?.targets[0]?.state).toBe('published'));
  });
});

describe('a post its network holds', () => {
  it('says until when, cannot be written in, and is taken back', async () => {
    const b = await opened('placed');
    expect(b.text.readOnly).toBe(true);
    expect(screen.getByText(/Take it back below to change it/)).toBeTruthy();
    const row = within(screen.getByRole('list', { name: 'How it went' }));
    expect(row.getByText(/holds it and publishes it .*09:00\./)).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
    await b.user.click(row.getByRole('button', { name: 'Take it back' }));
    await waitFor(() => expect(b.called('targets.take_back')).toEqual([{ id: 'p:acc-ana' }]));
    await screen.findByText(/goes out from this computer at its time/);
    await waitFor(() => expect(b.text.readOnly).toBe(false));
  });
});

describe('a post going out', () => {
  it('says why it cannot be changed', async () => {
    const b = await opened('publishing');
    expect(b.text.readOnly).toBe(true);
    expect(screen.getByText(/going out right now/)).toBeTruthy();
    expect(b.called('posts.open')).toEqual([]);
  });
});

describe('a published post', () => {
  it('opens there, gives its link, and starts a new one', async () => {
    const b = await opened('published');
    expect(b.text.readOnly).toBe(true);
    await b.user.click(screen.getByRole('button', { name: 'Open' }));
    expect(b.host.opened).toEqual(['https://example.com/p']);
    await b.user.click(screen.getByRole('button', { name: 'Copy link' }));
    expect(b.host.copied).toEqual(['https://example.com/p']);
    await b.user.click(screen.getByRole('button', { name: 'Use it again' }));
    await waitFor(() =>
      expect(b.app.router.composer).toMatchObject({ kind: 'post', id: b.post()?.id }),
    );
    expect(b.host.world.posts.posts.size).toBe(2);
  });

  it('is deleted there only after asking', async () => {
    const b = await opened('published');
    await b.user.click(screen.getByRole('button', { name: 'Delete there' }));
    expect(await screen.findByText(/This cannot be undone/)).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
    await b.user.keyboard('{Escape}');
    expect(screen.queryByText(/This cannot be undone/)).toBeNull();
    expect(screen.getByTestId('composer')).toBeTruthy();
    await b.user.click(screen.getByRole('button', { name: 'Delete there' }));
    const asked = within(
      await screen.findByRole('dialog', { name: 'Delete the post on Bluesky?' }),
    );
    await b.user.click(asked.getByRole('button', { name: 'Delete there' }));
    await waitFor(() =>
      expect(b.called('targets.delete_on_network')).toEqual([{ id: 'p:acc-ana' }]),
    );
  });
});

describe('a post that is out on one account and not on the other', () => {
  it('keeps the account that has it, says why, and offers to delete it there', async () => {
    const seen = postOf({
      id: 'p',
      segments: [{ text: 'Spring sale', media: [] }],
      accounts: ['acc-ana', 'acc-shop'],
      when: whenAt('2026-05-11', '09:00', 'Europe/Berlin', true),
      status: 'failed',
    });
    const targets = seen.targets.map((x) =>
      x.accountId === 'acc-ana' ? { ...x, state: 'published' as const, failure: null } : x,
    );
    const b = await bench({ posts: [{ ...seen, targets, status: 'partly_published' }] });
    await openPost(b, 'p');
    const reason =
      'It is published on @ana.example.com, so this account stays. Delete it there first to take it off.';
    const ana = screen.getByRole('button', { name: /^Ana Brandt, Bluesky/ });
    expect(ana.getAttribute('aria-disabled')).toBe('true');
    const told = document.getElementById(ana.getAttribute('aria-describedby') ?? '');
    expect([told?.textContent, ana.title]).toEqual([reason, reason]);
    expect(await faults(document.body)).toEqual([]);
    ana.focus();
    await b.user.keyboard(' ');
    expect(b.app.messages.current?.text).toBe(reason);
    expect(b.app.messages.current?.actions.map((x) => x.label)).toEqual(['Delete there']);
    expect(ana.getAttribute('aria-pressed')).toBe('true');
    // The other one can still be taken off.
    const shop = screen.getByRole('button', { name: /^Paper Bench, Bluesky/ });
    await b.user.click(shop);
    expect(shop.getAttribute('aria-pressed')).toBe('false');
    await b.app.router.leave();
    expect(b.post('p')?.targets.map((x) => x.accountId)).toContain('acc-ana');
  });
});

describe('a deleted post', () => {
  it('says so instead of saving into the bin', async () => {
    const b = await opened('failed');
    await b.app.api.posts.remove({ ids: ['p'] });
    expect(await screen.findByText('This post was deleted.')).toBeTruthy();
    await b.user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await screen.findByRole('textbox', { name: 'Text' })).toBeTruthy();
  });
});
