import { convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { Host } from './types';

/** True inside the desktop program. */
export function isDesktop(): boolean {
  return '__TAURI_INTERNALS__' in globalThis;
}

/** Stops a listener whose start is still under way. */
function stopLater(started: Promise<() => void>): () => void {
  return () => void started.then((stop) => stop());
}

/** The desktop program around the page. */
export function tauriHost(): Host {
  return {
    call: (name, input) => invoke('call', { name, input }),
    on: (event, handler) =>
      stopLater(listen(`almanac:${event}`, (e) => handler(e.payload as never))),
    onFileDrag: (handler) =>
      stopLater(
        getCurrentWebview().onDragDropEvent(({ payload }) => {
          const scale = globalThis.devicePixelRatio || 1;
          const at =
            'position' in payload
              ? { x: payload.position.x / scale, y: payload.position.y / scale }
              : { x: 0, y: 0 };
          handler({ kind: payload.type, paths: 'paths' in payload ? payload.paths : [], ...at });
        }),
      ),
    openExternal: (url) => invoke('open_external', { url }),
    copyText: (text) => invoke('copy_text', { text }),
    pickFiles: (options) => invoke('pick_files', options),
    pickFolder: (options) => invoke('pick_folder', options),
    pickSaveFile: (options) => invoke('pick_save_file', options),
    mediaUrl: (path) => convertFileSrc(path, 'media'),
    now: () => Date.now(),
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    startTrouble: () => invoke('start_trouble'),
    startAgain: (restore) => invoke('start_again', { restore }),
    zoom: (factor) => void invoke('zoom', { factor }).catch(() => undefined),
    quit: () => void invoke('quit'),
    ready: () => void invoke('screen_ready').catch(() => undefined),
    closed: () => void invoke('screen_closed').catch(() => undefined),
    stays: () => void invoke('screen_stays').catch(() => undefined),
  };
}
