import { expect, it } from 'vitest';
import { mediaKey } from './media-key';

it('tells the same picture apart when it stands in a post twice, wherever others move', () => {
  const use = (mediaId: string) => ({ mediaId, alt: '' });
  const media = [use('a'), use('b'), use('a')];
  expect(media.map((_, i) => mediaKey(media, i))).toEqual(['a:0', 'b:0', 'a:1']);
  const moved = [use('b'), use('a'), use('a')];
  expect(moved.map((_, i) => mediaKey(moved, i))).toEqual(['b:0', 'a:0', 'a:1']);
});
