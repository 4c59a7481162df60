import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api';
import type { CommandName } from '$lib/api/commands';
import { createDemo, type DemoHost } from '$lib/demo';
import { postOf, whenAt } from '$lib/demo/state';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../test/axe';
import { renderIn, startApp } from '../../test/render';
import LibraryView from './LibraryView.svelte';

let host: DemoHost;
let app: App;

const idOf = (n: number) => n.toString(16).padStart(64, '0');

/** Twelve files; a scheduled post goes out with the newest, a draft shows the one before. */
async function start(files = 12) {
  const shows = (n: number) => [
    { text: n === 11 ? 'Spring sale' : 'An idea', media: [{ mediaId: idOf(n), alt: '' }] },
  ];
  host = createDemo({
    files,
    posts: [
      postOf({
        id: 'goes',
        segments: shows(11),
        accounts: ['acc-ana'],
        when: whenAt('2026-05-14', '09:05', 'Europe/Berlin', true),
        status: 'scheduled',
      }),
      postOf({ id: 'idea', segments: shows(10) }),
    ],
  });
  app = await startApp(host);
}

beforeEach(() => start());

const called = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);
const tile = (name: RegExp) => screen.findByRole('option', { name });
const opened = () => within(screen.getByRole('complementary'));
const selected = () =>
  screen.queryAllByRole('option', { selected: true }).map((o) => o.getAttribute('data-index'));

describe('the library', () => {
  it('says what goes in while it is empty, and takes files that are dropped anywhere', async () => {
    await start(0);
    const { container } = renderIn(app, LibraryView);
    await screen.findByText(/^Drop pictures and videos here\. They stay on this computer/);
    expect(await faults(container)).toEqual([]);
    host.dragFiles({ kind: 'over', paths: [], x: 5, y: 5 });
    await screen.findByText('Drop to add to the library');
    const paths = ['/x/sun.jpg', '/x/sun.jpg', '/x/broken.png'];
    host.dragFiles({ kind: 'drop', paths, x: 5, y: 5 });
    await tile(/^sun\.jpg, Picture, .*unused/);
    expect(app.messages.current?.text).toBe(
      '1 file added. 1 was in the library already. broken.png: This picture is damaged and cannot be read.',
    );
  });

  it('finds by words and by filters, and says when nothing matches', async () => {
    const { container } = renderIn(app, LibraryView);
    await tile(/^beach-9\.jpg/);
    expect(screen.getByText('12 files')).toBeTruthy();
    expect(await faults(container)).toEqual([]);
    await userEvent.keyboard('/');
    const field = screen.getByRole('searchbox', { name: 'Search files' });
    expect(document.activeElement).toBe(field);
    await userEvent.type(field, 'market');
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(2));
    await userEvent.clear(field);
    await userEvent.click(screen.getByRole('button', { name: 'Used' }));
    await waitFor(() => expect(screen.getByText('2 of 12 files')).toBeTruthy());
    await userEvent.click(screen.getByRole('button', { name: 'Documents' }));
    await screen.findByText('Nothing matches these filters.');
    await userEvent.click(screen.getAllByRole('button', { name: 'Clear filters' })[1] as Element);
    await waitFor(() => expect(screen.getByText('12 files')).toBeTruthy());
  });

  it('walks by arrows, selects by key, by click and over a range, and clears', async () => {
    renderIn(app, LibraryView);
    (await tile(/^market-10/)).focus();
    // Without a size there is one column.
    await userEvent.keyboard('{End}');
    await waitFor(() => expect(document.activeElement?.getAttribute('data-index')).toBe('11'));
    await userEvent.keyboard('{Home}{ArrowDown}x');
    await waitFor(() => expect(selected()).toEqual(['1']));
    await userEvent.keyboard('{Shift>}{ArrowDown}{/Shift}');
    await waitFor(() => expect(selected()).toEqual(['1', '2']));
    const user = userEvent.setup();
    await user.keyboard('{Control>}');
    await user.click(screen.getByRole('option', { name: /^beach-9/ }));
    await user.keyboard('{/Control}');
    expect(selected()).toEqual(['1', '2', '3']);
    await userEvent.keyboard('{Control>}a{/Control}');
    await waitFor(() => expect(app.announcer.text).toBe('12 files selected'));
    await userEvent.keyboard('{Escape}');
    expect(selected()).toEqual([]);
  });

  it('keeps what is written about a file, and undo takes it back', async () => {
    const { container } = renderIn(app, LibraryView);
    await userEvent.click(await tile(/^beach-9/));
    const alt = await screen.findByRole('textbox', { name: /^Description for people/ });
    expect(await faults(container)).toEqual([]);
    await userEvent.type(alt, 'A beach');
    await userEvent.type(screen.getByRole('textbox', { name: 'Rights' }), 'Ours');
    await waitFor(() => expect(host.world.files.get(idOf(8))).toMatchObject({ rights: 'Ours' }));
    expect(host.world.files.get(idOf(8))?.alt).toBe('A beach');
    await userEvent.type(screen.getByRole('combobox', { name: 'Labels' }), 'Summer{Enter}');
    await waitFor(() => expect(host.world.files.get(idOf(8))?.labels).toEqual(['Summer']));
    expect(app.messages.current?.text).toBe('Changed labels of 1 file');
    await app.undo();
    await waitFor(() => expect(host.world.files.get(idOf(8))?.labels).toEqual([]));
  });

  it('does not lose what could not be saved, and says why', async () => {
    renderIn(app, LibraryView);
    await userEvent.click(await tile(/^beach-9/));
    host.failNext('media.describe', new ApiError('storage', 'The disk is full.'));
    const alt = await screen.findByRole('textbox', { name: /^Description for people/ });
    await userEvent.type(alt, 'A beach');
    await screen.findByText('Not saved: The disk is full.');
    expect((alt as HTMLTextAreaElement).value).toBe('A beach');
    await userEvent.type(alt, '!');
    await waitFor(() => expect(host.world.files.get(idOf(8))?.alt).toBe('A beach!'));
  });

  it('shows where a file is used and whether accounts take it', async () => {
    renderIn(app, LibraryView);
    (await tile(/^workshop-11\.jpg, .*used in 1 post/)).focus();
    await userEvent.keyboard('{Enter}');
    await userEvent.click(await screen.findByRole('button', { name: /An idea/ }));
    expect(app.router.composer).toMatchObject({ kind: 'post', id: 'idea' });
    app.router.closeComposer();
    const pdf = await tile(/^market-10\.pdf, Document/);
    await userEvent.click(pdf);
    await waitFor(() => expect(opened().getByText(/ · 21 pages · /)).toBeTruthy());
    await waitFor(() =>
      expect(opened().getAllByText(/does not take this kind of file/).length).toBeGreaterThan(0),
    );
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull());
    expect(document.activeElement?.textContent.trim()).toMatch(/^market-10/);
  });

  it('deletes by key with a way back, and keeps a file that still has to go out', async () => {
    renderIn(app, LibraryView);
    (await tile(/^beach-9/)).focus();
    await userEvent.keyboard('{Delete}');
    await waitFor(() => expect(screen.queryByRole('option', { name: /^beach-9/ })).toBeNull());
    expect(app.messages.current?.text).toBe('Deleted beach-9.jpg');
    // The focus goes to what stands there now.
    await waitFor(() => expect(document.activeElement?.textContent.trim()).toMatch(/^letter-8/));
    await app.undo();
    await tile(/^beach-9/);
    await userEvent.keyboard('{Home}');
    await waitFor(() => expect(document.activeElement?.getAttribute('data-index')).toBe('0'));
    await userEvent.keyboard('{Delete}');
    await waitFor(() => expect(app.messages.current?.kind).toBe('problem'));
    expect(app.messages.current?.text).toMatch(/"Spring sale" still has to go out with it/);
    app.messages.current?.actions[0]?.run();
    await waitFor(() => opened().getByRole('button', { name: /Spring sale/ }));
  });

  it('shows the files of one post when that is asked for', async () => {
    app.router.go('library', { usedIn: { id: 'idea', words: 'An idea' } });
    renderIn(app, LibraryView);
    await tile(/^workshop-11\.jpg/);
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1));
    await userEvent.click(screen.getByRole('button', { name: /^Used in “An idea”/ }));
    await screen.findByText('12 files');
  });

  it('labels several files at once', async () => {
    renderIn(app, LibraryView);
    (await tile(/^beach-9/)).focus();
    await userEvent.keyboard('x{ArrowDown}xl');
    const dialog = within(await screen.findByRole('dialog', { name: 'Labels of 2 files' }));
    await userEvent.type(dialog.getByRole('textbox'), 'Summer{Enter}');
    await userEvent.keyboard('{Escape}');
    await waitFor(() =>
      expect(called('media.label')).toEqual([
        { ids: [idOf(8), idOf(7)], add: ['Summer'], remove: [] },
      ]),
    );
  });

  it('starts a post with what is selected', async () => {
    renderIn(app, LibraryView);
    (await tile(/^beach-9/)).focus();
    await userEvent.keyboard('xe');
    await waitFor(() =>
      expect(app.router.composer).toMatchObject({ kind: 'new', media: [{ id: idOf(8) }] }),
    );
  });

  it('fetches from an address, and keeps the dialog when that is none', async () => {
    renderIn(app, LibraryView);
    await userEvent.click(await screen.findByRole('button', { name: /From an address/ }));
    const field = await screen.findByRole('textbox', { name: /^Address of a picture/ });
    expect(document.activeElement).toBe(field);
    await userEvent.type(field, 'beach.jpg{Enter}');
    await screen.findByText(/^That is not the address of a file/);
    await userEvent.clear(field);
    await userEvent.type(field, 'https://example.org/sky.png{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await tile(/^sky\.png/);
  });

  it('takes a pasted picture in', async () => {
    renderIn(app, LibraryView);
    await tile(/^beach-9/);
    const file = new File([new Uint8Array([1, 2, 3])], 'shot.png', { type: 'image/png' });
    const event = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { files: [file] } });
    document.body.dispatchEvent(event);
    await tile(/^shot\.png/);
    expect(called('media.import_bytes')).toEqual([{ name: 'shot.png', data: 'AQID' }]);
  });

  it('takes in what was copied elsewhere, of which the page is given nothing', async () => {
    renderIn(app, LibraryView);
    await tile(/^beach-9/);
    const paste = () => {
      const event = new Event('paste', { bubbles: true, cancelable: true });
      Object.assign(event, { clipboardData: { files: [] } });
      document.body.dispatchEvent(event);
    };
    host.onClipboard = { paths: [], files: [new File([new Uint8Array([1, 2, 3])], '')] };
    paste();
    await tile(/^Pasted picture/);
    expect(called('media.import_bytes')).toEqual([{ name: 'Pasted picture', data: 'AQID' }]);
    host.onClipboard = { paths: ['/x/copied.jpg'], files: [] };
    paste();
    await tile(/^copied\.jpg/);
    expect(called('media.import')).toEqual([{ paths: ['/x/copied.jpg'] }]);
  });

  it('reads only what is looked at of a large library', async () => {
    await start(20_000);
    renderIn(app, LibraryView);
    await screen.findByText('20,000 files');
    expect(called('media.list').length).toBeLessThanOrEqual(2);
    expect(screen.getAllByRole('option').length).toBeLessThan(60);
  });

  it('keeps the focus on a place that is still being read, and ends a range there', async () => {
    await start(400);
    let come: () => void = () => undefined;
    const later = new Promise<void>((resolve) => {
      come = resolve;
    });
    const call = host.call.bind(host);
    host.call = (async (name: CommandName, input: { offset?: number }) => {
      const answer = await call(name, input as never);
      if (name === 'media.list' && (input.offset ?? 0) > 0) await later;
      return answer;
    }) as unknown as typeof host.call;
    renderIn(app, LibraryView);
    await screen.findByText('400 files');
    screen.getAllByRole('option')[0]?.focus();
    await userEvent.keyboard('{Shift>}{End}{/Shift}');
    await waitFor(() => expect(document.activeElement?.getAttribute('data-index')).toBe('399'));
    expect(document.activeElement?.getAttribute('aria-busy')).toBe('true');
    await waitFor(() => expect(app.announcer.text).toBe('400 files selected'));
    come();
    await waitFor(() => expect(document.activeElement?.getAttribute('data-file')).toBe(idOf(0)));
    await userEvent.keyboard('x');
    await waitFor(() => expect(app.announcer.text).toBe('399 files selected'));
  });

  it('says what could not be read, and tries again', async () => {
    host.failNext('media.list', new ApiError('storage', 'The disk answered with an error.'));
    renderIn(app, LibraryView);
    await screen.findByText(/The library could not be read/);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await tile(/^beach-9/);
  });
});
