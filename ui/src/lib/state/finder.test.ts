import { waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api';
import { createDemo, type DemoHost } from '$lib/demo';
import { startApp } from '../../test/render';
import type { App } from './app.svelte';
import { Finder } from './finder.svelte';

let host: DemoHost;
let app: App;
/** Answers of the program still to come, by the words asked for. */
let waiting: { query: string; answer: (ids: string[]) => void }[];

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
  waiting = [];
  host.answer(
    'posts.find',
    ({ query }: { query: string }) =>
      new Promise((resolve) => waiting.push({ query, answer: (ids) => resolve({ ids }) })),
  );
});

/** The program was asked for these words, one after the other. */
const asked = (...words: string[]) =>
  waitFor(() => expect(waiting.map((w) => w.query)).toEqual(words));
const answer = (n: number, ...ids: string[]) => waiting[n]?.answer(ids);

describe('finding words', () => {
  it('keeps what was found until the next answer, and asks for the newest words only', async () => {
    const finder = new Finder(app);
    finder.follow('cal-1', 's');
    finder.follow('cal-1', 'sp');
    finder.follow('cal-1', 'spr ');
    await asked('s');
    answer(0, 'old');
    await asked('s', 'spr');
    // The answer was for other words.
    expect([...finder.found]).toEqual([]);
    answer(1, 'a', 'b');
    await waitFor(() => expect([...finder.found]).toEqual(['a', 'b']));
    expect(finder.asking).toBe(false);
    finder.follow('cal-1', 'spri');
    expect([...finder.found]).toEqual(['a', 'b']);
    expect(finder.asking).toBe(true);
    await asked('s', 'spr', 'spri');
    finder.follow('cal-1', ' ');
    expect([...finder.found]).toEqual([]);
    expect(finder.asking).toBe(false);
    answer(2, 'a');
    // The next question comes after that answer, which was for words nobody asks for any more.
    finder.follow('cal-1', 'x');
    await asked('s', 'spr', 'spri', 'x');
    expect([...finder.found]).toEqual([]);
  });

  it('looks again when posts change, until it is let go', async () => {
    const finder = new Finder(app);
    const stop = finder.follow('cal-1', 'sale');
    await asked('sale');
    answer(0);
    await waitFor(() => expect(finder.asking).toBe(false));
    host.world.changed('post', ['x']);
    await asked('sale', 'sale');
    answer(1, 'x');
    await waitFor(() => expect([...finder.found]).toEqual(['x']));
    stop();
    host.world.changed('post', ['x']);
    finder.follow('cal-1', 'next');
    await asked('sale', 'sale', 'next');
  });

  it('says why it could not look, and shows nothing that is not known to have the words', async () => {
    const finder = new Finder(app);
    finder.follow('cal-1', 'sale');
    await asked('sale');
    answer(0, 'x');
    await waitFor(() => expect(finder.found.size).toBe(1));
    host.failNext('posts.find', new ApiError('storage', 'The disk does not answer.'));
    finder.follow('cal-1', 'other');
    await waitFor(() => expect(app.messages.current?.text).toBe('The disk does not answer.'));
    expect(finder.found.size).toBe(0);
    expect(finder.asking).toBe(false);
  });
});
