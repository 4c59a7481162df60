/** What both calendars are measured by; the driver calls it through `window.bench`. */
export interface Bench {
  /** Draws the month with the posts in hand: milliseconds until its last change is painted. */
  open(count: number): Promise<number>;
  /** Moves one post by a day and checks that it arrived: milliseconds until its last change is painted. */
  move(): Promise<number>;
  /** Shows the month after this one. */
  leaf(): Promise<number>;
  /** Elements on the page. */
  elements(): number;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

/** Waits for the next frame and until it is painted; answers when that was. */
const painted = () =>
  new Promise<number>((done) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage(null);
    }),
  );

/** Frames without a change after which the page counts as still. */
const QUIET = 4;

/** Runs `work` and answers the time until the frame with the page's last change was painted. */
export async function settled(work: () => unknown): Promise<number> {
  let changed = true;
  const watcher = new MutationObserver(() => (changed = true));
  watcher.observe(document.body, {
    attributes: true,
    childList: true,
    characterData: true,
    subtree: true,
  });
  const start = performance.now();
  await work();
  let end = start;
  for (let quiet = 0; quiet < QUIET; quiet += 1) {
    const at = await painted();
    if (changed) {
      end = at;
      quiet = 0;
    }
    changed = false;
  }
  watcher.disconnect();
  return end - start;
}

/** A frame at 60 Hz, in milliseconds. */
const FRAME = 1000 / 60;
/** Frames scrolled through, and pixels in each: five seconds, many rows a second. */
const FRAMES = 300;
const SCROLL = 44;

const frame = () => new Promise<number>((done) => requestAnimationFrame(done));

/** Scrolls a list on frame by frame, from its top; how many frames the screen had to wait for. */
export async function scrolled(list: HTMLElement): Promise<number> {
  let [before, dropped] = [await frame(), 0];
  for (let n = 0; n < FRAMES; n += 1) {
    list.scrollTop += SCROLL;
    const now = await frame();
    dropped += Math.max(0, Math.round((now - before) / FRAME) - 1);
    before = now;
  }
  if (list.scrollTop < FRAMES * SCROLL * 0.9) throw new Error('it did not scroll');
  return dropped;
}

/** A post of the measured month: the same ones for both calendars. */
export interface Seed {
  id: string;
  at: number;
  words: string;
}

const WORDS = ['Spring sale', 'Behind the bench', 'New pattern', 'Photo of the week', 'Open day'];
export const MONTH = Date.UTC(2026, 4, 1);
const DAYS = 31;
const STEP = 300_000;

/** `count` posts in May 2026 and as many in June, in steps of five minutes, by a fixed generator. */
export function seeds(count: number): Seed[] {
  let state = 42;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  return Array.from({ length: count * 2 }, (_, i) => {
    const day = Math.floor(next() * DAYS) + (i < count ? 0 : DAYS);
    const minute = Math.floor(next() * 200) * STEP + 6 * 3_600_000;
    return {
      id: `post-${String(i).padStart(6, '0')}`,
      at: MONTH + day * 86_400_000 + minute,
      words: `${WORDS[i % WORDS.length] ?? ''} ${i}`,
    };
  });
}
