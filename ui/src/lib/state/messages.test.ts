import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from './announcer.svelte';
import { Messages } from './messages.svelte';

let messages: Messages;
const shown = () => messages.current?.text ?? null;

beforeEach(() => {
  vi.useFakeTimers();
  messages = new Messages(new Announcer());
});
afterEach(() => vi.useRealTimers());

describe('the line at the bottom', () => {
  it('shows a problem again once what came after it is gone', () => {
    messages.problem('Not saved.');
    messages.info('Moved.');
    expect(shown()).toBe('Moved.');
    vi.advanceTimersByTime(60_000);
    expect(shown()).toBe('Not saved.');
    vi.advanceTimersByTime(60_000);
    expect(shown()).toBe('Not saved.');
    messages.dismiss();
    expect(shown()).toBeNull();
  });

  it('loses no problem to another one', () => {
    messages.problem('First.');
    messages.problem('Second.');
    messages.info('Moved.');
    messages.dismiss();
    expect(shown()).toBe('Second.');
    messages.dismiss();
    expect(shown()).toBe('First.');
  });

  it('tells the same problem once, with its newest buttons', () => {
    const again = vi.fn();
    messages.problem('Not saved.', { actions: [{ label: 'Copy', run: () => undefined }] });
    messages.problem('Not saved.', { actions: [{ label: 'Copy', run: again }] });
    messages.current?.actions[0]?.run();
    expect(again).toHaveBeenCalled();
    messages.dismiss();
    expect(shown()).toBeNull();
  });

  it('forgets a problem that is over, wherever it stands', () => {
    const over = messages.problem('Not saved.');
    messages.problem('Not sent.');
    over();
    expect(shown()).toBe('Not sent.');
    messages.dismiss();
    expect(shown()).toBeNull();
  });
});
