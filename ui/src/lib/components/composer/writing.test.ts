import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '$lib/api';
import { postOf, targetOf } from '$lib/demo/state';
import { faults } from '../../../test/axe';
import { type Bench, bench, holdBack, LONG, openNew } from '../../../test/composer';

let b: Bench;
beforeEach(async () => {
  b = await bench();
});
const closed = () => waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());

describe('writing', () => {
  it('is checked once more when it is made, so that it is not taken for another post', async () => {
    await openNew(b, { text: 'Brought along' });
    await waitFor(() => expect(b.post()).toBeTruthy());
    const id = b.post()?.id;
    await waitFor(() => expect(b.called('posts.check').at(-1)).toMatchObject({ id }));
  });

  it('opens with the cursor in the text and the usual account chosen', async () => {
    const text = await openNew(b);
    await waitFor(() => expect(document.activeElement).toBe(text));
    expect(text.placeholder).toBe('What do you want to say?');
    const ana = screen.getByRole('button', { name: /Ana Brandt/ });
    expect(ana.getAttribute('aria-pressed')).toBe('true');
    expect(await faults(document.body)).toEqual([]);
  });

  it('keeps what was typed when Escape closes at once', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'Gone in a blink');
    await b.user.keyboard('{Escape}');
    await closed();
    expect(b.post()?.segments[0]?.text).toBe('Gone in a blink');
    expect(b.called('posts.close')).toHaveLength(1);
  });

  it('keeps what was typed when a click outside closes', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'Clicked away');
    await fireEvent.pointerDown(screen.getByRole('dialog'));
    await closed();
    expect(b.post()?.segments[0]?.text).toBe('Clicked away');
  });

  it('keeps what was typed when another post is opened over it', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'First');
    b.app.router.newPost();
    await waitFor(() =>
      expect([...b.host.world.posts.posts.values()].map((p) => p.segments[0]?.text)).toEqual([
        'First',
      ]),
    );
  });

  it('makes no post of an empty sheet', async () => {
    await openNew(b);
    await b.user.keyboard('{Escape}');
    await closed();
    expect(b.host.world.posts.posts.size).toBe(0);
  });

  it('stays open with the reason when it cannot save, and offers two ways on', async () => {
    const text = await openNew(b);
    b.host.failNext('posts.create', new ApiError('storage', 'The disk is full.'));
    await b.user.type(text, 'Precious');
    await b.user.keyboard('{Escape}');
    expect(await screen.findByText(/The disk is full/, { selector: 'p span' })).toBeTruthy();
    expect(text.value).toBe('Precious');
    await b.user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.getByTestId('save-state').textContent).toContain('Saved'));
    expect(b.post()?.segments[0]?.text).toBe('Precious');
  });

  it('keeps what could not be saved as a draft of its own when another post takes its place', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'Unlucky');
    b.host.failNext('posts.create', new ApiError('storage', 'The disk is full.'));
    b.app.router.newPost();
    await waitFor(() =>
      expect(b.app.messages.current?.text).toBe('Kept as a draft of its own on the shelf.'),
    );
    const all = [...b.host.world.posts.posts.values()];
    expect(all.map((p) => p.segments[0]?.text)).toEqual(['Unlucky']);
  });

  it('says in the post why files could not be asked for', async () => {
    await openNew(b);
    b.host.pickFiles = () => Promise.reject(new ApiError('network', 'Almanac cannot be reached.'));
    await b.user.click(screen.getByRole('button', { name: 'Add pictures or files' }));
    await waitFor(() =>
      expect(screen.getByTestId('blocked').textContent).toBe('Almanac cannot be reached.'),
    );
  });

  it('refuses ten megabytes with a sentence and keeps the text as it was', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'Short');
    await b.user.paste('x'.repeat(10_000_000));
    expect(text.value).toBe('Short');
    expect(screen.getByTestId('blocked').textContent).toMatch(
      /10 MB of text.*still on the clipboard/,
    );
  });

  it('leaves Ctrl+Z to the text while one types, and the calendar alone', async () => {
    const asked = vi.fn(() => true);
    document.execCommand = asked;
    await b.user.type(await openNew(b), 'Hi');
    await b.user.keyboard('{Control>}z{/Control}{Control>}{Shift>}z{/Shift}{/Control}');
    expect(asked.mock.calls.map((call) => call.at(0))).toEqual(['undo', 'redo']);
    expect(b.called('history.undo')).toEqual([]);
    Reflect.deleteProperty(document, 'execCommand');
  });

  it('leaves the shared text alone when one account gets its own, and goes back in one click', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'For all');
    await b.user.click(screen.getByRole('button', { name: /Website folder/ }));
    await b.user.click(screen.getByRole('button', { name: /A text of its own/ }));
    await b.user.click(await screen.findByRole('menuitem', { name: /Website folder/ }));
    const own = screen.getByRole('textbox', { name: 'Text' });
    await b.user.type(own, ', and more for the site');
    await waitFor(() => {
      const target = b.post()?.targets.find((x) => x.accountId === 'acc-notes');
      expect(target?.overrideSegments?.[0]?.text).toBe('For all, and more for the site');
    });
    expect(b.post()?.segments[0]?.text).toBe('For all');
    expect(screen.getByRole('tab', { name: /Website folder/ }).textContent).toBeTruthy();
    await b.user.click(screen.getByRole('button', { name: 'Back to the shared text' }));
    expect(screen.queryByRole('tab', { name: /Website folder/ })).toBeNull();
    await b.user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await screen.findByRole('tab', { name: /Website folder/ })).toBeTruthy();
  });

  it('walks the tabs by arrow keys', async () => {
    await b.user.type(await openNew(b), 'Hi');
    await b.user.click(screen.getByRole('button', { name: /Website folder/ }));
    await b.user.click(screen.getByRole('button', { name: /A text of its own/ }));
    await b.user.click(await screen.findByRole('menuitem', { name: /Website folder/ }));
    const own = screen.getByRole('tab', { name: /Website folder/ });
    own.focus();
    await b.user.keyboard('{ArrowLeft}');
    expect(screen.getByRole('tab', { name: /^All/ }).getAttribute('aria-selected')).toBe('true');
    expect(await faults(document.body)).toEqual([]);
  });
});

describe('problems and counting', () => {
  it('names the strictest network and what is left there', async () => {
    const text = await openNew(b);
    await b.user.click(screen.getByRole('button', { name: /Website folder/ }));
    await b.user.type(text, 'Hello 👋');
    await waitFor(() =>
      expect(screen.getByTestId('counter').textContent).toContain('Bluesky: 293 left'),
    );
  });

  it('splits a long text into a thread and joins it again', async () => {
    const text = await openNew(b);
    await b.user.click(text);
    await b.user.paste(LONG);
    await waitFor(() => expect(screen.getByTestId('counter').textContent).toContain('too many'));
    expect(screen.getByTestId('blocked').textContent).toBe('');
    expect(await faults(document.body)).toEqual([]);
    await b.user.click(await screen.findByRole('button', { name: 'Split into a thread' }));
    expect(await screen.findByRole('textbox', { name: 'Text of part 2 of 2' })).toBeTruthy();
    await waitFor(() => expect(b.post()?.contentType).toBe('thread'));
    expect(await faults(document.body)).toEqual([]);
    await b.user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text' }).value).toBe(LONG);
  });

  it('puts the cursor where the text gets too long', async () => {
    const text = await openNew(b);
    await b.user.click(text);
    await b.user.paste(LONG);
    await b.user.click(await screen.findByRole('button', { name: 'Shorten for Bluesky' }));
    await waitFor(() => expect(text.selectionStart).toBe(300));
    expect(document.activeElement).toBe(text);
  });

  it('says beside the button why it cannot be scheduled, and mends it', async () => {
    await b.user.type(await openNew(b), 'Hello');
    await b.user.click(screen.getByRole('button', { name: /Ana Brandt/ }));
    await b.user.click(screen.getByRole('radio', { name: 'Pick a time' }));
    const go = screen.getByRole('button', { name: /^Schedule for/ });
    expect(go.getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByTestId('blocked').textContent).toBe('Choose an account first.');
    await b.user.click(await screen.findByRole('button', { name: 'Choose an account' }));
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/Ana Brandt/);
    await b.user.keyboard(' ');
    await waitFor(() => expect(go.getAttribute('aria-disabled')).toBeNull());
  });

  it('warns of the same text on the same account within a month', async () => {
    const first = { date: '2026-05-14', time: '09:00' };
    await b.user.type(await openNew(b, first), 'Again');
    await b.user.keyboard('{Escape}');
    await closed();
    await b.user.type(await openNew(b, { date: '2026-05-20', time: '09:00' }), 'Again');
    expect(await screen.findByText(/twice within a month/)).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Note' })).toBeTruthy();
  });
});

describe('a text that was just begun', () => {
  it('is not called empty by a check that does not know of it yet', async () => {
    const text = await openNew(b);
    await waitFor(() => expect(b.called('posts.check')).not.toEqual([]));
    const answer = holdBack(b.host, 'posts.check');
    await b.user.type(text, 'Hello');
    await waitFor(() => expect(b.post()).toBeDefined());
    expect(document.querySelector('[data-rule="empty"]')).toBeNull();
    answer();
    await b.user.clear(text);
    await waitFor(() => expect(document.querySelector('[data-rule="empty"]')).toBeTruthy());
  });
});

describe('parts of a thread', () => {
  beforeEach(async () => {
    await b.user.type(await openNew(b), 'One');
    await b.user.click(screen.getByRole('button', { name: 'Add a part' }));
    await b.user.type(await screen.findByRole('textbox', { name: 'Text of part 2 of 2' }), 'Two');
  });
  const texts = () =>
    screen
      .getAllByRole<HTMLTextAreaElement>('textbox', { name: /^Text of part/ })
      .map((x) => x.value);

  it('move by button, spoken', async () => {
    await b.user.click(screen.getByRole('button', { name: 'Part 2 one up' }));
    expect(texts()).toEqual(['Two', 'One']);
    expect(b.app.announcer.text).toBe('Now part 1 of 2');
  });

  it('are called empty where the cursor left one so, not where it has just come', async () => {
    const third = () => screen.findByRole('textbox', { name: 'Text of part 3 of 3' });
    const empty = () => document.querySelector('[data-rule="empty_segment"]');
    await b.user.click(screen.getByRole('radio', { name: 'Now' }));
    const button = screen.getByRole('button', { name: 'Publish now' });
    await b.user.click(screen.getByRole('button', { name: 'Add a part' }));
    await waitFor(async () => expect(document.activeElement).toBe(await third()));
    await waitFor(() => expect(button.title).toBe('Part 3 is empty.'));
    expect(empty()).toBeNull();
    await b.user.click(screen.getByRole('textbox', { name: 'Text of part 1 of 3' }));
    await waitFor(() => expect(empty()).toBeTruthy());
    await b.user.type(await third(), 'Three');
    await waitFor(() => expect(button.title).toBe(''));
    expect(empty()).toBeNull();
  });

  it('go with a way back', async () => {
    await b.user.click(screen.getByRole('button', { name: 'Remove part 1' }));
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text' }).value).toBe('Two');
    await b.user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(texts()).toEqual(['One', 'Two']);
  });

  it('go with Backspace when empty, and the cursor goes to the one before', async () => {
    const second = screen.getByRole('textbox', { name: 'Text of part 2 of 2' });
    await b.user.clear(second);
    await b.user.keyboard('{Backspace}');
    const first = screen.getByRole('textbox', { name: 'Text' });
    await waitFor(() => expect(document.activeElement).toBe(first));
  });
});

describe('pictures', () => {
  const pick = async (paths: string[]) => {
    b.host.pickFiles = () => Promise.resolve(paths);
    await b.user.click(screen.getByRole('button', { name: 'Add pictures or files' }));
  };
  const names = () =>
    within(screen.getByRole('list', { name: 'Pictures and files' }))
      .getAllByRole('listitem')
      .map((li) => li.querySelector('bdi')?.textContent);

  it('are described, ordered by keys, and removed with a way back', async () => {
    await openNew(b);
    await pick(['/home/ana/a.png', '/home/ana/b.png']);
    const alt = await screen.findByRole('textbox', { name: /Description of a\.png/ });
    await b.user.type(alt, 'A press');
    screen.getByRole('button', { name: /^a\.png, 1 of 2/ }).focus();
    await b.user.keyboard('{ArrowDown}');
    expect(names()).toEqual(['b.png', 'a.png']);
    await waitFor(() => expect(b.post()?.segments[0]?.media[1]?.alt).toBe('A press'));
    await b.user.click(screen.getByRole('button', { name: 'Remove a.png' }));
    expect(names()).toEqual(['b.png']);
    await b.user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(names()).toEqual(['b.png', 'a.png']);
    expect(await faults(document.body)).toEqual([]);
  });

  it('follow the pointer while dragged, and stay where they are dropped', async () => {
    await openNew(b);
    await pick(['/x/a.png', '/x/b.png']);
    const grip = await screen.findByRole('button', { name: /^a\.png, 1 of 2/ });
    await fireEvent.pointerDown(grip, { button: 0, pointerId: 1 });
    await fireEvent.pointerMove(grip, { clientY: 900, pointerId: 1 });
    expect(grip.closest('li')?.style.order).toBe('1');
    await b.user.keyboard('{Escape}');
    await fireEvent.pointerUp(grip, { pointerId: 1 });
    expect(names()).toEqual(['a.png', 'b.png']);
    expect(screen.getByTestId('composer')).toBeTruthy();
    await fireEvent.pointerDown(grip, { button: 0, pointerId: 1 });
    await fireEvent.pointerMove(grip, { clientY: 900, pointerId: 1 });
    await fireEvent.pointerUp(grip, { pointerId: 1 });
    expect(names()).toEqual(['b.png', 'a.png']);
  });

  it('remind of a missing description, with the way to it', async () => {
    await openNew(b);
    await pick(['/x/a.png']);
    await b.user.click(await screen.findByRole('button', { name: 'Describe it' }));
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/Description of a\.png/);
  });

  it('say why one was refused', async () => {
    await openNew(b);
    await pick(['/x/broken.png']);
    await waitFor(() =>
      expect(screen.getByTestId('blocked').textContent).toMatch(
        /broken\.png: This picture is damaged/,
      ),
    );
  });

  it('say of every refused one why, and take the others', async () => {
    await openNew(b);
    await pick(['/x/broken.png', '/x/fine.png', '/x/broken2.png']);
    await waitFor(() => expect(names()).toEqual(['fine.png']));
    expect(screen.getByTestId('blocked').textContent).toMatch(
      /^2 files were not added\. broken\.png, broken2\.png: This picture is damaged/,
    );
  });

  it('are attached when dropped from the desktop, and when a day was dropped on', async () => {
    await openNew(b, { date: '2026-05-14', files: ['/x/day.png'] });
    await waitFor(() => expect(names()).toEqual(['day.png']));
    b.host.dragFiles({ kind: 'drop', paths: ['/x/more.png'], x: 1, y: 1 });
    await waitFor(() => expect(names()).toEqual(['day.png', 'more.png']));
  });

  it('are attached when pasted, also those of which only the desktop knows', async () => {
    await b.user.click(await openNew(b));
    b.host.onClipboard = { paths: [], files: [new File(['x'], '')] };
    await b.user.paste('');
    await waitFor(() => expect(names()).toEqual(['Pasted picture']));
    b.host.onClipboard = { paths: ['/x/copied.png'], files: [] };
    await b.user.paste('');
    await waitFor(() => expect(names()).toEqual(['Pasted picture', 'copied.png']));
    await b.user.paste('Hello');
    await waitFor(() => expect(b.post()?.segments[0]?.text).toBe('Hello'));
    expect(names()).toHaveLength(2);
  });

  it('are refused in a sentence by a post that cannot be changed, or is not there yet', async () => {
    const drop = () => b.host.dragFiles({ kind: 'drop', paths: ['/x/a.png'], x: 1, y: 1 });
    b = await bench({
      posts: [postOf({ id: 'out', targets: [targetOf('out', 'acc-ana', 0, 'published')] })],
    });
    const go = holdBack(b.host, 'posts.get');
    b.app.router.openPost('out');
    await screen.findByTestId('composer');
    drop();
    expect(b.app.messages.current?.text).toMatch(/^Drop files on a day,/);
    go();
    await screen.findByText(/^It is published\./);
    drop();
    expect(b.app.messages.current?.text).toBe(
      'This post cannot be changed now, so the files were not added.',
    );
    expect(b.called('media.import')).toEqual([]);
  });
});

describe('emoji', () => {
  it('are found and put at the cursor by keyboard alone', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'Hi !');
    text.setSelectionRange(3, 3);
    screen.getByRole('button', { name: 'Emoji' }).focus();
    await b.user.keyboard('{Enter}');
    await b.user.keyboard('party');
    await b.user.keyboard('{ArrowDown}{ArrowRight}{Enter}');
    expect(text.value).toBe('Hi 🎉!');
    await waitFor(() => expect(document.activeElement).toBe(text));
    await b.user.click(screen.getByRole('button', { name: 'Emoji' }));
    expect(
      within(screen.getByRole('group', { name: 'Last used' })).getByRole('button'),
    ).toBeTruthy();
    expect(await faults(document.body)).toEqual([]);
    await b.user.keyboard('{Escape}');
    expect(screen.getByTestId('composer')).toBeTruthy();
  });

  it('are put at the cursor by pointer, in place of what is selected', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'Hi you!');
    text.setSelectionRange(3, 6);
    await b.user.click(screen.getByRole('button', { name: 'Emoji' }));
    const find = screen.getByRole('searchbox', { name: 'Find an emoji' });
    await b.user.type(find, 'xyzzy');
    expect(screen.getByText('Nothing found for “xyzzy”.')).toBeTruthy();
    await b.user.clear(find);
    const faces = screen.getByRole('group', { name: 'Faces' });
    const [first] = within(faces).getAllByRole('button');
    if (first) await b.user.click(first);
    expect(text.value).toBe(`Hi ${first?.textContent}!`);
    expect(screen.queryByRole('dialog', { name: 'Emoji' })).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(text));
    await waitFor(() => expect(b.post()?.segments[0]?.text).toBe(text.value));
  });

  it('go away with a click beside them and change nothing', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'Hi');
    await b.user.click(screen.getByRole('button', { name: 'Emoji' }));
    expect(screen.getByRole('dialog', { name: 'Emoji' })).toBeTruthy();
    await b.user.click(text);
    expect(screen.queryByRole('dialog', { name: 'Emoji' })).toBeNull();
    expect(text.value).toBe('Hi');
  });
});
