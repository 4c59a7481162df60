import type { Message } from '..';

/** Words for how far a post is: its status as people set it, calling off and using again. */
export const standingWords = {
  'callOff.go': 'Call off',
  'callOff.on': 'Call off on {network}',
  'callOff.done': { one: 'Called off {n} post', other: 'Called off {n} posts' },
  'callOff.doneOne': 'Called off {words}',
  'callOff.again': 'Use again',
  'callOff.againOn': 'Use again on {network}',
  'callOff.usedAgain': { one: '{n} post is used again', other: '{n} posts are used again' },
  'callOff.usedAgainOne': '{words} is used again',

  'editorial.label': 'Status',
  'editorial.draft': 'Draft',
  'editorial.in_review': 'In review',
  'editorial.approved': 'Approved',
  'editorial.scheduled': 'Scheduled',
  'editorial.cancelled': 'Called off',
  'editorial.hint': 'Only a scheduled post goes out. Schedule it below.',
  'editorial.done.draft': { one: '{n} post is a draft', other: '{n} posts are drafts' },
  'editorial.done.in_review': {
    one: '{n} post waits for review',
    other: '{n} posts wait for review',
  },
  'editorial.done.approved': { one: '{n} post is approved', other: '{n} posts are approved' },
} as const satisfies Record<string, Message>;
