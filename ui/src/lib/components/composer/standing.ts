/** What a post's deliveries mean for the sheet: whether it can be written in, and how it is saved. */
import type { Post } from '$lib/api';

/** Why nothing can be typed. */
export type Locked = 'sending' | 'unconfirmed' | 'placed' | 'published';

const ENDED = ['published', 'failed', 'missed'];

/** Its minute came: it was sent, or missed, or did not work, for good or until the next try. */
export function isOver(post: Post | null): boolean {
  return post?.targets.some((x) => ENDED.includes(x.state) || x.failure !== null) ?? false;
}

/** Whether it goes out by itself as it stands: then it is edited in a working copy. */
export function goesOut(post: Post): boolean {
  const { editorial, when, targets } = post;
  const waits = targets.length === 0 || targets.some((x) => x.state === 'waiting');
  return editorial === 'scheduled' && when.kind === 'scheduled' && waits;
}

export function lockOf(post: Post | null): Locked | null {
  if (!post) return null;
  if (post.targets.some((x) => x.state === 'sending')) return 'sending';
  if (post.targets.some((x) => x.state === 'unconfirmed')) return 'unconfirmed';
  if (post.targets.some((x) => x.state === 'placed')) return 'placed';
  const all = post.targets.length > 0 && post.targets.every((x) => x.state === 'published');
  return all ? 'published' : null;
}
