import { isDesktop, tauriHost } from './tauri';
import type { Host } from './types';

/**
 * The host this page runs in: the desktop program, else the one in memory for a plain browser. The
 * latter is for development: a build leaves it out, and `vite.config.ts` looks that it did.
 */
export async function pickHost(): Promise<Host> {
  if (import.meta.env.PROD || isDesktop()) return tauriHost();
  const { demoHost } = await import('$lib/demo');
  return demoHost(new URLSearchParams(location.search));
}

export type { FileDrag, Host } from './types';
