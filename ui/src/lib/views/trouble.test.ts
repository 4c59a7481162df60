import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDemo, type DemoHost } from '$lib/demo';
import { postOf, targetOf, whenAt } from '$lib/demo/state';
import type { App } from '$lib/state/app.svelte';
// Fetched up front, so that the first test does not wait for it.
import '$lib/components/composer/ComposerSheet.svelte';
import { faults } from '../../test/axe';
import { LONG } from '../../test/composer';
import { renderIn, startApp } from '../../test/render';
import AccountsView from './AccountsView.svelte';
import ActivityView from './ActivityView.svelte';
import Composer from './Composer.svelte';

const WHY = 'The text is 44 characters too long for Bluesky.';
let host: DemoHost;
let app: App;
const user = userEvent.setup();

/** Not published on one account, and why. */
function failed() {
  const target = targetOf('f', 'acc-ana', 0, 'failed');
  const failure = target.failure && { ...target.failure, message: WHY };
  return postOf({
    id: 'f',
    segments: [{ text: LONG, media: [] }],
    targets: [{ ...target, failure }],
    when: whenAt('2026-05-10', '09:00', 'Europe/Berlin', true),
    editorial: 'scheduled',
    status: 'failed',
  });
}

beforeEach(async () => {
  host = createDemo({ posts: [failed()] });
  app = await startApp(host);
});

/** The open post names the account, says why, and marks the fault in the text. */
async function opened() {
  const sheet = within(await screen.findByRole('dialog', {}, { timeout: 8000 }));
  const row = (await sheet.findByText(WHY)).closest('li');
  expect(row?.textContent).toContain('Bluesky (@ana.example.com)');
  expect(row?.textContent).toContain('was not published.');
  expect(within(row as HTMLElement).getByRole('button', { name: 'Try now' })).toBeTruthy();
  await waitFor(() => {
    const text = sheet.getByRole('textbox', { name: 'Text' });
    expect(text.getAttribute('aria-invalid')).toBe('true');
    expect(text.parentElement?.querySelector('.over')?.textContent).toBe(LONG.slice(300));
  });
}

describe('a post that was not published', () => {
  const edit = () => screen.findByRole('button', { name: /^Open: A long sentence/ });

  it('is opened from Activity by one click, with the fault marked', async () => {
    renderIn(app, ActivityView);
    renderIn(app, Composer);
    await user.click(await edit());
    await opened();
    expect(await faults(document.body)).toEqual([]);
  });

  it('is opened from Activity by key', async () => {
    renderIn(app, ActivityView);
    renderIn(app, Composer);
    (await edit()).focus();
    await user.keyboard('{Enter}');
    await opened();
  });

  it('is opened by a click on its notice', async () => {
    renderIn(app, Composer);
    host.emit('open', { postId: 'f' });
    await opened();
  });
});

describe('calling off', () => {
  it.each([
    ['failed', 'Try now'],
    ['missed', 'Send now'],
    ['over_budget', 'Try now'],
  ] as const)('settles what is %s, and can be undone', async (kind, first) => {
    host.answer('activity.troubles', () => {
      const open = host.world.posts.posts.get('f')?.targets[0]?.state === 'failed';
      const post = { id: 'f', targetId: 'f:acc-ana', words: 'Sale', at: null };
      return {
        troubles: open
          ? [{ kind, message: WHY, detail: null, accountId: 'acc-ana', count: 1, posts: [post] }]
          : [],
      };
    });
    const { container } = renderIn(app, ActivityView);
    await screen.findByRole('button', { name: `${first}: Sale` });
    expect(await faults(container)).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Call off: Sale' }));
    await waitFor(() => expect(screen.queryByText(WHY)).toBeNull());
    expect(host.calls.find((c) => c.name === 'targets.cancel')?.input).toEqual({
      id: 'f:acc-ana',
    });
    expect(app.messages.current?.text).toBe('Called off Sale');
    await app.undo();
    expect(await screen.findByText(WHY)).toBeTruthy();
  });

  it('names a post that has no words by that', async () => {
    const post = { id: 'f', targetId: 'f:acc-ana', words: '', at: null };
    host.answer('activity.troubles', () => ({
      troubles: [
        {
          kind: 'failed',
          message: WHY,
          detail: null,
          accountId: 'acc-ana',
          count: 1,
          posts: [post],
        },
      ],
    }));
    renderIn(app, ActivityView);
    await screen.findByRole('button', { name: 'Call off: No words yet' });
    screen.getByRole('button', { name: 'Open: No words yet' });
  });

  it('is no try while all posts are held: that is said', async () => {
    const note = 'All posts are held. It goes out when you release them.';
    host.answer('targets.retry', () => ({ value: null, undo: null, notes: [note] }));
    renderIn(app, ActivityView);
    await user.click(await screen.findByRole('button', { name: /^Try now: / }));
    await waitFor(() => expect(app.messages.current?.text).toContain(note));
  });

  it('stands beside another time for what missed its own', async () => {
    host.answer('activity.troubles', () => ({
      troubles: [
        {
          kind: 'missed',
          message: 'Not posted to Bluesky (ana): the computer was off.',
          detail: null,
          accountId: 'acc-ana',
          count: 1,
          posts: [{ id: 'f', targetId: 'f:acc-ana', words: 'Sale', at: null }],
        },
      ],
    }));
    renderIn(app, ActivityView);
    await user.click(await screen.findByRole('button', { name: 'Give a new time: Sale' }));
    expect(app.router.composer).toEqual({ kind: 'post', id: 'f', field: 'when' });
  });
});

describe('what a program asks for', () => {
  it('is answered with what was shown', async () => {
    const asked = { version: 4, atOnce: true };
    host.answer('posts.answer_ask', () => ({ value: failed(), undo: null, notes: [] }));
    host.answer('activity.troubles', () => ({
      troubles: [
        {
          kind: 'asked',
          message: 'Writer asks that this go out now.',
          detail: null,
          accountId: null,
          count: 1,
          posts: [{ id: 'f', targetId: 'f:acc-ana', words: 'Sale', at: null, asked }],
        },
      ],
    }));
    renderIn(app, ActivityView);
    await user.click(await screen.findByRole('button', { name: 'Let it go out: Sale' }));
    await waitFor(() =>
      expect(host.calls.find((c) => c.name === 'posts.answer_ask')?.input).toEqual({
        id: 'f',
        yes: true,
        seen: asked,
      }),
    );
  });
});

describe('a door to the accounts', () => {
  it('to connect again opens the form of that account', async () => {
    app.router.go('accounts', { reconnect: 'acc-ana' });
    renderIn(app, AccountsView);
    const form = within(await screen.findByRole('dialog', { name: 'Connect Bluesky' }));
    expect(form.getByDisplayValue('ana.example.com')).toBeTruthy();
  });

  it('stands beside the problem in the open post', async () => {
    host.answer('posts.check', () => ({
      problems: [
        {
          severity: 'error',
          rule: 'account',
          message: 'Bluesky signed you out.',
          accountId: 'acc-ana',
          segment: null,
          fixes: [{ kind: 'reconnect' }],
        },
      ],
      accounts: [],
      blocked: 'Bluesky signed you out.',
      resolved: null,
    }));
    renderIn(app, Composer);
    app.router.openPost('f');
    await user.click(
      await screen.findByRole('button', { name: 'Connect again' }, { timeout: 8000 }),
    );
    await waitFor(() => expect(app.router.view).toBe('accounts'));
    expect(app.router.param).toEqual({ reconnect: 'acc-ana' });
  });

  it('to one account puts the focus on its card', async () => {
    app.router.go('accounts', { accountId: 'acc-notes' });
    renderIn(app, AccountsView);
    await waitFor(() =>
      expect(document.activeElement?.getAttribute('aria-label')).toBe('Website folder'),
    );
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(await faults(document.body)).toEqual([]);
  });
});

describe('a post that the budget does not hold', () => {
  it('leads to the budget, and can be tried again', async () => {
    host.answer('activity.troubles', () => ({
      troubles: [
        {
          kind: 'over_budget',
          message: 'Not posted to X (ana). The budget of this month does not hold it.',
          detail: null,
          accountId: 'acc-ana',
          count: 1,
          posts: [{ id: 'f', targetId: 'f:acc-ana', words: 'Sale', at: null }],
        },
      ],
    }));
    const { container } = renderIn(app, ActivityView);
    await screen.findByRole('button', { name: 'Try now: Sale' });
    expect(await faults(container)).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Raise the budget' }));
    expect([app.router.view, app.router.param]).toEqual(['settings', { group: 'money' }]);
  });
});
