/** Almanac's own library room on files in hand: how soon it shows, and how it scrolls. */
import { mount } from 'svelte';
import { createDemo } from '$lib/demo';
import { App } from '$lib/state/app.svelte';
// The room's code is loaded before the clock starts.
import '$lib/views/LibraryView.svelte';
import Window from '$lib/views/Window.svelte';
import '../src/styles/base.css';
import '$lib/components/shared/marks.css';
import { scrolled, settled } from './measure';

const PICTURES = 24;

/** Thumbnails as the program makes them: small JPEGs. */
function pictures(): string[] {
  const canvas = document.createElement('canvas');
  canvas.width = 256;
  canvas.height = 192;
  const draw = canvas.getContext('2d');
  return Array.from({ length: PICTURES }, (_, n) => {
    if (draw) {
      const sky = draw.createLinearGradient(0, 0, 256, 192);
      sky.addColorStop(0, `hsl(${n * 15} 60% 80%)`);
      sky.addColorStop(1, `hsl(${n * 15 + 60} 50% 40%)`);
      draw.fillStyle = sky;
      draw.fillRect(0, 0, 256, 192);
    }
    return canvas.toDataURL('image/jpeg', 0.8);
  });
}

async function start(count: number): Promise<() => void> {
  const host = createDemo({ files: count, posts: [] });
  const files = [...host.world.files.values()].toReversed();
  host.answer('media.list', ({ offset, limit }: { offset: number; limit: number }) => ({
    files: files.slice(offset, offset + limit),
    total: files.length,
    whole: files.length,
    labels: [{ label: 'Shop', files: files.length / 5 }],
  }));
  const urls = pictures();
  host.mediaUrl = (path) => urls[parseInt(path.slice(-6), 16) % PICTURES] ?? null;
  // The window comes back to another room first, as when a person opens the library.
  host.answer('session.boot', () => ({
    ...host.world.boot,
    preferences: { ...host.world.boot.preferences, 'window.room': 'drafts' },
  }));
  const app = new App(host, 'en-GB');
  await app.session.start();
  const target = document.getElementById('app') as HTMLElement;
  await settled(() => mount(Window, { target, props: { app } }));
  return () => app.router.go('library');
}

Object.assign(window, {
  bench: {
    async open(count: number) {
      const show = await start(count);
      const ms = await settled(show);
      if (!document.querySelector('[data-file] img')) throw new Error('no picture is on screen');
      return ms;
    },
    /** Scrolls on frame by frame; how many frames the screen had to wait for. */
    async scroll() {
      const list = document.querySelector<HTMLElement>('[role="listbox"]');
      if (!list) throw new Error('no library is on screen');
      return scrolled(list);
    },
    elements: () => document.querySelectorAll('*').length,
  },
});
document.body.dataset.bench = 'ready';
