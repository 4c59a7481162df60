import { fireEvent, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
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

function open(use: MediaUse = { mediaId: 'm', alt: 'The sea' }, more: Partial<MediaInfo> = {}) {
  const done: MediaUse[] = [];
  const accounts = [
    { id: 'ana', name: 'Ana' },
    { id: 'ben', name: 'Ben' },
  ];
  const { container, unmount } = renderIn(app, PictureEditor, {
    use,
    info: { ...info, ...more },
    accounts,
    ondone: (next: MediaUse) => done.push(next),
    onclose: () => undefined,
  });
  const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
  const finish = async () => {
    await press('Done');
    return done.at(-1);
  };
  return { press, finish, container, unmount };
}

const area = () => screen.getByRole('group', { name: /What stays of the picture/ });

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
