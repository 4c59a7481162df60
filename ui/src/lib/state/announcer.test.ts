import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from './announcer.svelte';

let announcer: Announcer;

beforeEach(() => {
  vi.useFakeTimers();
  announcer = new Announcer();
});
afterEach(() => vi.useRealTimers());

describe('what matters less', () => {
  it('is spoken at once where nothing else was said', () => {
    announcer.sayBehind('Saved', () => true);
    expect([announcer.text, announcer.count]).toEqual(['Saved', 1]);
  });

  it('does not cut off what was said just before, and follows it once', () => {
    announcer.say('Already last in the queue');
    announcer.sayBehind('Saved', () => true);
    vi.advanceTimersByTime(2_000);
    announcer.say('Moved to Friday');
    announcer.sayBehind('Saved', () => true);
    vi.advanceTimersByTime(3_000);
    expect(announcer.text).toBe('Moved to Friday');
    vi.advanceTimersByTime(60_000);
    expect([announcer.text, announcer.count]).toEqual(['Saved', 3]);
  });

  it('is left out where it does not hold any more when its turn comes', () => {
    let saved = true;
    announcer.say('Moved to Friday');
    announcer.sayBehind('Saved', () => saved);
    saved = false;
    announcer.say('Not saved.');
    vi.advanceTimersByTime(60_000);
    expect([announcer.text, announcer.count]).toEqual(['Not saved.', 2]);
  });

  it('never keeps words that matter waiting', () => {
    announcer.sayBehind('Saved', () => true);
    announcer.say('Not saved.');
    expect(announcer.text).toBe('Not saved.');
    vi.advanceTimersByTime(60_000);
    expect([announcer.text, announcer.count]).toEqual(['Not saved.', 2]);
  });
});
