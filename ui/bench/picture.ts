/**
 * Almanac's own editor of pictures at the size of a screen, with words on the picture and a blurred part:
 * how soon what a slider does is painted. What the program itself draws is at hand at once.
 */
import { mount } from 'svelte';
import type { MediaInfo, MediaUse, PictureLayer } from '$lib/api';
import PictureEditor from '$lib/components/picture/PictureEditor.svelte';
import { createDemo } from '$lib/demo';
import { PROOF_SIDE, proofOf } from '$lib/picture/edits';
import { newWords } from '$lib/picture/words';
import { App } from '$lib/state/app.svelte';
import '../src/styles/base.css';
import InApp from '../src/test/InApp.svelte';
import { settled } from './measure';

/** Moves of a slider, one a frame. */
const MOVES = 120;
/** The part of them that has to be as quick. */
const MOST = 0.95;

function canvas(width: number, height: number) {
  const element = document.createElement('canvas');
  element.width = width;
  element.height = height;
  const pen = element.getContext('2d');
  if (!pen) throw new Error('nothing can be drawn');
  return { element, pen };
}

/** A photo as the program shows it: soft colours, edges, a little noise. */
function photo(width: number, height: number): string {
  const { element, pen } = canvas(width, height);
  const pixels = pen.createImageData(width, height);
  let state = 42;
  for (let at = 0; at < pixels.data.length; at += 4) {
    const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const edge = ((x / 97) | 0) % 5 === ((y / 61) | 0) % 5 ? 30 : 0;
    const soft = (Math.sin(x / 300) + Math.cos(y / 230)) * 50 + 120 + edge + (state >>> 28);
    pixels.data.set([soft, soft * 0.85, soft * 0.7, 255], at);
  }
  pen.putImageData(pixels, 0, 0);
  return element.toDataURL('image/jpeg', 0.85);
}

/** Words as the program draws them. */
function lettering(): PictureLayer {
  const { element, pen } = canvas(1280, 160);
  pen.font = 'bold 108px sans-serif';
  pen.fillStyle = '#fff';
  pen.strokeStyle = '#000';
  pen.lineWidth = 9;
  pen.strokeText('Low tide at the harbour', 20, 120);
  pen.fillText('Low tide at the harbour', 20, 120);
  const png = element.toDataURL('image/png').split(',')[1] ?? '';
  const [left, top] = [160, 780];
  return { left, top, width: 1280, height: 160, lines: 160, png, font: '', replaced: false };
}

const info = {
  id: 'm',
  mime: 'image/jpeg',
  bytes: 10,
  width: 4000,
  height: 3000,
  name: 'sea.jpg',
  alt: '',
  importedAt: 0,
  missing: false,
  moving: false,
  used: 1,
} as unknown as MediaInfo;

const blurred = { left: 350_000, top: 350_000, width: 300_000, height: 300_000 };
const use: MediaUse = {
  mediaId: 'm',
  alt: 'The sea',
  edits: [
    { do: 'blur', area: blurred, strength: 60 },
    { do: 'words', words: newWords('Low tide at the harbour') },
  ],
};

const slider = (name: string) => {
  const all = [...document.querySelectorAll<HTMLInputElement>('input[type="range"]')];
  const said = (one: HTMLInputElement) =>
    one.getAttribute('aria-label') ?? one.closest('label')?.textContent ?? '';
  const found = all.find((one) => said(one).trim().startsWith(name));
  if (!found) throw new Error(`there is no slider for ${name}`);
  return found;
};

/** Does something at the beginning of a frame; milliseconds until that very frame is painted. */
const inFrame = (work: () => void) =>
  new Promise<number>((done) =>
    requestAnimationFrame(() => {
      const start = performance.now();
      work();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - start);
      port2.postMessage(null);
    }),
  );

Object.assign(window, {
  bench: {
    async open() {
      const host = createDemo({ count: 0 });
      const [whole, part, layer] = [
        photo(PROOF_SIDE, PROOF_SIDE * 0.75),
        photo(480, 360),
        lettering(),
      ];
      // A blurred part is asked for with its own edits.
      const bare = proofOf('m', []);
      host.mediaUrl = (path) => (path === bare ? whole : part);
      host.answer('media.layer', () => layer);
      const app = new App(host, 'en-GB');
      await app.session.start();
      const target = document.getElementById('app') as HTMLElement;
      const props = { use, info, accounts: [], ondone: () => {}, onclose: () => {} };
      const ms = await settled(() =>
        mount(InApp, { target, props: { app, component: PictureEditor, props } as never }),
      );
      const images = [...document.querySelectorAll<HTMLImageElement>('.editor .cut img')];
      if (images.length < 2 || images.some((image) => image.naturalWidth === 0))
        throw new Error('words and the blurred part are not on screen');
      return ms;
    },
    /** Moves a slider frame by frame: milliseconds in which nearly all moves were painted. */
    async slide(name: string) {
      const input = slider(name);
      const [least, most] = [Number(input.min), Number(input.max)];
      const times: number[] = [];
      for (let n = 1; n <= MOVES; n += 1) {
        // There and back over the whole slider, never twice at the same place.
        const part = Math.abs(((n * 7) % 100) - 50) / 50;
        const before = document.querySelector('.editor .work')?.innerHTML;
        const took = await inFrame(() => {
          input.value = String(Math.round(least + (most - least) * part));
          input.dispatchEvent(new Event('input', { bubbles: true }));
        });
        if (n > 1 && document.querySelector('.editor .work')?.innerHTML === before)
          throw new Error(`${name} changed nothing`);
        times.push(took);
      }
      times.sort((a, b) => a - b);
      return Math.round((times[Math.floor(times.length * MOST)] ?? NaN) * 100) / 100;
    },
  },
});
document.body.dataset.bench = 'ready';
