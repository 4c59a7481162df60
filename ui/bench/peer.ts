/** FullCalendar 7 in its plainest form: month, four posts a day, nothing drawn by hand. */
import { Calendar } from 'fullcalendar';
import dayGrid from 'fullcalendar/daygrid';
import classic from 'fullcalendar/themes/classic';
import 'fullcalendar/skeleton.css';
import 'fullcalendar/themes/classic/theme.css';
import 'fullcalendar/themes/classic/palette.css';
import { MONTH, seeds, settled } from './measure';

let calendar: Calendar | null = null;
const DAY = 86_400_000;

window.bench = {
  async open(count) {
    const events = seeds(count).map((s) => ({
      id: s.id,
      title: s.words,
      start: new Date(s.at).toISOString(),
      end: new Date(s.at + 300_000).toISOString(),
    }));
    const target = document.getElementById('app') as HTMLElement;
    const ms = await settled(() => {
      calendar = new Calendar(target, {
        plugins: [dayGrid, classic],
        initialView: 'dayGridMonth',
        initialDate: new Date(MONTH).toISOString().slice(0, 10),
        timeZone: 'UTC',
        height: '100%',
        dayMaxEvents: 4,
        editable: true,
        events,
      });
      calendar.render();
    });
    if (!target.textContent?.includes('Photo of the week')) throw new Error('no post is on screen');
    return ms;
  },
  async move() {
    const event = calendar?.getEvents()[0];
    if (!event?.start) throw new Error('no post is on screen');
    const to = new Date(event.start.valueOf() + DAY);
    const ms = await settled(() => event.setStart(to, { maintainDuration: true }));
    if (calendar?.getEventById(event.id)?.start?.valueOf() !== to.valueOf())
      throw new Error('the post stayed');
    return ms;
  },
  leaf: () => settled(() => calendar?.next()),
  elements: () => document.querySelectorAll('*').length,
};
document.body.dataset.bench = 'ready';
