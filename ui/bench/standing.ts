/** The program's window as it stands before another room is opened in it: only that room is left to draw. */
import { mount } from 'svelte';
import type { Host } from '$lib/host/types';
import { App } from '$lib/state/app.svelte';
import type { ViewId } from '$lib/state/router.svelte';
import { rememberRoom } from '$lib/state/whereabouts';
import Window from '$lib/views/Window.svelte';
import '../src/styles/base.css';
import '$lib/components/shared/marks.css';
import { settled } from './measure';

/** Draws the window with a room in it, as a person left it, and waits until it is still. */
export async function standing(host: Host, room: ViewId): Promise<App> {
  const app = new App(host, 'en-GB');
  await app.session.start();
  app.router.go(room);
  // The window comes back to the room it was left in. It is written down before anything is measured.
  rememberRoom(app);
  await app.session.flush();
  const target = document.getElementById('app') as HTMLElement;
  await settled(() => mount(Window, { target, props: { app } }));
  if (app.router.view !== room) throw new Error(`the window stands in ${app.router.view}`);
  return app;
}
