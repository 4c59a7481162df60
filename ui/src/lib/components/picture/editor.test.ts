import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MediaInfo, MediaUse } from '$lib/api';
import { WHOLE } from '$lib/picture/area';
import { createDemo } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import PictureEditor from './PictureEditor.svelte';

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
  used: 1,
} as unknown as MediaInfo;

let app: App;

beforeEach(async () => {
  app = await startApp(createDemo({ count: 0 }));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function open(use: MediaUse = { mediaId: 'm', alt: 'The sea' }, more: Partial<MediaInfo> = {}) {
  const done: MediaUse[] = [];
  const closed = vi.fn();
  const accounts = [
    { id: 'ana', name: 'Ana' },
    { id: 'ben', name: 'Ben' },
  ];
  const { container, unmount } = renderIn(app, PictureEditor, {
    use,
    info: { ...info, ...more },
    accounts,
    ondone: (next: MediaUse) => done.push(next),
    onclose: closed,
  });
  const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
  const finish = async () => {
    await press('Done');
    return done.at(-1);
  };
  return { press, finish, container, unmount, done, closed };
}

const area = () => screen.getByRole('group', { name: /What stays of the picture/ });

const brightness = () => screen.getByRole<HTMLInputElement>('slider', { name: 'Brightness' });
/** Moves the slider for brightness there, a bit at a time, and lets go. */
async function slide(...values: string[]) {
  for (const value of values) await fireEvent.input(brightness(), { target: { value } });
  await fireEvent.pointerUp(brightness());
}

describe('the editor of pictures', () => {
  it('gives back what came in when nothing was done', async () => {
    const { finish, container } = open();
    expect(await faults(container)).toEqual([]);
    expect(await finish()).toEqual({ mediaId: 'm', alt: 'The sea' });
  });

  it('says that a picture stands still once it is edited, if it moves', () => {
    const hint = () => screen.queryByText(/becomes its first frame/);
    const still = open(undefined, { mime: 'image/gif', moving: false });
    expect(hint()).toBeNull();
    still.unmount();
    open(undefined, { mime: 'image/webp', moving: true });
    expect(hint()).not.toBeNull();
  });

  it('crops by keys and says where', async () => {
    const { finish } = open();
    await fireEvent.keyDown(area(), { key: 'ArrowLeft', altKey: true, shiftKey: true });
    await fireEvent.keyDown(area(), { key: 'ArrowRight' });
    expect(area().getAttribute('aria-label')).toContain('95 wide, 100 high');
    const crop = { left: 10_000, top: 0, width: 950_000, height: WHOLE };
    expect((await finish())?.edits).toEqual([{ do: 'crop', area: crop }]);
  });

  it('turns, mirrors and changes light, in the order the program does them', async () => {
    const { press, finish } = open();
    await press('Mirror');
    await press('Turn');
    const slider = screen.getByRole('slider', { name: /Contrast/ });
    await fireEvent.input(slider, { target: { value: '-30' } });
    expect((await finish())?.edits?.map((one) => one.do)).toEqual(['turn', 'flip', 'adjust']);
  });

  it('shows the size that a network gets', async () => {
    const { press } = open();
    await press('Turn');
    expect(screen.getByText('4000 × 3000 pixels, 3000 × 4000 after the edits')).toBeTruthy();
  });

  it('does not touch what another program made, until it is told to start anew', async () => {
    const edits = [{ do: 'flip' as const, mirror: 'upside' as const }];
    const { press, finish } = open({ mediaId: 'm', alt: '', edits });
    expect(screen.queryByRole('button', { name: 'Turn' })).toBeNull();
    expect((await finish())?.edits).toEqual(edits);
    await press('Start from the original');
    expect(await finish()).toEqual({ mediaId: 'm', alt: '' });
  });

  it('puts words on the picture, moved by keys and changed by hand', async () => {
    const { press, finish, container } = open();
    await press('Add words');
    const text = screen.getByRole('textbox', { name: 'Words 1' });
    await fireEvent.input(text, { target: { value: 'Meer ☀️ שלום' } });
    const box = screen.getByRole('group', { name: /^Words 1\. / });
    await fireEvent.keyDown(box, { key: 'ArrowUp', shiftKey: true });
    await fireEvent.keyDown(box, { key: 'ArrowLeft', altKey: true });
    const size = screen.getByRole('slider', { name: 'Size, Words 1' });
    await fireEvent.input(size, { target: { value: '120000' } });
    await fireEvent.click(screen.getByRole('switch', { name: 'Box behind' }));
    expect(await faults(container)).toEqual([]);
    const [made] = (await finish())?.edits ?? [];
    expect(made).toMatchObject({
      do: 'words',
      words: {
        text: 'Meer ☀️ שלום',
        top: 600_000,
        width: 790_000,
        letters: { size: 120_000, ground: '#000000b3' },
      },
    });
  });

  it('takes words away again by key, and says nothing of empty ones', async () => {
    const { press, finish } = open();
    await press('Add words');
    await press('Add words');
    await fireEvent.keyDown(screen.getByRole('group', { name: /^Words 2\. / }), { key: 'Delete' });
    expect(screen.queryByRole('group', { name: /^Words 2\. / })).toBeNull();
    await fireEvent.input(screen.getByRole('textbox', { name: 'Words 1' }), {
      target: { value: ' ' },
    });
    expect(await finish()).toEqual({ mediaId: 'm', alt: 'The sea' });
  });

  it('says which font is used where one is missing', async () => {
    const letters = {
      font: 'Gone Sans',
      bold: false,
      size: 90_000,
      colour: '#ffffff',
      outline: null,
      ground: null,
    };
    const words = { text: 'Sea', letters, left: 0, top: 0, width: WHOLE, align: 'start' as const };
    open({ mediaId: 'm', alt: '', edits: [{ do: 'words', words }] });
    expect(await screen.findByText(/“Gone Sans” is not installed.* DejaVu Sans/)).toBeTruthy();
  });

  it('leaves a picture without the mark of its workspace', async () => {
    const mark = {
      what: { of: 'picture' as const, mediaId: 'logo', size: 200_000 },
      across: 'end' as const,
      down: 'end' as const,
      strength: 60,
    };
    const workspaceId = app.session.data?.workspaceId ?? '';
    await app.api.writing.set_watermark({ workspaceId, watermark: { on: true, mark } });
    await app.session.refresh();
    const { finish } = open();
    await fireEvent.click(screen.getByRole('switch', { name: /Watermark/ }));
    expect((await finish())?.edits).toEqual([{ do: 'unmarked' }]);
  });

  it('copies edits from one picture to another', async () => {
    const first = open();
    await first.press('Turn');
    await first.press('Copy edits');
    first.unmount();
    const second = open({ mediaId: 'n', alt: '' });
    await second.press('Paste edits');
    expect((await second.finish())?.edits).toEqual([{ do: 'turn', quarters: 1 }]);
  });
});

describe('what is done in the editor of pictures', () => {
  it('is taken back and done again step by step, a pull of a slider at once', async () => {
    const below = vi.fn();
    app.keymap.register([
      { id: 'x', title: '', group: 'post', keys: ['Ctrl+Z'], whileTyping: true, run: below },
    ]);
    const { press, done } = open();
    await slide('10', '20', '30');
    await press('Mirror');
    const key = (name: string, more: KeyboardEventInit = {}) =>
      fireEvent.keyDown(brightness(), { key: name, ctrlKey: true, ...more });
    await key('z');
    await key('z');
    expect(brightness().value).toBe('0');
    // There is nothing before that, and what lies under the editor is left alone.
    await key('z');
    expect(below).not.toHaveBeenCalled();
    await key('Z', { shiftKey: true });
    expect(brightness().value).toBe('30');
    await press('Redo');
    await press('Done');
    expect(done.at(-1)?.edits?.map((one) => one.do)).toEqual(['flip', 'adjust']);
  });

  it('is kept by Escape and by the cross, and given up by Cancel alone', async () => {
    const { press, done, closed } = open();
    await fireEvent.keyDown(brightness(), { key: 'Escape' });
    expect(done).toEqual([]);
    expect(closed).toHaveBeenCalledOnce();
    await slide('10');
    await fireEvent.keyDown(brightness(), { key: 'Escape' });
    expect(done.at(-1)?.edits?.map((one) => one.do)).toEqual(['adjust']);
    await press('Cancel');
    expect(done).toHaveLength(1);
    expect(closed).toHaveBeenCalledTimes(2);
  });

  it('reads out the value of a slider as people count, and its name without it', async () => {
    const { press } = open();
    await press('Add words');
    const size = screen.getByRole('slider', { name: 'Size, Words 1' });
    expect(size.getAttribute('aria-valuetext')).toBe('9');
    await slide('40');
    expect(brightness().getAttribute('aria-valuetext')).toBe('40');
  });

  it('leaves the slider of a look in the hand also where it does nothing', async () => {
    const edits = [{ do: 'look' as const, look: 'sepia' as const, strength: 40 }];
    const { done, press } = open({ mediaId: 'm', alt: '', edits });
    const strength = () => screen.getByRole('slider', { name: 'Strength' });
    await fireEvent.input(strength(), { target: { value: '0' } });
    await press('Done');
    expect(done.at(-1)).toEqual({ mediaId: 'm', alt: '' });
    await fireEvent.input(strength(), { target: { value: '70' } });
    await press('Done');
    expect(done.at(-1)?.edits).toEqual([{ do: 'look', look: 'sepia', strength: 70 }]);
  });

  it('leaves the field of words open while other words take the place of all', async () => {
    const { press, finish } = open();
    await press('Add words');
    const field = () => screen.getByRole('textbox', { name: 'Words 1' });
    await fireEvent.input(field(), { target: { value: '' } });
    await fireEvent.input(field(), { target: { value: 'Low tide' } });
    expect((await finish())?.edits).toMatchObject([{ do: 'words', words: { text: 'Low tide' } }]);
  });

  it('keeps a chosen shape when the picture is turned, and says when it keeps it no more', async () => {
    const { press, finish } = open();
    const shape = () => screen.getByRole('combobox', { name: /^Shape/ });
    await userEvent.click(shape());
    const option = () => document.querySelector('[role=option][data-label="4:5"]');
    await waitFor(() => expect(option()).not.toBeNull());
    await userEvent.click(option() as HTMLElement);
    await press('Turn');
    expect(screen.getByText(/2400 × 3000 after the edits/)).toBeTruthy();
    expect(shape().textContent).toContain('4:5');
    await press('Whole picture');
    expect(shape().textContent).toContain('Free');
    expect((await finish())?.edits).toEqual([{ do: 'turn', quarters: 1 }]);
  });

  it('is put back where it was by Escape while a part is pulled, and the editor stays', async () => {
    const box = { left: 0, top: 0, width: 400, height: 300 } as DOMRect;
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(box);
    const { press, finish, closed } = open();
    await press('Blur a part');
    const part = () => screen.getByRole('group', { name: /^Blurred part 1\./ });
    const before = part().style.left;
    await fireEvent.pointerDown(part(), { button: 0, pointerId: 1, clientX: 10, clientY: 10 });
    await fireEvent.pointerMove(part(), { pointerId: 1, clientX: 50, clientY: 10 });
    expect(part().style.left).not.toBe(before);
    await fireEvent.keyDown(part(), { key: 'Escape' });
    expect(part().style.left).toBe(before);
    expect(closed).not.toHaveBeenCalled();
    expect((await finish())?.edits).toHaveLength(1);
  });

  it('draws the picture anew only when it is turned or mirrored', async () => {
    vi.stubGlobal(
      'Image',
      class {
        naturalWidth = 40;
        naturalHeight = 30;
        onload: (() => void) | null = null;
        set src(path: string) {
          if (path) queueMicrotask(() => this.onload?.());
        }
      },
    );
    app.host.mediaUrl = (path) => path;
    const drawImage = vi.fn();
    const pen = { translate: vi.fn(), scale: vi.fn(), rotate: vi.fn(), drawImage };
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(pen as never);
    const { press } = open();
    await waitFor(() => expect(drawImage).toHaveBeenCalledOnce());
    await slide('10', '20');
    await fireEvent.keyDown(area(), { key: 'ArrowLeft', altKey: true });
    expect(drawImage).toHaveBeenCalledOnce();
    await press('Turn');
    expect(drawImage).toHaveBeenCalledTimes(2);
  });
});
