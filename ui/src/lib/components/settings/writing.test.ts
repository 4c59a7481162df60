import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import LinksGroup from './LinksGroup.svelte';
import TagsGroup from './TagsGroup.svelte';

let host: DemoHost;
let app: App;
const user = userEvent.setup();
const writing = () => host.world.boot.writing['ws-1'];

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

describe('hashtag groups', () => {
  it('are made, changed and removed, with the keyboard alone', async () => {
    renderIn(app, TagsGroup);
    screen.getByRole('button', { name: 'Make a group' }).focus();
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByLabelText('Name of the group')),
    );
    await user.keyboard('Sale{Tab}#spring{Enter}paper glue{Enter}{Tab}');
    expect(await faults(document.body)).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('#spring #paper #glue');
    expect(writing()?.tagGroups).toEqual([{ name: 'Sale', tags: ['spring', 'paper', 'glue'] }]);
    await user.click(screen.getByRole('button', { name: 'Change Sale' }));
    await user.click(screen.getByRole('button', { name: 'Remove #paper' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('#spring #glue');
    await user.click(screen.getByRole('button', { name: 'Remove Sale' }));
    await screen.findByText(/No groups yet/);
  });

  it('a refused one stays in the form with the reason', async () => {
    renderIn(app, TagsGroup);
    await user.click(screen.getByRole('button', { name: 'Make a group' }));
    await user.type(screen.getByLabelText('Name of the group'), 'Empty');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('A group needs at least one hashtag.', { selector: '.problem' });
    expect((screen.getByLabelText('Name of the group') as HTMLInputElement).value).toBe('Empty');
  });
});

describe('parameters of links', () => {
  it('are off until a network is turned on, and show an example', async () => {
    renderIn(app, LinksGroup);
    const on = screen.getByRole('switch', { name: 'Parameters on links of Bluesky' });
    expect(on.getAttribute('aria-checked')).toBe('false');
    await user.click(on);
    await screen.findByText(/utm_source=bluesky&utm_medium=social&utm_campaign=spring-sale/);
    expect(writing()?.links.networks['bluesky']?.source).toBe('{network}');
    expect(await faults(document.body)).toEqual([]);
    const source = screen.getByRole('textbox', { name: 'Source (utm_source), Bluesky' });
    await user.clear(source);
    await user.type(source, 'newsletter{Tab}');
    await waitFor(() => expect(writing()?.links.networks['bluesky']?.source).toBe('newsletter'));
    await user.type(screen.getByLabelText('Domains left alone'), 'shop.example{Enter}');
    await waitFor(() => expect(writing()?.links.except).toEqual(['shop.example']));
    await user.click(screen.getByRole('switch', { name: 'Parameters on links of Bluesky' }));
    await waitFor(() => expect(writing()?.links.networks).toEqual({}));
  });

  it('a placeholder that means nothing is refused beside its network', async () => {
    renderIn(app, LinksGroup);
    const list = within(document.body);
    await user.click(list.getByRole('switch', { name: 'Parameters on links of Bluesky' }));
    const source = await screen.findByRole('textbox', { name: 'Source (utm_source), Bluesky' });
    await user.clear(source);
    await user.type(source, '{{post}{Tab}');
    await screen.findByText('{post} stands for nothing.', { selector: '.problem' });
  });
});
