import type { Command } from '$lib/state/keymap';
import { t } from '$lib/words';
import type { CalendarController } from './controller.svelte';
import type { ViewName } from './layout/grid';

/** Commands of the calendar, while it is open. */
export function calendarCommands(calendar: CalendarController): Command[] {
  const { app, focus, surfaces, moves } = calendar;
  const idle = () => !calendar.carry.active && !calendar.drag.active;
  /** What a post command acts on: the focused post and the selection around it. */
  const chosen = () => app.selection.around(focus.chip() ?? surfaces.menu?.id ?? null);
  const any = () => idle() && chosen().length > 0;
  const view = (id: ViewName, keys: string): Command => ({
    id: `calendar.${id}`,
    title: t(`cmd.${id}`),
    group: 'calendar',
    keys: [keys],
    when: idle,
    run: () => calendar.setView(id),
  });
  const post = (
    id: string,
    title: string,
    keys: string[],
    run: (ids: string[]) => unknown,
  ): Command => ({
    id: `post.${id}`,
    title,
    group: 'post',
    keys,
    when: any,
    run: () => run(chosen()),
  });
  const shown = (
    id: string,
    title: string,
    group: Command['group'],
    keysShown: string,
  ): Command => ({
    id,
    title,
    group,
    keysShown,
    sheetOnly: true,
  });

  const newHere = () => {
    const cell = focus.cell();
    const date = cell?.date ?? (calendar.date < calendar.today ? calendar.today : calendar.date);
    void calendar.newPost(date < calendar.today ? calendar.today : date, cell?.hour ?? null);
  };
  const focusedDay = () => focus.cell()?.date ?? calendar.date;

  return [
    {
      id: 'post.new',
      title: t('command.newPost'),
      group: 'post',
      keys: ['N'],
      when: idle,
      run: newHere,
    },
    {
      id: 'post.newAnywhere',
      title: t('command.newPost'),
      group: 'post',
      keys: ['Ctrl+N'],
      whileTyping: true,
      when: () => idle() && app.router.composer === null && app.router.view === 'calendar',
      run: newHere,
    },
    view('month', 'M'),
    view('week', 'W'),
    view('day', 'D'),
    view('list', 'A'),
    {
      id: 'calendar.today',
      title: t('cmd.today'),
      group: 'calendar',
      keys: ['T'],
      when: idle,
      run: () => {
        calendar.goTo(calendar.today);
        void focus.cellSoon(calendar.today, calendar.hourForFocus());
      },
    },
    {
      id: 'calendar.back',
      title: t('cmd.back'),
      group: 'calendar',
      keys: ['PageUp', 'K'],
      when: idle,
      run: () => calendar.leafWithFocus(-1, focusedDay()),
    },
    {
      id: 'calendar.on',
      title: t('cmd.on'),
      group: 'calendar',
      keys: ['PageDown', 'J'],
      when: idle,
      run: () => calendar.leafWithFocus(1, focusedDay()),
    },
    {
      id: 'calendar.goTo',
      title: t('cmd.goTo'),
      group: 'calendar',
      run: () => (surfaces.ask = { kind: 'goTo' }),
    },
    {
      id: 'calendar.filter',
      title: t('cmd.filter'),
      group: 'calendar',
      keys: ['/'],
      when: idle,
      run: () => (surfaces.filter = true),
    },
    {
      id: 'calendar.clearFilters',
      title: t('cmd.clearFilters'),
      group: 'calendar',
      when: () => calendar.filtering,
      run: () => calendar.clearFilters(),
    },
    {
      id: 'calendar.shelf',
      title: t('command.shelf'),
      group: 'calendar',
      keys: ['['],
      when: idle,
      run: () => calendar.toggleShelf(),
    },
    shown('calendar.arrows', t('cmd.arrows'), 'calendar', '← ↑ → ↓'),
    shown('calendar.enter', t('cmd.enter'), 'calendar', 'Enter'),
    shown('calendar.tab', t('cmd.tab'), 'calendar', 'Tab, Shift Tab'),
    shown('calendar.homeEnd', t('cmd.homeEnd'), 'calendar', 'Home, End'),
    shown('post.pickUp', t('cmd.pickUp'), 'post', 'Space'),
    shown('post.moveDay', t('cmd.moveDay'), 'post', 'Alt arrows'),
    shown('post.moveHour', t('cmd.moveHour'), 'post', 'Alt Shift arrows'),
    shown('post.menu', t('cmd.menu'), 'post', 'Menu, Shift F10'),
    post('open', t('menu.edit'), ['E'], ([id]) => id && app.router.openPost(id)),
    post('moveTo', t('menu.moveTo'), ['.'], (ids) => (surfaces.ask = { kind: 'moveTo', ids })),
    post('unschedule', t('menu.unschedule'), ['U'], (ids) => {
      const next = calendar.afterGone(ids);
      void moves.unscheduleThese(ids);
      next();
    }),
    post('duplicate', t('menu.duplicate'), ['Ctrl+D'], (ids) => void moves.duplicate(ids)),
    post('labels', t('cmd.labels'), ['L'], (ids) => (surfaces.ask = { kind: 'labels', ids })),
    post('delete', t('menu.delete'), ['Delete'], (ids) => {
      const next = calendar.afterGone(ids);
      void moves.removeThese(ids);
      next();
    }),
    {
      id: 'post.peek',
      title: t('cmd.peek'),
      group: 'post',
      keys: ['V'],
      when: () => idle() && focus.chip() !== null,
      run: () => calendar.peekFocused(),
    },
    {
      id: 'select.one',
      title: t('cmd.select'),
      group: 'select',
      keys: ['X'],
      when: () => idle() && focus.chip() !== null,
      run: () => {
        const id = focus.chip();
        if (id === null) return;
        app.selection.toggle(id);
        app.announcer.say(t('speak.selected', { n: app.selection.ids.size }));
      },
    },
    {
      id: 'select.all',
      title: t('cmd.selectAll'),
      group: 'select',
      keys: ['Ctrl+A'],
      when: idle,
      run: () => {
        app.selection.all(calendar.posts().map((c) => c.id));
        app.announcer.say(t('speak.selected', { n: app.selection.ids.size }));
      },
    },
    {
      id: 'select.escape',
      title: t('cmd.escape'),
      group: 'select',
      keys: ['Escape'],
      when: idle,
      run: () => calendar.escape(),
    },
  ];
}
