import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../test/axe';
import { renderIn, startApp } from '../../test/render';
import { keyTable } from './commands';
import SettingsView from './SettingsView.svelte';

vi.setConfig({ testTimeout: 30_000 });

let host: DemoHost;
let app: App;

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
  app.keymap.define(keyTable);
});

const called = (name: string) => host.calls.filter((c) => c.name === name).map((c) => c.input);
const calendar = (name = 'Main') => app.session.data?.calendars.find((c) => c.name === name);
const press = async (element: HTMLElement, keys: string) => {
  element.focus();
  await userEvent.keyboard(keys);
};

describe('keys', () => {
  async function choose(command: string | RegExp, keys: string) {
    const field = await screen.findByLabelText(command);
    await userEvent.clear(field);
    await userEvent.type(field, keys);
    field.blur();
    return field;
  }
  const chosen = () => app.session.data?.settings.keys;

  it('of the calendar and the composer are changed here though both are shut', async () => {
    renderIn(app, SettingsView);
    await choose('Week view', 'ctrl+alt+w');
    await waitFor(() => expect(chosen()).toEqual({ 'calendar.week': 'Ctrl+Alt+W' }));
    await choose('Schedule or update the open post', 'F9');
    await waitFor(() =>
      expect(chosen()).toEqual({ 'calendar.week': 'Ctrl+Alt+W', 'composer.schedule': 'F9' }),
    );
    await choose('Week view', ' ');
    await waitFor(() => expect(chosen()).toEqual({ 'composer.schedule': 'F9' }));
  });

  it('clash with those of the shut calendar, arrows and their moves included', async () => {
    renderIn(app, SettingsView);
    await choose('Peek at the focused post', 'w');
    await screen.findByText('W already does “Week view”.', { selector: 'p' });
    await choose('Peek at the focused post', 'alt+shift+ArrowLeft');
    await screen.findByText(/^Alt\+Shift\+ArrowLeft already does “Focus to the left/, {
      selector: 'p',
    });
    expect(called('settings.set')).toEqual([]);
  });

  it('for arrows and picking up can be others, without Ctrl, Alt and Shift', async () => {
    renderIn(app, SettingsView);
    await choose(/^Focus to the left/, 'h');
    await waitFor(() => expect(chosen()).toEqual({ 'calendar.left': 'H' }));
    await choose(/^Pick up the focused post/, 'ctrl+g');
    await screen.findByText(/Choose a key without Ctrl, Alt and Shift/, { selector: 'p' });
    expect(called('settings.set')).toHaveLength(1);
  });
});

/** A line of the open list; without a layout it is not placed, and so never visible. */
const option = (name: string) =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>(`[role=option][data-label="${name}"]`);
    if (!found) throw new Error(`no option ${name}`);
    return found;
  });

describe('hours, week and dates', () => {
  const time = () => app.session.formats.time('14:30');
  const CHOICES = [
    ['Hours', 'am and pm', () => expect(time()).toMatch(/2:30\s?pm/i)],
    ['First day of the week', 'Sunday', () => expect(app.session.formats.weekStart).toBe(0)],
    ['Order of dates', 'Month, day, year', () => expect(app.session.formats.order).toBe('mdy')],
  ] as const;

  it.each(CHOICES)(
    '%s follow a choice by pointer at once, and undo',
    async (label, name, holds) => {
      renderIn(app, SettingsView);
      await userEvent.click(await screen.findByRole('combobox', { name: new RegExp(`^${label}`) }));
      await userEvent.click(await option(name));
      await waitFor(holds);
      expect(app.messages.current?.text).toBe(`Changed: ${label}`);
      expect(app.messages.current?.actions.map((a) => a.label)).toEqual(['Undo']);
    },
  );

  it.each(CHOICES)('%s follow a choice by keys', async (label, name, holds) => {
    renderIn(app, SettingsView);
    await press(await screen.findByRole('combobox', { name: new RegExp(`^${label}`) }), '{Enter}');
    const wanted = await option(name);
    for (let i = 0; i < 6 && !wanted.hasAttribute('data-highlighted'); i += 1)
      await userEvent.keyboard('{ArrowDown}');
    await userEvent.keyboard('{Enter}');
    await waitFor(holds);
  });
});

describe('the search', () => {
  it.each([
    ['ffmpeg', 'computer'],
    ['What it is for', 'workspaces'],
    ['Most posts', 'workspaces'],
    ['Pause publishing', 'workspaces'],
    ['Archive', 'workspaces'],
  ])('leads from %s to where it is set', async (words, group) => {
    renderIn(app, SettingsView);
    await userEvent.type(await screen.findByRole('searchbox'), words);
    await waitFor(() => {
      const shown = [...document.querySelectorAll('section[id^="group-"]')].map((s) => s.id);
      expect(shown).toContain(`group-${group}`);
      expect(shown).not.toContain('group-look');
    });
  });

  it('knows the label of every field on the page', async () => {
    renderIn(app, SettingsView);
    const field = await screen.findByRole('searchbox');
    const sections = [...document.querySelectorAll<HTMLElement>('section[id^="group-"]')];
    const labels = sections.flatMap((section) =>
      [...section.querySelectorAll('label, .select > span')].map((label) => ({
        id: section.id,
        words: label.textContent?.trim() ?? '',
      })),
    );
    expect(labels.length).toBeGreaterThan(30);
    const lost: string[] = [];
    for (const { id, words } of labels) {
      // A label that names a workspace is none of the program's words alone.
      if (words.includes('Paper Bench')) continue;
      await fireEvent.input(field, { target: { value: words } });
      if (!document.getElementById(id)) lost.push(`${id}: ${words}`);
    }
    expect(lost).toEqual([]);
  });
});

describe('a calendar', () => {
  async function edit() {
    const view = renderIn(app, SettingsView);
    await userEvent.click(await screen.findByRole('button', { name: 'Change… Main' }));
    return { ...view, dialog: within(screen.getByRole('dialog', { name: 'Calendar Main' })) };
  }

  it('changes at once, field by field, also with what stands there when Escape is pressed', async () => {
    const { dialog, container } = await edit();
    expect(await faults(container)).toEqual([]);
    await userEvent.clear(dialog.getByLabelText('Name'));
    await userEvent.type(dialog.getByLabelText('Name'), 'Shop');
    await userEvent.click(dialog.getByRole('switch', { name: /Paper Bench/ }));
    await waitFor(() => expect(calendar('Shop')?.defaultAccounts).toEqual(['acc-ana', 'acc-shop']));
    await userEvent.type(dialog.getByLabelText('What it is for'), 'Paper');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(host.world.boot.calendars[0]?.description).toBe('Paper'));
    expect(host.world.boot.calendars[0]).toMatchObject({
      name: 'Shop',
      defaultAccounts: ['acc-ana', 'acc-shop'],
    });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('keeps its hours when those typed are none, and says so', async () => {
    const { dialog } = await edit();
    const from = dialog.getByLabelText('Monday from');
    await userEvent.clear(from);
    await userEvent.type(from, '18');
    await userEvent.tab();
    dialog.getByText('Write hours such as 09:00, the end after the start.');
    expect(called('calendars.update')).toEqual([]);
    await userEvent.clear(from);
    await userEvent.type(from, '8');
    await userEvent.tab();
    await waitFor(() =>
      expect(calendar()?.workingHours[0]).toEqual({
        weekday: 1,
        from: '08:00:00',
        to: '17:00:00',
      }),
    );
    await userEvent.click(dialog.getByRole('switch', { name: 'Monday' }));
    await waitFor(() => expect(calendar()?.workingHours[0]?.weekday).toBe(2));
  });

  it('takes no zone there is not, and no empty name', async () => {
    const { dialog } = await edit();
    await userEvent.clear(dialog.getByLabelText('Time zone'));
    await userEvent.type(dialog.getByLabelText('Time zone'), 'Mars/Base');
    await userEvent.clear(dialog.getByLabelText('Name'));
    await userEvent.tab();
    dialog.getByText(/There is no time zone called “Mars\/Base”/, { selector: 'p' });
    dialog.getByText('A calendar needs a name.', { selector: 'p' });
    expect(called('calendars.update')).toEqual([]);
  });

  it('goes back to what it was when the program refuses, and says so in the dialog', async () => {
    const { dialog } = await edit();
    host.failNext('calendars.update', new ApiError('storage', 'The disk is full.'));
    await userEvent.click(dialog.getByRole('switch', { name: /Paper Bench/ }));
    expect((await dialog.findAllByText('The disk is full.')).length).toBeGreaterThan(0);
    expect(calendar()?.defaultAccounts).toEqual(['acc-ana']);
    expect(dialog.getByRole('switch', { name: /Paper Bench/ }).getAttribute('aria-checked')).toBe(
      'false',
    );
  });

  it('is paused, goes on, is archived and removed, each with undo', async () => {
    renderIn(app, SettingsView);
    await userEvent.type(await screen.findByLabelText('New calendar'), 'Garden{Enter}');
    await userEvent.click(await screen.findByRole('button', { name: 'Garden: Pause publishing' }));
    const pause = within(await screen.findByRole('dialog', { name: 'Pause Garden?' }));
    await userEvent.type(pause.getByRole('textbox'), 'Trade fair');
    await userEvent.click(pause.getByRole('button', { name: 'Pause' }));
    await screen.findByText(/Paused: Trade fair/);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(app.messages.current?.text).toBe('Garden is paused');
    await press(screen.getByRole('button', { name: 'Garden: Go on' }), '{Enter}');
    await waitFor(() => expect(calendar('Garden')?.paused).toBeNull());
    const row = within(screen.getByText('Garden').closest('li') as HTMLElement);
    await userEvent.click(row.getByRole('button', { name: 'Archive' }));
    await waitFor(() => expect(calendar('Garden')?.status).toBe('archived'));
    await press(row.getByRole('button', { name: 'Remove Garden' }), '{Enter}');
    await waitFor(() => expect(calendar('Garden')).toBeUndefined());
    expect(app.messages.current?.text).toBe('Removed Garden');
    expect(app.messages.current?.actions.map((a) => a.label)).toEqual(['Undo']);
  });
});

describe('workspaces', () => {
  it('are made, renamed and removed, and the last one stays', async () => {
    renderIn(app, SettingsView);
    const remove = (name: string) => screen.findByRole('button', { name: `Remove ${name}` });
    const last = await remove('Paper Bench');
    await userEvent.click(last);
    expect(called('workspaces.remove')).toEqual([]);
    await userEvent.type(screen.getByLabelText('New workspace'), 'Second{Enter}');
    const field = await screen.findByLabelText('Rename Second');
    await userEvent.clear(field);
    await userEvent.type(field, 'Other{Enter}');
    field.blur();
    await screen.findByLabelText('Rename Other');
    await press(await remove('Other'), '{Enter}');
    await waitFor(() => expect(screen.queryByLabelText('Rename Other')).toBeNull());
    expect(app.messages.current?.text).toBe('Removed Other');
  });
});

describe('passwords', () => {
  it('go into a sealed file with a passphrase that is long enough, and it is kept nowhere', async () => {
    renderIn(app, SettingsView);
    const field = await screen.findByLabelText('Passphrase');
    await userEvent.type(field, 'short{Enter}');
    await screen.findByText('Use at least 12 characters.');
    expect(called('vault.use_sealed_file')).toEqual([]);
    await userEvent.type(field, ' but not any more');
    await userEvent.click(screen.getByRole('button', { name: 'Keep passwords in a sealed file' }));
    await screen.findByText('Passwords lie in a file sealed with your passphrase.');
    expect(screen.queryByLabelText('Passphrase')).toBeNull();
    expect(JSON.stringify(app.session.data)).not.toContain('any more');
  });

  it('say what is wrong with the passphrase of a shut file at the field', async () => {
    host.world.boot = {
      ...host.world.boot,
      vault: { kind: 'sealed_file', problem: 'The sealed file is shut.' },
    };
    await app.session.refresh();
    renderIn(app, SettingsView);
    await screen.findByText('The sealed file is shut.');
    const field = await screen.findByLabelText('Passphrase');
    await userEvent.type(field, 'not the passphrase{Enter}');
    await screen.findByText('This passphrase does not open the file.');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    await userEvent.clear(field);
    await userEvent.type(field, 'the right passphrase{Enter}');
    await waitFor(() => expect(screen.queryByText('The sealed file is shut.')).toBeNull());
  });
});
