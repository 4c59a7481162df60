import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type Post, type SlotTime } from '$lib/api';
import { postOf, whenAt } from '$lib/demo/state';
import { faults } from '../../../test/axe';
import { type Bench, bench, holdBack, openNew, openPost } from '../../../test/composer';

const ZONE = 'Europe/Berlin';
let b: Bench;
const closed = () => waitFor(() => expect(screen.queryByTestId('composer')).toBeNull());
const typedDate = () => screen.getByRole('textbox', { name: 'Date and time, as you would say it' });
const wall = (post?: Post) =>
  post?.when.kind === 'scheduled'
    ? post.when.wall
    : post?.when.kind === 'planned'
      ? `${post.when.date} ${post.when.time}`
      : null;

describe('a time for a post', () => {
  beforeEach(async () => {
    b = await bench();
  });

  it('is the one of the hour it was opened from, and Ctrl+Enter schedules it', async () => {
    const text = await openNew(b, { date: '2026-05-14', time: '16:00' });
    expect(screen.getByText(/In Europe\/Berlin \(UTC\+2\)/)).toBeTruthy();
    await b.user.type(text, 'At four');
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    await closed();
    expect(wall(b.post())).toBe('2026-05-14T16:00:00');
    expect(b.post()?.editorial).toBe('scheduled');
    expect(b.app.messages.current?.text).toBe('Scheduled for Thu 14 May, 16:00.');
  });

  it('is shown before Ctrl+Enter takes it for a post without one', async () => {
    const text = await openNew(b);
    await b.user.type(text, 'When?');
    // That it is saved may be said right afterwards.
    const say = vi.spyOn(b.app.announcer, 'say');
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    expect(
      await screen.findByRole('button', { name: 'Schedule for Wed 13 May, 09:00' }),
    ).toBeTruthy();
    expect(say).toHaveBeenCalledWith('Wed 13 May, 09:00. Control Enter again schedules it.');
    expect(b.called('posts.move')).toEqual([]);
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    await closed();
    expect(wall(b.post())).toBe('2026-05-13T09:00:00');
  });

  it('is the next full hour for today and nine for a later day', async () => {
    await openNew(b, { date: '2026-05-12' });
    expect(await screen.findByRole('button', { name: 'Schedule for today 11:00' })).toBeTruthy();
    b.app.router.newPost({ date: '2026-05-20' });
    expect(
      await screen.findByRole('button', { name: 'Schedule for Wed 20 May, 09:00' }),
    ).toBeTruthy();
  });

  it('is the slot of its day once that is known, also for a text that was typed before', async () => {
    let answer: (time: string | null) => void = () => undefined;
    const slot = new Promise<string | null>((done) => (answer = done));
    const text = await openNew(b, { date: '2026-05-20', time: '09:00', slot });
    await b.user.type(text, 'Hello');
    const saved = b.app.router.leave();
    answer('14:30');
    expect(await saved).toBe(true);
    expect(b.post()?.when).toMatchObject({ kind: 'planned', date: '2026-05-20', time: '14:30:00' });
  });

  it('keeps no text waiting whose page goes before that is known', async () => {
    const slot = new Promise<string | null>(() => undefined);
    const text = await openNew(b, { date: '2026-05-20', time: '09:00', slot });
    await b.user.type(text, 'Hello');
    dispatchEvent(new Event('pagehide'));
    await waitFor(() => expect(b.post()?.segments[0]?.text).toBe('Hello'));
    expect(wall(b.post())).toBe('2026-05-20 09:00:00');
  });

  it('is not taken where it came between the press and the look at it', async () => {
    let answer: (time: string | null) => void = () => undefined;
    const slot = new Promise<string | null>((done) => (answer = done));
    const text = await openNew(b, { date: '2026-05-20', time: '09:00', slot });
    await b.user.type(text, 'Hello');
    const go = holdBack(b.host, 'posts.check');
    const say = vi.spyOn(b.app.announcer, 'say');
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    answer('14:30');
    await screen.findByRole('button', { name: 'Schedule for Wed 20 May, 14:30' });
    go();
    await waitFor(() =>
      expect(say).toHaveBeenCalledWith(expect.stringMatching(/14:30\. .* again schedules it/)),
    );
    expect(b.post()?.editorial ?? 'draft').toBe('draft');
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    await closed();
    expect(wall(b.post())).toBe('2026-05-20T14:30:00');
  });

  it('is told before it is taken: the next free slot', async () => {
    const text = await openNew(b);
    expect(await screen.findByRole('radio', { name: 'Next free slot (today 14:30)' })).toBeTruthy();
    await b.user.type(text, 'In the queue');
    await b.user.keyboard('{Control>}{Shift>}{Enter}{/Shift}{/Control}');
    await closed();
    expect(wall(b.post())).toBe('2026-05-12T14:30:00');
    expect(b.post()?.timeSource).toBe('slot');
  });

  it('is the next free slot by pointer as well', async () => {
    await b.user.type(await openNew(b), 'In the queue');
    await b.user.click(await screen.findByRole('radio', { name: 'Next free slot (today 14:30)' }));
    await b.user.click(await screen.findByRole('button', { name: 'Schedule for today 14:30' }));
    await closed();
    expect(wall(b.post())).toBe('2026-05-12T14:30:00');
    expect(b.post()?.timeSource).toBe('slot');
  });

  it('is no slot while the plan is read, none, or cannot be read: each in its words', async () => {
    const answers: ((slot: SlotTime | null) => void)[] = [];
    b.host.answer(
      'queue.next_free',
      () => new Promise((resolve) => answers.push((slot) => resolve({ slot }))),
    );
    await b.user.type(await openNew(b), 'Hello');
    await b.user.click(screen.getByRole('radio', { name: 'Next free slot' }));
    const reason = () => screen.getByTestId('blocked').textContent;
    expect(reason()).toBe('The next free slot is being looked for.');
    // Another account asks again; the older answer comes last and is not taken.
    const before = answers.length;
    await b.user.click(screen.getByRole('button', { name: /Website folder, Folder/ }));
    await waitFor(() => expect(answers.length).toBeGreaterThan(before));
    answers.at(-1)?.(null);
    await waitFor(() => expect(reason()).toMatch(/^None of these accounts has a free slot/));
    answers[0]?.({
      slotId: 's',
      accountId: 'acc-ana',
      at: 0,
      wall: '2026-05-12T14:30:00',
      zone: ZONE,
    });
    await Promise.resolve();
    expect(reason()).toMatch(/^None of these accounts/);
    b.host.answer('queue.next_free', () => {
      throw new ApiError('storage', 'The disk does not answer.');
    });
    await b.user.click(screen.getByRole('button', { name: /Website folder, Folder/ }));
    await waitFor(() =>
      expect(reason()).toBe('The weekly plan could not be read. The disk does not answer.'),
    );
  });

  it('can be typed, with what was understood beside it', async () => {
    await b.user.type(await openNew(b), 'Hello');
    await b.user.click(screen.getByRole('radio', { name: 'Pick a time' }));
    await b.user.type(typedDate(), 'fri 9:30');
    expect(await screen.findByText(/Friday 15 May 2026, 09:30, Europe\/Berlin/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Schedule for Fri 15 May, 09:30' })).toBeTruthy();
    await b.user.keyboard('{Enter}');
    await waitFor(() => expect(wall(b.post())).toBe('2026-05-15 09:30:00'));
    expect(b.post()?.editorial).toBe('draft');
    expect(await faults(document.body)).toEqual([]);
  });

  it('is taken from the field when the button is pressed right away', async () => {
    await b.user.type(await openNew(b), 'Hello');
    await b.user.click(screen.getByRole('radio', { name: 'Pick a time' }));
    await b.user.type(typedDate(), '20.5. 16:30');
    await b.user.click(screen.getByRole('button', { name: /^Schedule for/ }));
    await closed();
    expect(wall(b.post())).toBe('2026-05-20T16:30:00');
  });

  it('says what it did not understand', async () => {
    await openNew(b, { date: '2026-05-14' });
    await b.user.type(typedDate(), 'some day');
    expect(await screen.findByText(/“some day” is not understood/)).toBeTruthy();
  });

  it('is refused in the past, with the next free slot to use', async () => {
    await b.user.type(await openNew(b, { date: '2026-05-14' }), 'Hello');
    await b.user.type(typedDate(), 'yesterday 9:00');
    expect(
      await screen.findByText(/That is in the past\. The next free slot is today 14:30/),
    ).toBeTruthy();
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    expect(screen.getByTestId('composer')).toBeTruthy();
    await b.user.click(screen.getByRole('button', { name: 'Use it' }));
    await waitFor(() => expect(wall(b.post())).toBe('2026-05-12 14:30:00'));
  });

  it('tells what a clock change does to it', async () => {
    await openNew(b, { date: '2027-03-28', time: '02:30' });
    expect(await screen.findByText(/02:30 does not exist/)).toBeTruthy();
  });

  it('can be picked by keys alone', async () => {
    await b.user.type(await openNew(b, { date: '2026-05-14', time: '10:00' }), 'Hello');
    screen.getByRole('button', { name: 'Calendar and time' }).focus();
    await b.user.keyboard('{Enter}');
    const day = await screen.findByRole('button', { name: 'Thursday 14 May 2026' });
    await waitFor(() => expect(document.activeElement).toBe(day));
    await b.user.keyboard('{ArrowDown}{ArrowRight}{Enter}');
    await waitFor(() => expect(wall(b.post())).toBe('2026-05-22 10:00:00'));
    const time = screen.getByRole('textbox', { name: 'Time' });
    time.focus();
    await b.user.keyboard('{ArrowUp}');
    await waitFor(() => expect(wall(b.post())).toBe('2026-05-22 10:15:00'));
    expect(await faults(document.body)).toEqual([]);
  });

  it('is not taken from the small field when it is none, and says so instead of going out', async () => {
    await b.user.type(await openNew(b, { date: '2026-05-14', time: '09:00' }), 'Hello');
    await b.user.click(screen.getByRole('button', { name: 'Calendar and time' }));
    const time = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Time' });
    await b.user.clear(time);
    await b.user.type(time, '25:00');
    expect((await screen.findAllByText('Write a time such as 14:30.')).length).toBeGreaterThan(0);
    expect(time.value).toBe('25:00');
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() =>
      expect(screen.getByTestId('blocked').textContent).toBe('Write a time such as 14:30.'),
    );
    expect(b.called('posts.move')).toEqual([]);
    await b.user.clear(time);
    await b.user.type(time, '10:30');
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    await closed();
    expect(wall(b.post())).toBe('2026-05-14T10:30:00');
  });

  it.each([
    ['9.10', '09:10'],
    ['14.05', '14:05'],
    ['9.00', '09:00'],
    ['930', '09:30'],
  ])('stays on its day when %s is typed into the small field', async (typed, taken) => {
    await b.user.type(await openNew(b, { date: '2026-05-14', time: '16:00' }), 'Hello');
    await b.user.click(screen.getByRole('button', { name: 'Calendar and time' }));
    const time = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Time' });
    await b.user.clear(time);
    await b.user.type(time, typed);
    expect(time.value).toBe(typed);
    await b.user.tab();
    await waitFor(() => expect(wall(b.post())).toBe(`2026-05-14 ${taken}:00`));
    await waitFor(() => expect(time.value).toBe(taken));
  });

  it('that passed before anything was stored keeps nothing from being stored or published', async () => {
    await b.user.type(await openNew(b, { date: '2026-05-12', time: '10:00' }), 'Late');
    await waitFor(() =>
      expect(b.called('posts.create')).toMatchObject([{ place: { kind: 'shelf' } }]),
    );
    const told = await screen.findAllByText(/That is in the past\. The next free slot/);
    expect(told.length).toBeGreaterThan(0);
    await b.user.click(screen.getByRole('radio', { name: 'Now' }));
    const go = screen.getByRole('button', { name: 'Publish now' });
    await waitFor(() => expect(go.getAttribute('aria-disabled')).toBeNull());
    await b.user.click(go);
    const asked = within(await screen.findByRole('dialog', { name: 'Publish this post now?' }));
    await b.user.click(asked.getByRole('button', { name: 'Publish now' }));
    await closed();
    expect(b.called('posts.publish_now')).toHaveLength(1);
  });

  it('takes no day in the small field, and none that is over by then', async () => {
    await b.user.type(await openNew(b, { date: '2026-05-12', time: '16:00' }), 'Hello');
    await b.user.click(screen.getByRole('button', { name: 'Calendar and time' }));
    const time = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Time' });
    await b.user.clear(time);
    await b.user.type(time, 'tomorrow');
    expect((await screen.findAllByText('Write a time such as 14:30.')).length).toBeGreaterThan(0);
    await b.user.clear(time);
    await b.user.type(time, '9.10');
    expect(await screen.findByText(/That is in the past\. The next free slot/)).toBeTruthy();
    await b.user.tab();
    expect(b.called('posts.move')).toEqual([]);
    // On another day it is still to come.
    await b.user.click(await screen.findByRole('button', { name: 'Wednesday 20 May 2026' }));
    await b.user.click(time);
    await b.user.tab();
    await waitFor(() => expect(wall(b.post())).toBe('2026-05-20 09:10:00'));
  });

  it('is not taken on a day that is over, which says so', async () => {
    await openNew(b, { date: '2026-05-14', time: '09:00' });
    await b.user.click(screen.getByRole('button', { name: 'Calendar and time' }));
    await b.user.click(await screen.findByRole('button', { name: 'Monday 11 May 2026' }));
    const popover = within(screen.getByRole('dialog', { name: 'Calendar and time' }));
    expect(await popover.findByText('That is in the past.')).toBeTruthy();
    expect(b.called('posts.move')).toEqual([]);
  });

  it('starts near the last one, with the same accounts', async () => {
    await b.user.type(await openNew(b, { date: '2026-05-14', time: '18:45' }), 'First');
    await b.user.click(screen.getByRole('button', { name: /Website folder, Folder/ }));
    await b.user.keyboard('{Escape}');
    await closed();
    await openNew(b);
    expect(
      screen.getByRole('button', { name: /Website folder, Folder/ }).getAttribute('aria-pressed'),
    ).toBe('true');
    await b.user.click(screen.getByRole('radio', { name: 'Pick a time' }));
    expect(screen.getByRole('button', { name: 'Schedule for Thu 14 May, 18:45' })).toBeTruthy();
  });

  it('is now only after asking', async () => {
    await b.user.type(await openNew(b), 'Hot off the press');
    await b.user.click(screen.getByRole('radio', { name: 'Now' }));
    const go = screen.getByRole('button', { name: 'Publish now' });
    await waitFor(() => expect(go.getAttribute('aria-disabled')).toBeNull());
    await b.user.click(go);
    expect(await screen.findByText(/It goes out at once to @ana\.example\.com/)).toBeTruthy();
    expect(b.called('posts.publish_now')).toEqual([]);
    const asked = within(screen.getByRole('dialog', { name: 'Publish this post now?' }));
    await b.user.click(asked.getByRole('button', { name: 'Publish now' }));
    await closed();
    expect(b.called('posts.publish_now')).toHaveLength(1);
  });
});

describe('a post whose files are still being taken in', () => {
  const reason = 'The files are still being taken in.';
  beforeEach(async () => {
    b = await bench();
  });

  it.each(['{Control>}{Enter}{/Control}', '{Control>}{Shift>}{Enter}{/Shift}{/Control}'])(
    'is not scheduled without them, by %s',
    async (keys) => {
      await b.user.type(await openNew(b, { date: '2026-05-14', time: '16:00' }), 'At four');
      const go = holdBack(b.host, 'media.import');
      b.host.dragFiles({ kind: 'drop', paths: ['/x/a.png'], x: 1, y: 1 });
      await b.user.keyboard(keys);
      await waitFor(() => expect(screen.getByTestId('blocked').textContent).toBe(reason));
      expect([...b.called('posts.move'), ...b.called('posts.schedule_next')]).toEqual([]);
      go();
      await screen.findByRole('button', { name: 'Remove a.png' });
      await b.user.keyboard(keys);
      await closed();
      expect(b.post()?.editorial).toBe('scheduled');
      expect(b.post()?.segments[0]?.media).toHaveLength(1);
    },
  );

  it('does not go out without those that came while it was asked', async () => {
    await b.user.type(await openNew(b), 'Hot off the press');
    await b.user.click(screen.getByRole('radio', { name: 'Now' }));
    const go = screen.getByRole('button', { name: 'Publish now' });
    await waitFor(() => expect(go.getAttribute('aria-disabled')).toBeNull());
    await b.user.click(go);
    const asked = within(await screen.findByRole('dialog', { name: 'Publish this post now?' }));
    holdBack(b.host, 'media.import');
    b.host.dragFiles({ kind: 'drop', paths: ['/x/a.png'], x: 1, y: 1 });
    await b.user.click(asked.getByRole('button', { name: 'Publish now' }));
    await waitFor(() => expect(screen.getByTestId('blocked').textContent).toBe(reason));
    expect(b.called('posts.publish_now')).toEqual([]);
  });
});

describe('a time in another zone than the calendar', () => {
  it('is shown in both', async () => {
    b = await bench({
      posts: [
        postOf({
          id: 'ny',
          segments: [{ text: 'From New York', media: [] }],
          when: whenAt('2026-05-14', '09:00', 'America/New_York', true),
        }),
      ],
    });
    await openPost(b, 'ny');
    expect(screen.getByText(/In America\/New York \(UTC−4\)/).textContent).toContain(
      'On the calendar: Thu 14 May, 15:00, Europe/Berlin.',
    );
    await b.user.type(typedDate(), 'fri 20');
    expect((await screen.findByText(/Friday 15 May 2026, 20:00/)).textContent).toContain(
      'On the calendar: Sat 16 May, 02:00, Europe/Berlin.',
    );
  });
});

describe('with no account at all', () => {
  it('a draft can be written and planned, and says how to connect one', async () => {
    b = await bench({});
    const text = await openNew(b, { date: '2026-05-14', time: '09:00' });
    expect(screen.getByText('no account yet')).toBeTruthy();
    await b.user.type(text, 'An idea');
    await waitFor(() => expect(wall(b.post())).toBe('2026-05-14 09:00:00'));
    await b.user.click(screen.getByRole('button', { name: 'Connect an account' }));
    await closed();
    expect(b.app.router.view).toBe('accounts');
  });
});

describe('a scheduled post', () => {
  const scheduled = () =>
    postOf({
      id: 's',
      segments: [{ text: 'As confirmed', media: [] }],
      accounts: ['acc-ana'],
      when: whenAt('2026-05-14', '09:00', ZONE, true),
      status: 'scheduled',
    });
  beforeEach(async () => {
    b = await bench({ posts: [scheduled()] });
  });

  it('goes out as confirmed until the edit is', async () => {
    const text = await openPost(b, 's');
    expect(b.called('posts.open')).toHaveLength(1);
    await b.user.type(text, ', changed');
    expect(await screen.findByText(/What goes out is the last confirmed version/)).toBeTruthy();
    await waitFor(() =>
      expect(b.post()?.workingCopy?.segments[0]?.text).toBe('As confirmed, changed'),
    );
    expect(b.post()?.segments[0]?.text).toBe('As confirmed');
    expect(await faults(document.body)).toEqual([]);
    await b.user.keyboard('{Control>}{Enter}{/Control}');
    await closed();
    expect(b.post()?.segments[0]?.text).toBe('As confirmed, changed');
  });

  it('forgets an edit on request', async () => {
    const text = await openPost(b, 's');
    await b.user.type(text, ', changed');
    await b.user.click(await screen.findByRole('button', { name: 'Discard changes' }));
    await waitFor(() => expect(text.value).toBe('As confirmed'));
    expect(b.post()?.workingCopy).toBeNull();
  });

  it('shows the edit again when opened anew', async () => {
    await b.user.type(await openPost(b, 's'), ', changed');
    await b.user.keyboard('{Escape}');
    await closed();
    expect((await openPost(b, 's')).value).toBe('As confirmed, changed');
  });

  it('becomes a draft again and keeps its date', async () => {
    await openPost(b, 's');
    await b.user.click(screen.getByRole('radio', { name: 'Back to draft' }));
    await b.user.click(screen.getByRole('button', { name: 'Make it a draft again' }));
    await closed();
    expect(b.post()?.editorial).toBe('draft');
    expect(wall(b.post())).toBe('2026-05-14 09:00:00');
  });

  it('shows what changed elsewhere, and both versions when words clash', async () => {
    const text = await openPost(b, 's');
    await b.user.type(text, '!');
    await waitFor(() => expect(b.post()?.workingCopy).not.toBeNull());
    const post = b.post();
    if (!post?.workingCopy) throw new Error('no working copy');
    const theirs = [{ text: 'Written elsewhere', media: [] }];
    b.host.world.posts.posts.set('s', {
      ...post,
      workingCopy: { ...post.workingCopy, segments: theirs },
      version: post.version + 1,
    });
    await b.user.type(text, '?');
    expect(await screen.findByText('Written elsewhere')).toBeTruthy();
    expect(text.value).toBe('As confirmed!?');
    await b.user.keyboard('{Escape}');
    expect(screen.getByTestId('composer')).toBeTruthy();
    await b.user.click(screen.getByRole('button', { name: 'Keep mine' }));
    await waitFor(() => expect(b.post()?.workingCopy?.segments[0]?.text).toBe('As confirmed!?'));
  });
});
