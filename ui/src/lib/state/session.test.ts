import { describe, expect, it } from 'vitest';
import type { Boot, Settings } from '$lib/api';
import { createDemo } from '$lib/demo';
import { App } from './app.svelte';

/** A started app whose web view speaks American English. */
async function started(
  told: Boot['systemFormats'],
  settings: Partial<Settings> = {},
  desktop = true,
): Promise<App> {
  const host = Object.assign(createDemo({ count: 0, settings }), { desktop });
  host.world.boot = { ...host.world.boot, systemFormats: told };
  const app = new App(host, 'en-US');
  await app.session.start();
  return app;
}

const GERMAN = { known: true, twelveHours: false, order: 'dmy', weekStart: 1 } as const;
const read = ({ session }: App) => [
  session.formats.moment('2026-05-12', '21:05'),
  session.formats.weekStart,
];

describe('dates and hours as the system writes them', () => {
  it('are those that the program goes by, whatever the language of the window is', async () => {
    expect(read(await started(GERMAN))).toEqual(['Tue 12 May, 21:05', 1]);
    const sunday = { known: true, twelveHours: true, order: 'mdy', weekStart: 7 } as const;
    expect(read(await started(sunday))).toEqual(['Tue May 12, 9:05 PM', 0]);
  });

  it('follow the language of the window where the system says nothing', async () => {
    expect(read(await started({ ...GERMAN, known: false }))).toEqual(['Tue May 12, 9:05 PM', 0]);
  });

  it('are those of the computer one looks at, in a browser', async () => {
    expect(read(await started(GERMAN, {}, false))).toEqual(['Tue May 12, 9:05 PM', 0]);
  });

  it('give way to what a person chose', async () => {
    const chosen = { hourCycle: 'h12', weekStart: 'saturday', dateOrder: 'mdy' } as const;
    expect(read(await started(GERMAN, chosen))).toEqual(['Tue May 12, 9:05 PM', 6]);
  });
});
