import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError, type Account } from '$lib/api';
import { faults } from '../../../test/axe';
import { type Bench, bench, openNew } from '../../../test/composer';
import { readNumber, shownOptions } from './option-values';
import { catalogue } from '$lib/demo/networks';

let b: Bench;

beforeEach(async () => {
  b = await bench();
  const [ana] = b.host.world.boot.accounts as [Account];
  const accounts = ['mastodon', 'youtube', 'pinterest'].map((network) => ({
    ...ana,
    id: `acc-${network}`,
    network,
    handle: network,
    displayName: network,
  }));
  b.host.world.boot = { ...b.host.world.boot, accounts: [ana, ...accounts] };
  await b.app.session.refresh();
});

const optionsOf = (accountId: string) =>
  b.post()?.targets.find((x) => x.accountId === accountId)?.options;
const saved = (accountId: string, options: Record<string, unknown>) =>
  waitFor(() => expect(optionsOf(accountId)).toEqual(options), { timeout: 5000 });

async function open(network: string) {
  const text = await openNew(b, { accounts: [`acc-${network}`] });
  await b.user.type(text, 'Spring');
  await b.user.click(screen.getByText('Options'));
  return within(screen.getByText('Options').closest('details') as HTMLElement);
}

describe('options made from the catalogue', () => {
  it('count what is left of a text, and what is too much', async () => {
    const options = await open('youtube');
    const title = options.getByLabelText('Title (needed)');
    expect(title.getAttribute('aria-required')).toBe('true');
    await b.user.type(title, 'Héllo 👩‍👩‍👧');
    options.getByText('93 characters left');
    await b.user.clear(title);
    await b.user.click(title);
    await b.user.paste('x'.repeat(101));
    options.getByText('1 character too many');
    expect(title.getAttribute('aria-invalid')).toBe('true');
    const long = options.getByLabelText('Description');
    expect(long.tagName).toBe('TEXTAREA');
    await b.user.type(long, 'Two{Enter}lines');
    await saved('acc-youtube', { title: 'x'.repeat(101), description: 'Two\nlines' });
    expect(await faults(document.body)).toEqual([]);
  });

  it('are kept, as a name is, without a word of text', async () => {
    await openNew(b, { accounts: ['acc-youtube'] });
    await b.user.click(screen.getByText('Options'));
    await b.user.type(screen.getByLabelText('Title (needed)'), 'Spring');
    await b.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());
    expect(optionsOf('acc-youtube')).toEqual({ title: 'Spring' });
    await openNew(b, { accounts: ['acc-youtube'] });
    await b.user.click(screen.getByText('Title, labels and notes'));
    await b.user.type(screen.getByLabelText('Who looks after it'), 'Ana');
    await b.user.keyboard('{Escape}');
    await waitFor(() => expect(b.post()?.assignee).toBe('Ana'));
  });

  it('come back with the account that was turned off by a slip', async () => {
    const options = await open('youtube');
    await b.user.type(options.getByLabelText('Title (needed)'), 'Spring');
    await saved('acc-youtube', { title: 'Spring' });
    await b.user.click(screen.getByRole('button', { name: /youtube, YouTube/ }));
    await waitFor(() => expect(optionsOf('acc-youtube')).toBeUndefined());
    expect(b.app.messages.current?.text).toBe(
      '@youtube is off, and with it what was chosen for it.',
    );
    await b.user.keyboard('{Control>}z{/Control}');
    await saved('acc-youtube', { title: 'Spring' });
    // Without anything chosen for it there is nothing to take back.
    await b.user.click(screen.getByRole('button', { name: /Ana Brandt/ }));
    await b.user.click(screen.getByRole('button', { name: /Ana Brandt/ }));
    await b.user.keyboard('{Control>}z{/Control}');
    expect(b.app.messages.current?.text).toBe('Nothing to undo.');
  });

  it('keep a list, with entries added by Enter and taken away by keys', async () => {
    const options = await open('youtube');
    const tags = options.getByLabelText('Tags');
    await b.user.type(tags, 'paper, and glue{Enter}press{Enter}press{Enter}');
    options.getByText('Words to be found by. 2 of 15');
    await saved('acc-youtube', { tags: ['paper, and glue', 'press'] });
    await b.user.keyboard('{Backspace}');
    await saved('acc-youtube', { tags: ['paper, and glue'] });
    await b.user.click(options.getByRole('button', { name: 'Remove paper, and glue' }));
    expect(document.activeElement).toBe(tags);
    await saved('acc-youtube', {});
  });

  it.each(['{Control>}{Enter}{/Control}', '{Escape}'])(
    'keep the entry that is being typed when %s closes the post',
    async (keys) => {
      await openNew(b, {
        accounts: ['acc-youtube', 'acc-ana'],
        text: 'Spring',
        date: '2026-05-14',
        time: '16:00',
      });
      b.host.answer('posts.check', () => ({
        problems: [],
        accounts: [],
        blocked: null,
        resolved: null,
      }));
      await b.user.click(screen.getByText('Options'));
      await b.user.type(screen.getByLabelText('Tags'), 'press');
      await b.user.keyboard(keys);
      await waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());
      await saved('acc-youtube', { tags: ['press'] });
    },
  );

  it('keep the label that is being typed when the window closes or the sheet goes', async () => {
    await openNew(b, { text: 'Spring' });
    await b.user.click(screen.getByText('Title, labels and notes'));
    const labels = screen.getByLabelText('Labels');
    await b.user.type(labels, 'sale');
    b.host.emit('closing', null);
    await waitFor(() => expect(b.host.handedOver).toBe(true));
    expect(b.post()?.labels).toEqual(['sale']);
    await b.user.type(labels, 'shop');
    b.app.router.closeComposer();
    await waitFor(() => expect(b.post()?.labels).toEqual(['sale', 'shop']));
  });

  it('take no more entries than the network does, and lose nothing typed', async () => {
    const options = await open('mastodon');
    await b.user.click(options.getByRole('switch', { name: 'With a poll' }));
    const answers = options.getByLabelText('Answers (needed)') as HTMLInputElement;
    await b.user.type(answers, 'a{Enter}b{Enter}c{Enter}d{Enter}e{Enter}');
    expect(answers.value).toBe('e');
    options.getByText(/No more than 4 fit\./);
    await saved('acc-mastodon', { poll: true, pollAnswers: ['a', 'b', 'c', 'd'] });
  });

  it('keep a whole number that is not too large', async () => {
    const options = await open('mastodon');
    await b.user.click(options.getByRole('switch', { name: 'With a poll' }));
    const minutes = options.getByLabelText('How long it runs, in minutes') as HTMLInputElement;
    expect(minutes.value).toBe('1440');
    await b.user.clear(minutes);
    await b.user.type(minutes, '60');
    await saved('acc-mastodon', { poll: true, minutes: 60 });
    await b.user.type(minutes, '000');
    expect(minutes.getAttribute('aria-invalid')).toBe('true');
    options.getByText('At most 43,200.');
    await b.user.clear(minutes);
    await b.user.type(minutes, '1.5');
    options.getByText('Write a whole number.');
    await b.user.tab();
    expect(minutes.value).toBe('1');
    await saved('acc-mastodon', { poll: true, minutes: 1 });
  });

  it('are chosen from, and back to what stands for nothing chosen', async () => {
    const options = await open('mastodon');
    const who = options.getByRole('combobox', { name: /Who sees it/ });
    const choose = async (name: string) => {
      await b.user.click(who);
      const option = () => document.querySelector(`[role=option][data-label="${name}"]`);
      await waitFor(() => expect(option()).not.toBeNull());
      await b.user.click(option() as HTMLElement);
    };
    expect(who.textContent).toContain('As set in the account');
    await choose('Followers');
    await saved('acc-mastodon', { visibility: 'private' });
    await choose('As set in the account');
    await waitFor(() => expect(who.textContent).toContain('As set in the account'));
    await saved('acc-mastodon', { visibility: '' });
  });

  it('show what hangs on another option only with it', async () => {
    const options = await open('mastodon');
    expect(options.queryByLabelText('Warning (needed)')).toBeNull();
    await b.user.click(options.getByRole('switch', { name: 'Hide behind a warning' }));
    await b.user.type(options.getByLabelText('Warning (needed)'), 'Glue');
    await b.user.click(options.getByRole('switch', { name: 'Hide behind a warning' }));
    expect(options.queryByLabelText('Warning (needed)')).toBeNull();
  });

  it('are led to by a problem that names one', async () => {
    await openNew(b, { accounts: ['acc-mastodon'], text: 'Spring' });
    await b.user.click(screen.getByText('Options'));
    await b.user.click(screen.getByRole('switch', { name: 'Hide behind a warning' }));
    await b.user.click(screen.getByText('Options'));
    const said = await screen.findByText('Mastodon needs "Warning" chosen.');
    const problem = said.closest('li') as HTMLElement;
    await b.user.click(within(problem).getByRole('button', { name: 'Choose' }));
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByLabelText('Warning (needed)')),
    );
  });
});

describe('something the network offers', () => {
  it('is found by typing, chosen by keys, and keeps its name', async () => {
    const options = await open('pinterest');
    const board = options.getByRole('combobox', { name: 'Board (needed)' }) as HTMLInputElement;
    board.focus();
    await b.user.keyboard('{ArrowDown}');
    await options.findByRole('option', { name: 'Covers' });
    expect(board.getAttribute('aria-expanded')).toBe('true');
    expect(await faults(document.body)).toEqual([]);
    await b.user.keyboard('pap');
    await waitFor(() => expect(options.getAllByRole('option')).toHaveLength(1));
    const active = board.getAttribute('aria-activedescendant');
    expect(document.getElementById(active ?? '')?.textContent?.trim()).toBe('Paper');
    await b.user.keyboard('{Enter}');
    expect(board.value).toBe('Paper');
    expect(options.queryByRole('option')).toBeNull();
    await saved('acc-pinterest', { board: 'board-2' });
    const asked = b.called('accounts.choices').length;

    const id = b.post()?.id ?? '';
    await b.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());
    b.app.router.openPost(id);
    await b.user.click(await screen.findByText('Options'));
    const again = screen.getByRole('combobox', { name: 'Board (needed)' }) as HTMLInputElement;
    expect(again.value).toBe('Paper');
    expect(b.called('accounts.choices')).toHaveLength(asked);
    await b.user.click(screen.getByRole('button', { name: 'Clear Board' }));
    expect(again.value).toBe('');
    await saved('acc-pinterest', {});
  });

  it('is offered beside what else was chosen', async () => {
    const options = await open('pinterest');
    await b.user.type(options.getByLabelText('Link'), 'https://a.example');
    await saved('acc-pinterest', { link: 'https://a.example' });
    await b.user.click(options.getByRole('combobox', { name: 'Board (needed)' }));
    await options.findByRole('option', { name: 'Repairs' });
    expect(b.called('accounts.choices').at(-1)).toMatchObject({
      option: 'board',
      chosen: { link: 'https://a.example' },
    });
  });

  it('is chosen by the pointer, and Escape shuts only the list', async () => {
    const options = await open('pinterest');
    const board = options.getByRole('combobox', { name: 'Board (needed)' }) as HTMLInputElement;
    await b.user.click(board);
    await options.findByRole('option', { name: 'Repairs' });
    await b.user.keyboard('zz');
    await options.findByText('Nothing found for “zz”.');
    await b.user.keyboard('{Escape}');
    expect(board.value).toBe('');
    screen.getByTestId('composer');
    await b.user.click(board);
    await b.user.click(await options.findByRole('option', { name: 'Repairs' }));
    await saved('acc-pinterest', { board: 'board-4' });
    expect(board.value).toBe('Repairs');
  });

  it('says why it is not there, and is asked for again', async () => {
    const options = await open('pinterest');
    b.host.failNext('accounts.choices', new ApiError('network', 'Pinterest is not reachable.'));
    const board = options.getByRole('combobox', { name: 'Board (needed)' });
    board.focus();
    await b.user.keyboard('{ArrowDown}');
    await options.findByText('Pinterest is not reachable.');
    await b.user.keyboard('{Enter}');
    await options.findByRole('option', { name: 'Covers' });
    b.host.failNext('accounts.choices', new ApiError('network', 'Pinterest is not reachable.'));
    await b.user.keyboard('re');
    await b.user.click(await options.findByRole('button', { name: 'Try again' }));
    await options.findByRole('option', { name: 'Repairs' });
    expect(document.activeElement).toBe(board);
  });

  it('is called by its name where it was chosen elsewhere', async () => {
    const text = await openNew(b, { accounts: ['acc-pinterest'] });
    await b.user.type(text, 'Spring');
    await waitFor(() => expect(b.post()).toBeTruthy());
    const post = b.post();
    await b.user.keyboard('{Escape}');
    await waitFor(() => expect(text.isConnected).toBe(false));
    if (!post) throw new Error('no post');
    const targets = post.targets.map((x) => ({ ...x, options: { board: 'board-3' } }));
    b.host.world.posts.posts.set(post.id, { ...post, targets });
    b.app.router.openPost(post.id);
    await b.user.click(await screen.findByText('Options'));
    const board = screen.getByRole('combobox', { name: 'Board (needed)' }) as HTMLInputElement;
    await waitFor(() => expect(board.value).toBe('Open day'));
  });
});

describe('the values of options', () => {
  it('are shown by what another one has, its default included', () => {
    const fields = catalogue.find((n) => n.key === 'mastodon')?.options ?? [];
    const names = (options: Record<string, unknown>) =>
      shownOptions(fields, options).map((f) => f.name);
    expect(names({})).toEqual(['visibility', 'sensitive', 'poll']);
    expect(names({ sensitive: true })).toContain('contentWarning');
    expect(names({ sensitive: null })).not.toContain('contentWarning');
  });

  it('are whole numbers up to the most', () => {
    expect(['', ' 7 ', '8', '-1', '1e3', '0x1'].map((text) => readNumber(text, 7))).toEqual([
      undefined,
      7,
      null,
      null,
      null,
      null,
    ]);
  });
});
