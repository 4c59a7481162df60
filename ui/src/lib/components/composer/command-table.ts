/** Keys of the open composer, known also while it is shut. */
import type { Command } from '$lib/state/keymap';
import { t } from '$lib/words';

export const composerTable = [
  {
    id: 'composer.schedule',
    title: t('composer.key.schedule'),
    group: 'post',
    keys: ['Ctrl+Enter'],
    whileTyping: true,
  },
  {
    id: 'composer.nextSlot',
    title: t('composer.key.nextSlot'),
    group: 'post',
    keys: ['Ctrl+Shift+Enter'],
    whileTyping: true,
  },
  {
    id: 'composer.tags',
    title: t('composer.key.tags'),
    group: 'post',
    keys: ['Ctrl+Shift+H'],
    whileTyping: true,
  },
] as const satisfies readonly Command[];
