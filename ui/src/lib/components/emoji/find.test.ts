import { describe, expect, it } from 'vitest';
import { emojis, findEmoji, RECENT_MOST, withRecent } from './find';

describe('emoji', () => {
  it('are found by name and by the words people use', () => {
    expect(findEmoji('party').map((e) => e.emoji)).toContain('🎉');
    expect(findEmoji('thumbs up').map((e) => e.emoji)).toContain('👍');
    expect(findEmoji('rock').map((e) => e.emoji)).toContain('🚀');
    expect(findEmoji('xyzzy')).toEqual([]);
    expect(findEmoji('  ')).toEqual([]);
  });

  it('each have a name and stand in the list once', () => {
    expect(emojis.length).toBeGreaterThan(400);
    expect(new Set(emojis.map((e) => e.emoji)).size).toBe(emojis.length);
    expect(emojis.every((e) => e.name.length > 1)).toBe(true);
  });

  it('keep the last used ones in front, once each', () => {
    expect(withRecent(['🎉', '🚀'], '🚀')).toEqual(['🚀', '🎉']);
    const many = emojis.slice(0, 40).map((e) => e.emoji);
    expect(withRecent(many, '🥳')).toHaveLength(RECENT_MOST);
  });
});
