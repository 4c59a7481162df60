import type { Command } from '$lib/state/keymap';
import { t } from '$lib/words';
import { ACTS, type ActId } from './command-table';
import type { CalendarController } from './controller.svelte';
import type { ViewName } from './layout/grid';

type Does = Pick<Command, 'run' | 'when'>;

/** How the calendar does what `command-table.ts` names, while it is open. */
export function calendarCommands(calendar: CalendarController): Command[] {
  const { app, focus, surfaces, moves } = calendar;
  const idle = () => !calendar.carry.active && !calendar.drag.active;
  /** What a post command acts on: the focused post and the selection around it. */
  const chosen = () => {
    const { menu } = surfaces;
    return app.selection.led(focus.chip() ?? (menu?.kind === 'post' ? menu.id : null));
  };
  const any = () => idle() && chosen().length > 0;
  const onChip = () => idle() && focus.chip() !== null;
  const view = (id: ViewName): Does => ({ when: idle, run: () => calendar.setView(id) });
  const posts = (run: (ids: string[]) => unknown): Does => ({
    when: any,
    run: () => run(chosen()),
  });
  const select = (change: (id: string) => void): Does => ({
    when: onChip,
    run: () => {
      const id = focus.chip();
      if (id === null) return;
      change(id);
      app.announcer.say(t('speak.selected', { n: app.selection.ids.size }));
    },
  });
  const plain = (run: () => unknown): Does => ({ when: idle, run });

  const newHere = () => {
    const [cell, day] = [focus.cell(), focus.day()];
    const date = day ?? (calendar.date < calendar.today ? calendar.today : calendar.date);
    calendar.newPost(date < calendar.today ? calendar.today : date, cell?.hour ?? null);
  };
  const does: Record<ActId, Does> = {
    'post.new': { when: () => idle() && app.router.view === 'calendar', run: newHere },
    'calendar.month': view('month'),
    'calendar.week': view('week'),
    'calendar.day': view('day'),
    'calendar.list': view('list'),
    'calendar.today': plain(() => {
      calendar.goTo(calendar.today);
      void focus.daySoon(calendar.today);
    }),
    'calendar.back': plain(() => calendar.leafWithFocus(-1)),
    'calendar.on': plain(() => calendar.leafWithFocus(1)),
    'calendar.goTo': { run: () => (surfaces.ask = { kind: 'goTo' }) },
    'calendar.filter': plain(() => (surfaces.filter = true)),
    'calendar.clearFilters': {
      when: () => calendar.filtering,
      run: () => calendar.clearFilters(),
    },
    'calendar.shelf': plain(() => calendar.toggleShelf()),
    'post.open': posts(([id]) => id && app.router.openPost(id)),
    'post.moveTo': posts((ids) => (surfaces.ask = { kind: 'moveTo', ids })),
    'post.unschedule': posts((ids) => {
      const next = calendar.afterGone(ids);
      if (moves.unscheduleThese(ids)) next();
    }),
    'post.duplicate': posts((ids) => void moves.duplicate(ids)),
    'post.labels': posts((ids) => (surfaces.ask = { kind: 'labels', ids })),
    'post.delete': posts((ids) => {
      const next = calendar.afterGone(ids);
      if (moves.removeThese(ids)) next();
    }),
    'post.peek': { when: onChip, run: () => calendar.peekFocused() },
    'select.one': select((id) => app.selection.toggle(id)),
    'select.range': select((id) => app.selection.range(id, calendar.order())),
    'select.all': plain(() => calendar.selectAll(calendar.posts().map((c) => c.id))),
    'select.escape': plain(() => calendar.escape()),
  };
  return ACTS.map((line) => ({ ...line, ...does[line.id] }));
}
