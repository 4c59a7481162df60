import type { MediaUse } from '$lib/api';

/** What tells a use of a file from the others: one picture may stand in a post twice. */
export function mediaKey(media: readonly MediaUse[], at: number): string {
  const id = media[at]?.mediaId ?? '';
  const before = media.slice(0, at).filter((use) => use.mediaId === id).length;
  return `${id}:${before}`;
}
