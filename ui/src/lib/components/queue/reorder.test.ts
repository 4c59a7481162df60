import { describe, expect, it } from 'vitest';
import { putAt, stepped } from './reorder';

describe('order of the queue', () => {
  it('puts a post into the place it is dropped on, from both sides', () => {
    expect(putAt(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'c', 'a']);
    expect(putAt(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']);
  });
  it('changes nothing when dropped on itself or on a post with a time of its own', () => {
    expect(putAt(['a', 'b'], 'a', 'a')).toBeNull();
    expect(putAt(['a', 'b'], 'a', 'pinned')).toBeNull();
  });
  it('stops at both ends', () => {
    expect(stepped(['a', 'b'], 'a', -1)).toBeNull();
    expect(stepped(['a', 'b'], 'b', 1)).toBeNull();
    expect(stepped(['a', 'b'], 'a', 1)).toEqual(['b', 'a']);
  });
});
