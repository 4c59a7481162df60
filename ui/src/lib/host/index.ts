import { isDesktop, tauriHost } from './tauri';
import type { SignedIn } from './http';
import type { Host } from './types';

/** Whether the page came from an Almanac without a window, and talks to it over HTTP. */
function isServed(): boolean {
  return location.pathname.startsWith('/app/');
}

/**
 * The host this page runs in: the desktop program, an Almanac without a window, else the one in memory for a
 * plain browser. The latter is for development: a build leaves it out, and `vite.config.ts` looks that it
 * did. `askForKey` is called when nobody is signed in, and answers once somebody is.
 */
export async function pickHost(askForKey: () => Promise<SignedIn>): Promise<Host> {
  if (isDesktop()) return tauriHost();
  if (isServed()) {
    const { httpHost, whoIsSignedIn } = await import('./http');
    // What cannot be reached now may be in a moment: the page of the sign-in says so.
    const known = await whoIsSignedIn().catch(() => null);
    return httpHost(known ?? (await askForKey()), () => location.reload());
  }
  if (import.meta.env.PROD) return tauriHost();
  const { demoHost } = await import('$lib/demo');
  return demoHost(new URLSearchParams(location.search));
}

export type { SignedIn } from './http';
export type { FileDrag, Host, Uploading } from './types';
