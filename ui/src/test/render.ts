import { render } from '@testing-library/svelte';
import type { Component, ComponentProps } from 'svelte';
import type { DemoHost } from '$lib/demo';
import { App } from '$lib/state/app.svelte';
import InApp from './InApp.svelte';

/** A started app on the program in memory. */
export async function startApp(host: DemoHost): Promise<App> {
  const app = new App(host, 'en-GB');
  await app.session.start();
  return app;
}

/** Renders a component inside an app, with its keys live. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any component may be rendered
export function renderIn<C extends Component<any>>(
  app: App,
  component: C,
  props: ComponentProps<C> = {} as ComponentProps<C>,
) {
  return render(InApp, { props: { app, component: component as Component, props } });
}
