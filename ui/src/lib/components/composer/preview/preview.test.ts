import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api';
import { faults } from '../../../../test/axe';
import { type Bench, bench, LONG, openNew } from '../../../../test/composer';

let b: Bench;
let text: HTMLTextAreaElement;
const preview = () => within(screen.getByRole('region', { name: 'Preview' }));
const card = () => preview().getByRole('article');

beforeEach(async () => {
  b = await bench();
  text = await openNew(b);
});

describe('the preview', () => {
  it('says what it waits for', async () => {
    expect(preview().getByText('What you write shows here as it will look.')).toBeTruthy();
    await b.user.click(screen.getByRole('button', { name: /Ana Brandt/ }));
    expect(preview().getByText(/Choose an account to see the post/)).toBeTruthy();
  });

  it('follows the typing with line breaks as typed, name and time, and owns that it is a guess', async () => {
    await b.user.type(text, 'One{Enter}{Enter}Two #spring');
    const words = () => card().querySelector('[data-words]');
    expect(words()?.textContent).toBe('One\n\nTwo #spring');
    await waitFor(() => expect(words()?.querySelector('.lit')?.textContent).toBe('#spring'));
    expect(card().textContent).toContain('Ana Brandt');
    expect(card().textContent).toContain('@ana.example.com');
    expect(card().textContent).toContain('now');
    expect(preview().getByText('about like this')).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
  });

  it('shows when it goes out, in the words of the button', async () => {
    await b.user.type(text, 'Hello');
    await b.user.click(
      await screen.findByRole('radio', { name: /Next free slot \(today 14:30\)/ }),
    );
    await waitFor(() => expect(card().textContent).toContain('today 14:30'));
  });

  it('shows the part that is too long as cut off', async () => {
    await b.user.click(text);
    await b.user.paste(LONG);
    await waitFor(() => expect(card().querySelector('.over')?.textContent).not.toBe(undefined));
    const kept = [...card().querySelectorAll('[data-words] span:not(.over)')];
    expect(kept.map((s) => s.textContent).join('')).toBe(LONG.slice(0, 300));
  });

  it('shows each part of a thread as a post of its own', async () => {
    await b.user.type(text, 'First');
    await b.user.click(screen.getByRole('button', { name: 'Add a part' }));
    await waitFor(() => expect(document.activeElement).not.toBe(text));
    await b.user.keyboard('Second');
    expect(preview().getAllByRole('article')).toHaveLength(2);
  });

  it('makes a card of the first link, and says so where the page gives none', async () => {
    await b.user.click(text);
    await b.user.paste('See https://example.com/open-day');
    expect(await preview().findByText('Open day at the press', {}, { timeout: 4000 })).toBeTruthy();
    expect(b.called('links.card')).toEqual([{ url: 'https://example.com/open-day' }]);
    b.host.answer('links.card', () => {
      throw new ApiError('network', 'The page does not answer.');
    });
    await b.user.clear(text);
    await b.user.paste('See https://example.com/other');
    expect(
      await preview().findByText(
        /No card for this link\. The page does not answer\./,
        {},
        { timeout: 4000 },
      ),
    ).toBeTruthy();
  });

  const which = () => preview().getByRole('group', { name: 'Account to preview' });
  it.each([
    ['by pointer', async (button: HTMLElement) => b.user.click(button)],
    [
      'by key',
      async (button: HTMLElement) => {
        button.focus();
        await b.user.keyboard('{Enter}');
      },
    ],
  ])('is chosen per account %s, the file of a folder exactly', async (_, press) => {
    await b.user.type(text, 'For the site');
    await b.user.click(screen.getByRole('button', { name: /Website folder, Folder/ }));
    const [ana, folder] = within(which()).getAllByRole('button');
    expect(ana?.getAttribute('aria-pressed')).toBe('true');
    if (folder) await press(folder);
    expect(folder?.getAttribute('aria-pressed')).toBe('true');
    const file = preview().getByRole('figure');
    expect(file.textContent).toMatch(/^2026-05-12-for-the-site\.md/);
    expect(file.textContent).toContain('For the site');
    expect(preview().queryByText('about like this')).toBeNull();
    expect(await faults(document.body)).toEqual([]);
  });

  it('shows the own text of the account one writes for', async () => {
    await b.user.type(text, 'For all');
    await b.user.click(screen.getByRole('button', { name: /Website folder, Folder/ }));
    await b.user.click(screen.getByRole('button', { name: /A text of its own/ }));
    await b.user.click(await screen.findByRole('menuitem', { name: /Website folder/ }));
    await b.user.type(screen.getByRole('textbox', { name: 'Text' }), ', and more');
    expect(preview().getByRole('figure').textContent).toContain('For all, and more');
    const [ana] = within(which()).getAllByRole('button');
    if (ana) await b.user.click(ana);
    expect(card().textContent).toContain('For all');
    expect(card().textContent).not.toContain('and more');
    expect(screen.getByRole('tab', { name: /^All/ }).getAttribute('aria-selected')).toBe('true');
  });
});
