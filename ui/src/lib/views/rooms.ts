import Activity from '@lucide/svelte/icons/activity';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import Images from '@lucide/svelte/icons/images';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import Settings from '@lucide/svelte/icons/settings';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';
import type { ViewId } from '$lib/state/router.svelte';
import { t } from '$lib/words';
import CalendarView from './CalendarView.svelte';

/** A room of the program. Its code is fetched when its door is first opened, but for the first. */
export interface Room {
  id: ViewId;
  label: string;
  icon: typeof CalendarDays;
  keys: string;
  load: () => Promise<{ default: Component }>;
}

/** Doors of the rail, in order. A room without code has no door: take the line out instead. */
export const rooms: Room[] = [
  {
    id: 'calendar',
    label: t('frame.calendar'),
    icon: CalendarDays,
    keys: 'Ctrl+1',
    // Most starts open here: with the entry its code arrives in one go instead of after it.
    load: () => Promise.resolve({ default: CalendarView }),
  },
  {
    id: 'queue',
    label: t('frame.queue'),
    icon: ListOrdered,
    keys: 'Ctrl+2',
    load: () => import('./QueueView.svelte'),
  },
  {
    id: 'drafts',
    label: t('frame.drafts'),
    icon: NotebookPen,
    keys: 'Ctrl+3',
    load: () => import('./DraftsView.svelte'),
  },
  {
    id: 'library',
    label: t('frame.library'),
    icon: Images,
    keys: 'Ctrl+4',
    load: () => import('./LibraryView.svelte'),
  },
  {
    id: 'activity',
    label: t('frame.activity'),
    icon: Activity,
    keys: 'Ctrl+7',
    load: () => import('./ActivityView.svelte'),
  },
  {
    id: 'accounts',
    label: t('frame.accounts'),
    icon: Users,
    keys: 'Ctrl+5',
    load: () => import('./AccountsView.svelte'),
  },
  {
    id: 'settings',
    label: t('frame.settings'),
    icon: Settings,
    keys: 'Ctrl+6',
    load: () => import('./SettingsView.svelte'),
  },
];
