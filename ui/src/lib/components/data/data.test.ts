import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError, type CsvImport } from '$lib/api';
import DataGroup from '$lib/components/settings/DataGroup.svelte';
import { createDemo, type DemoHost } from '$lib/demo';
import { demoCalendar } from '$lib/demo/seed';
import type { App } from '$lib/state/app.svelte';
import DataDialogs from '$lib/views/DataDialogs.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';

let host: DemoHost;
let app: App;
const user = userEvent.setup();
const called = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);
const said = () => app.messages.current?.text;
const press = async (name: string) => user.click(await screen.findByRole('button', { name }));

beforeEach(async () => {
  host = createDemo({ count: 0 });
  const [calendar] = host.world.boot.calendars;
  if (!calendar) throw new Error('no calendar');
  host.world.boot.calendars = [
    calendar,
    { ...demoCalendar('America/New_York'), id: 'cal-ny', name: 'New York' },
  ];
  app = await startApp(host);
  host.pickFiles = () => Promise.resolve(['/home/ana/posts.csv']);
});

describe('a CSV file', () => {
  const dialog = () => screen.findByRole('dialog', { name: 'Import posts from a CSV file' });
  const rows = async () => {
    const all = await within(await dialog()).findAllByRole('row');
    const cells = (row: HTMLElement) => within(row).getAllByRole('cell');
    return all.slice(1).map((row) => cells(row).map((cell) => cell.textContent));
  };

  it('is shown row by row before it is taken in, with each bad row and why', async () => {
    renderIn(app, DataGroup);
    await press('Import posts from a CSV file…');
    expect(await rows()).toEqual([
      ['2', 'Fri 15 May 2026, 10:20', 'Spring sale opens on Friday', 'taken in'],
      ['3', 'no date', 'Old news', 'The date lies in the past.'],
    ]);
    const box = within(await dialog());
    expect(box.getByRole('status').textContent).toMatch(
      /1 post can be taken in, 1 row is left out/,
    );
    expect(box.getByText('Dates such as 3/4 are read as day/month.')).toBeTruthy();
    expect(box.getByText('Clicks').closest('li')?.textContent).toContain('not used');
    expect(await faults(document.body)).toEqual([]);
    await user.click(box.getByRole('switch', { name: 'Only rows that are left out' }));
    expect(await rows()).toHaveLength(1);
    expect(called('csv.import')).toEqual([]);
  });

  it('goes into the chosen calendar, with times as that calendar shows them', async () => {
    renderIn(app, DataGroup);
    await press('Import posts from a CSV file…');
    const box = within(await dialog());
    await rows();
    box.getByRole('combobox', { name: 'Into the calendar' }).focus();
    await user.keyboard('new');
    await waitFor(async () => expect((await rows())[0]).toContain('Fri 15 May 2026, 04:20'));
    expect(box.getByRole('columnheader', { name: /When/ }).textContent).toContain(
      'America/New York',
    );
    await user.click(box.getByRole('button', { name: 'Take in 1 post' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(called('csv.import')).toMatchObject([
      { path: '/home/ana/posts.csv', calendarId: 'cal-ny', schedule: true },
    ]);
  });

  it('is taken in by keys alone, as one step that can be undone', async () => {
    host.answer('csv.import', () => ({
      value: { posts: 1, files: 0, leftOut: 1 },
      undo: null,
      notes: ['2 pictures were not found; those posts came in without.'],
    }));
    renderIn(app, DataDialogs);
    const command = app.keymap.find('data.importCsv');
    command?.run?.(null);
    await rows();
    const box = within(await dialog());
    box.getByRole('switch', { name: /Schedule posts that are ready/ }).focus();
    await user.keyboard(' ');
    await waitFor(() => expect((called('csv.preview').at(-1) as CsvImport).schedule).toBe(false));
    await waitFor(async () => expect((await rows())[0]).toContain('becomes a plan'));
    box.getByRole('button', { name: 'Take in 1 post' }).focus();
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(said()).toBe(
        'Imported 1 post. 2 pictures were not found; those posts came in without.',
      ),
    );
    expect(app.messages.current?.actions.map((a) => a.label)).toEqual(['Undo']);
  });

  it('that cannot be read says why', async () => {
    host.failNext('csv.preview', new ApiError('validation', 'There is no column with texts.'));
    renderIn(app, DataGroup);
    await press('Import posts from a CSV file…');
    expect(await within(await dialog()).findByText('There is no column with texts.')).toBeTruthy();
  });

  it('stays open with the reason when it cannot be taken in', async () => {
    host.failNext('csv.import', new ApiError('storage', 'The disk is full.'));
    renderIn(app, DataGroup);
    await press('Import posts from a CSV file…');
    await press('Take in 1 post');
    await waitFor(() => expect(said()).toBe('The disk is full.'));
    expect(within(await dialog()).getAllByText('The disk is full.')).not.toEqual([]);
  });

  it('that was not chosen opens nothing', async () => {
    host.pickFiles = () => Promise.resolve([]);
    renderIn(app, DataGroup);
    await press('Import posts from a CSV file…');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(called('csv.preview')).toEqual([]);
  });
});

describe('everything', () => {
  const counts = (posts: number) => ({ posts, files: 2, leftOut: 0 });

  it.each([
    ['Export posts as CSV…', 'csv.export', 'posts.csv', { calendars: ['cal-1'] }],
    ['Export a calendar file…', 'ics.export', 'calendar.ics', { calendars: ['cal-1'] }],
    ['Export everything…', 'bundle.export', 'almanac-export.zip', {}],
  ] as const)('%s writes where the person says', async (button, name, file, more) => {
    host.pickSaveFile = ({ name: proposed }) => Promise.resolve(`/home/ana/${proposed}`);
    host.answer(name, () => counts(12));
    app.session.patch({ calendarId: 'cal-1' });
    renderIn(app, DataGroup);
    (await screen.findByRole('button', { name: button })).focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(said()).toBe(`Wrote 12 posts to ${file}`));
    expect(called(name)).toEqual([{ path: `/home/ana/${file}`, ...more }]);
  });

  it('is not written when the person changed their mind, and says why when it cannot be', async () => {
    renderIn(app, DataGroup);
    await press('Export everything…');
    expect(called('bundle.export')).toEqual([]);
    host.pickSaveFile = () => Promise.resolve('/full/all.zip');
    host.answer('bundle.export', () => {
      throw new ApiError('storage', 'The disk is full.');
    });
    await press('Export everything…');
    await waitFor(() => expect(said()).toBe('The disk is full.'));
  });

  it('comes back into an empty program, and is read at once', async () => {
    host.pickFiles = () => Promise.resolve(['/home/ana/all.zip']);
    host.answer('bundle.import', () => counts(12));
    renderIn(app, DataGroup);
    const boots = called('session.boot').length;
    await press('Import a full export…');
    await waitFor(() => expect(said()).toMatch(/12 posts/));
    expect(called('bundle.import')).toEqual([{ path: '/home/ana/all.zip' }]);
    expect(called('session.boot').length).toBeGreaterThan(boots);
  });

  it('is refused by a program that is not empty, in its words', async () => {
    host.pickFiles = () => Promise.resolve(['/home/ana/all.zip']);
    host.answer('bundle.import', () => {
      throw new ApiError('conflict', 'There are posts here already.');
    });
    renderIn(app, DataGroup);
    await press('Import a full export…');
    await waitFor(() => expect(said()).toBe('There are posts here already.'));
  });
});
