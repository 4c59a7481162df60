import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Checked, PostCheck } from '$lib/api';
import { CHECK_MS, Checker } from './checker.svelte';

let asked: { title: string; answer: () => Promise<void> }[];
let checker: Checker;
const question = (title: string) => ({ draft: { title } }) as PostCheck;
const type = async (title: string) => {
  checker.soon(question(title));
  await vi.advanceTimersByTimeAsync(CHECK_MS);
};
const titles = () => asked.map((a) => a.title);
const shown = () => checker.checked?.blocked;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  checker = new Checker(
    ({ draft: { title } }) =>
      new Promise((resolve) => {
        const answer = async () => {
          resolve({ blocked: title } as Checked);
          await vi.advanceTimersByTimeAsync(0);
        };
        asked.push({ title, answer });
      }),
  );
});
afterEach(() => vi.useRealTimers());

describe('the check of what is typed', () => {
  it('waits for a slow answer and then asks for the newest text only', async () => {
    for (const text of ['one', 'two', 'three']) await type(text);
    expect(titles()).toEqual(['one']);
    await asked[0]?.answer();
    expect([shown(), titles()]).toEqual(['one', ['one', 'three']]);
    await asked[1]?.answer();
    expect([shown(), titles()]).toEqual(['three', ['one', 'three']]);
  });

  it('is asked at once before something leaves the desk, and the newest answer counts', async () => {
    await type('one');
    void checker.now(question('two'));
    expect(titles()).toEqual(['one', 'two']);
    await asked[1]?.answer();
    await asked[0]?.answer();
    expect(shown()).toBe('two');
  });

  it('ends with the sheet', async () => {
    await type('one');
    await type('two');
    checker.stop();
    await asked[0]?.answer();
    expect([shown(), titles()]).toEqual([undefined, ['one']]);
  });
});
