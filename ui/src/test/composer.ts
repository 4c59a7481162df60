/** What the composer's tests share: a started program and a way to open the sheet. */
import { screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { vi } from 'vitest';
import type { Post } from '$lib/api';
import { createDemo, type DemoHost, type DemoOptions } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import type { NewPostStart } from '$lib/state/router.svelte';
// Fetched up front, so that the first test does not wait for it.
import '$lib/components/composer/ComposerSheet.svelte';
import ComposerView from '$lib/views/Composer.svelte';
import { renderIn, startApp } from './render';

export interface Bench {
  host: DemoHost;
  app: App;
  user: ReturnType<typeof userEvent.setup>;
  /** The post the sheet made or holds, as the program has it. */
  post: (id?: string) => Post | undefined;
  called: (name: string) => unknown[];
}

/** Tue 12 May 2026, 10:20 in Berlin. */
export async function bench(options: DemoOptions = { count: 0 }): Promise<Bench> {
  const host = createDemo(options);
  const app = await startApp(host);
  renderIn(app, ComposerView);
  return {
    host,
    app,
    user: userEvent.setup(),
    post: (id) => {
      const all = [...host.world.posts.posts.values()];
      return id === undefined ? all.at(-1) : all.find((p) => p.id === id);
    },
    called: (name) => host.calls.filter((c) => c.name === name).map((c) => c.input),
  };
}

export async function openNew(b: Bench, start: NewPostStart = {}): Promise<HTMLTextAreaElement> {
  b.app.router.newPost(start);
  return await screen.findByRole<HTMLTextAreaElement>(
    'textbox',
    { name: 'Text' },
    { timeout: 8000 },
  );
}

export async function openPost(b: Bench, id: string): Promise<HTMLTextAreaElement> {
  b.app.router.openPost(id);
  return await screen.findByRole<HTMLTextAreaElement>(
    'textbox',
    { name: 'Text' },
    { timeout: 8000 },
  );
}

/** Holds back what a command does until the returned function is called. */
export function holdBack(host: DemoHost, command: string): () => void {
  const call = host.call.bind(host);
  let go: () => void = () => undefined;
  const told = new Promise<void>((done) => (go = done));
  host.call = async (name, input) => {
    if (name === command) await told;
    return call(name, input);
  };
  return go;
}

vi.setConfig({ testTimeout: 30_000 });

/** Long enough for any network here. */
export const LONG = 'A long sentence that says the same again. '.repeat(8).trim();
