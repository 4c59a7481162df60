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

/**
 * A point of the window in CSS pixels of the page, which is drawn so many times as large. On Windows
 * the point comes in dots of the screen, and the page counts the size it is drawn in as dots of a
 * pixel. The others give it in pixels of the desktop, however many dots these have.
 */
export function onPage(
  point: { x: number; y: number },
  drawn: number,
  dots = navigator.userAgent.includes('Windows') ? devicePixelRatio : null,
): { x: number; y: number } {
  const scale = dots ?? drawn;
  return { x: point.x / scale, y: point.y / scale };
}

/** The desktop program around the page. */
export function tauriHost(): Host {
  let drawn = 1;
  /** Until all listeners so far are known to the program. */
  let listening: Promise<unknown> = Promise.resolve();
  return {
    desktop: true,
    call: (name, input) => invoke('call', { name, input }),
    on: (event, handler) => {
      const started = listen(`almanac:${event}`, (e) => handler(e.payload as never));
      listening = Promise.allSettled([listening, started]).then(() => undefined);
      return stopLater(started);
    },
    onFileDrag: (handler) =>
      stopLater(
        getCurrentWebview().onDragDropEvent(({ payload }) => {
          const at = 'position' in payload ? onPage(payload.position, drawn) : { x: 0, y: 0 };
          if (payload.type !== 'drop') return handler({ kind: payload.type, ...at });
          const { paths } = payload;
          // Text can be dropped as well.
          if (paths.length === 0) return handler({ kind: 'leave', ...at });
          handler({ kind: 'drop', paths: () => Promise.resolve(paths), ...at });
        }),
      ),
    openExternal: (url) => invoke('open_external', { url }),
    reveal: (path) => invoke('reveal', { path }),
    copyText: (text) => invoke('copy_text', { text }),
    async pasted() {
      const paths = await invoke<string[]>('pasted_files');
      if (paths.length > 0) return { paths, files: [] };
      const picture = await invoke<ArrayBuffer>('pasted_picture');
      return { paths, files: picture.byteLength > 0 ? [new File([picture], '')] : [] };
    },
    pickFiles: (options) => invoke('pick_files', options),
    pickFolder: (options) => invoke('pick_folder', options),
    pickSaveFile: (options) => invoke('pick_save_file', options),
    mediaUrl: (path) => convertFileSrc(path, 'media'),
    now: () => Date.now(),
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    startTrouble: () => invoke('start_trouble'),
    startAgain: (restore) => invoke('start_again', { restore }),
    zoom: (factor) =>
      void invoke('zoom', { factor })
        .then(() => (drawn = factor))
        .catch(() => undefined),
    quit: () => void invoke('quit'),
    listens: () => void listening.then(() => invoke('screen_listens')).catch(() => undefined),
    ready: () => void invoke('screen_ready').catch(() => undefined),
    closed: () => void invoke('screen_closed').catch(() => undefined),
    stays: () => void invoke('screen_stays').catch(() => undefined),
  };
}
