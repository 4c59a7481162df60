import { screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PublisherStatus } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import QueueView from '$lib/views/QueueView.svelte';
import { renderIn, startApp } from '../../../test/render';
import StatusLine from './StatusLine.svelte';

let host: DemoHost;
let app: App;

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

async function says(status: Partial<PublisherStatus>) {
  host.emit('publisher', { ...host.world.boot.publisher, ...status });
  await Promise.resolve();
}
const OFFLINE = { offlineSince: Date.parse('2026-05-12T06:58:00Z') };

describe('the line at the bottom', () => {
  it('names what is being sent, and how many more', async () => {
    renderIn(app, StatusLine);
    screen.getByText('Nothing is being sent');
    const sale = { id: 'a', words: 'Spring sale', at: 0 };
    await says({ sending: [sale] });
    screen.getByText('Sending Spring sale');
    await says({ sending: [sale, { ...sale, id: 'b' }, { ...sale, id: 'c' }] });
    screen.getByText('Sending Spring sale and 2 more');
  });

  it('says since when there is no internet, aloud as well, and leads to the queue', async () => {
    renderIn(app, StatusLine);
    await says(OFFLINE);
    const line = 'No internet since 08:58. Posts that come due go out when it is back.';
    expect(app.announcer.text).toBe(line);
    await userEvent.click(screen.getByRole('button', { name: line }));
    expect(app.router.view).toBe('queue');
    await says({});
    screen.getByText('Nothing is being sent');
  });

  it('says what else delays posts, unless all are held anyway', async () => {
    renderIn(app, StatusLine);
    await says({ delayed: 'The keyring is locked. Unlock it, then posts go out.' });
    screen.getByRole('button', { name: /keyring is locked/ });
    await says({ delayed: 'The keyring is locked.', held: 'You held them.' });
    screen.getByText('All posts are held');
    expect(screen.queryByRole('button', { name: /keyring/ })).toBeNull();
  });
});

describe('the queue', () => {
  it('says above all posts why they wait', async () => {
    renderIn(app, QueueView);
    await screen.findByText('Nothing is waiting to go out.');
    await says(OFFLINE);
    await screen.findByText(/^No internet since 08:58\. Posts that come due/);
  });
});
