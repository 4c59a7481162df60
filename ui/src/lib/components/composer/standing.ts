/** What a post's deliveries mean for the sheet: whether it can be written in, and how it is saved. */
import type { Permission, Post } from '$lib/api';

/**
 * Why nothing can be typed: where the delivery stands; `key` and `reader`: whoever signed in may not change
 * what goes out, or nothing at all.
 */
export type Locked = 'sending' | 'unconfirmed' | 'placed' | 'published' | 'key' | 'reader';

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

export function lockOf(post: Post | null, may: (permission: Permission) => boolean): Locked | null {
  // What is typed first makes the post, all that follows changes it.
  if (!post) return may('create_events') && may('edit_events') ? null : 'reader';
  if (post.targets.some((x) => x.state === 'sending')) return 'sending';
  if (post.targets.some((x) => x.state === 'unconfirmed')) return 'unconfirmed';
  if (post.targets.some((x) => x.state === 'placed')) return 'placed';
  const all = post.targets.length > 0 && post.targets.every((x) => x.state === 'published');
  if (all) return 'published';
  if (!may('edit_events')) return 'reader';
  return post.editorial === 'scheduled' && !may('publish_content') ? 'key' : null;
}
