import { isDesktop, tauriHost } from './tauri';
import type { Host } from './types';

/** The host this page runs in: the desktop program, else the fake one for a plain browser. */
export async function pickHost(): Promise<Host> {
  if (isDesktop()) return tauriHost();
  const { demoHost } = await import('$lib/demo');
  return demoHost(new URLSearchParams(location.search));
}

export type { FileDrag, Host } from './types';
