import { fireEvent, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError, type MediaInfo, type MediaUse } from '$lib/api';
import { createDemo } from '$lib/demo';
import type { App } from '$lib/state/app.svelte';
import { faults } from '../../../test/axe';
import { renderIn, startApp } from '../../../test/render';
import VideoEditor from './VideoEditor.svelte';

const info: MediaInfo = {
  id: 'm',
  name: 'walk.mp4',
  mime: 'video/mp4',
  bytes: 10_000_000,
  width: 1920,
  height: 1080,
  clip: { lengthMs: 60_000, frameRate: 25_000, codec: 'h264', sound: 'aac', located: false },
  document: null,
  missing: false,
  moving: false,
  alt: '',
  labels: [],
  rights: '',
  importedAt: 0,
  used: 0,
};

let app: App;
let host: ReturnType<typeof createDemo>;

beforeEach(async () => {
  host = createDemo({ count: 0 });
  app = await startApp(host);
});

function open(use: MediaUse = { mediaId: 'm', alt: 'A walk' }, about: MediaInfo = info) {
  const done: MediaUse[] = [];
  const accounts = [
    { id: 'ana', name: 'Ana' },
    { id: 'ben', name: 'Ben' },
  ];
  const { container } = renderIn(app, VideoEditor, {
    use,
    info: about,
    accounts,
    ondone: (next: MediaUse) => done.push(next),
    onclose: () => undefined,
  });
  const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
  const finish = async () => {
    await press('Done');
    return done.at(-1);
  };
  const key = (name: string, init: KeyboardEventInit) =>
    fireEvent.keyDown(screen.getByRole('slider', { name }), init);
  return { press, finish, key, container };
}

const stays = () => screen.getByTestId('stays').textContent;

describe('the editor of videos', () => {
  it('gives back what came in when nothing was done', async () => {
    const { finish, container } = open();
    expect(await faults(container)).toEqual([]);
    expect(await finish()).toEqual({ mediaId: 'm', alt: 'A walk' });
  });

  it('trims by keys, a picture or a second at a time, and says the moment', async () => {
    const { finish, key } = open();
    await key('Begins at', { key: 'ArrowRight', shiftKey: true });
    await key('Begins at', { key: 'ArrowRight' });
    await key('Ends at', { key: 'ArrowLeft', shiftKey: true });
    const begins = screen.getByRole('slider', { name: 'Begins at' });
    expect(begins.getAttribute('aria-valuetext')).toBe('0:01.04');
    expect(stays()).toContain('0:57.96 of 1:00.00 stay.');
    expect((await finish())?.edits).toEqual([{ do: 'trim', fromMs: 1_040, toMs: 59_000 }]);
  });

  it('trims by typing, and says what is no moment', async () => {
    const { finish } = open();
    const type = (name: string, value: string) =>
      fireEvent.change(screen.getByRole('textbox', { name }), { target: { value } });
    await type('Ends at', '0:75');
    expect(screen.getByText(/That is no moment of the video/, { selector: 'p' })).toBeTruthy();
    await type('Ends at', '0:30,5');
    expect(screen.queryByText(/That is no moment of the video/, { selector: 'p' })).toBeNull();
    expect((await finish())?.edits).toEqual([{ do: 'trim', fromMs: 0, toMs: 30_500 }]);
  });

  it('takes the moment shown as an edge and as the poster', async () => {
    const { finish, press, key } = open();
    for (let n = 0; n < 5; n++) await key('Moment shown', { key: 'ArrowRight', shiftKey: true });
    await press('Begin here');
    await key('Moment shown', { key: 'ArrowRight', shiftKey: true });
    await press('Use the moment shown');
    await fireEvent.click(screen.getByRole('switch', { name: 'Without sound' }));
    expect((await finish())?.edits).toEqual([
      { do: 'trim', fromMs: 5_000, toMs: 60_000 },
      { do: 'mute' },
      { do: 'poster', atMs: 1_000 },
    ]);
  });

  it('shows what was cut for all as the whole of one account', async () => {
    const edits = [{ do: 'trim' as const, fromMs: 10_000, toMs: 40_000 }];
    open({ mediaId: 'm', alt: '', edits, accountEdits: { ana: [{ do: 'mute' }] } });
    expect(stays()).toContain('0:30.00 of 1:00.00 stay.');
  });

  it('does not touch what another program made, until it is told to start anew', async () => {
    const edits = [{ do: 'turn' as const, quarters: 1 }];
    const { press, finish } = open({ mediaId: 'm', alt: '', edits });
    expect(screen.queryByRole('slider', { name: 'Begins at' })).toBeNull();
    expect((await finish())?.edits).toEqual(edits);
    await press('Start from the original');
    expect(await finish()).toEqual({ mediaId: 'm', alt: '' });
  });

  it('says when it cannot trim, and when the program for it is missing', async () => {
    host.answer('media.tools', () => ({
      ready: false,
      version: null,
      advice: 'ffmpeg is not installed.',
    }));
    open(undefined, { ...info, clip: null });
    expect(screen.getByText(/How long this video runs is not known/)).toBeTruthy();
    expect(await screen.findByText(/Changing videos needs ffmpeg/)).toBeTruthy();
  });

  it('takes captions from a file, names their language and keeps them through other edits', async () => {
    const { press, finish, key, container } = open();
    host.pickFiles = () => Promise.resolve(['/home/ana/walk.de.srt']);
    await press('Add captions…');
    const language = await screen.findByRole<HTMLInputElement>('textbox', {
      name: 'Language of the captions',
    });
    expect(language.value).toBe('de');
    expect(await faults(container)).toEqual([]);
    await fireEvent.change(language, { target: { value: 'nonsense!' } });
    expect(screen.getByText(/Name the language by its code/, { selector: 'p' })).toBeTruthy();
    await fireEvent.change(language, { target: { value: 'pt-BR' } });
    await key('Begins at', { key: 'ArrowRight', shiftKey: true });
    const cues = [{ fromMs: 500, toMs: 2_500, text: 'Down by the harbour' }];
    const captions = { do: 'captions', captions: { language: 'pt-BR', cues } };
    expect((await finish())?.edits).toEqual([
      { do: 'trim', fromMs: 1_000, toMs: 60_000 },
      captions,
    ]);
  });

  it('takes a cut back by keys, and is not left with a moment that is none', async () => {
    const { finish, key } = open();
    await key('Begins at', { key: 'ArrowRight', shiftKey: true });
    await fireEvent.keyUp(screen.getByRole('slider', { name: 'Begins at' }), { key: 'ArrowRight' });
    await key('Ends at', { key: 'ArrowLeft', shiftKey: true });
    await key('Ends at', { key: 'z', ctrlKey: true });
    expect(stays()).toContain('0:59.00 of 1:00.00 stay.');
    const ends = screen.getByRole('textbox', { name: 'Ends at' });
    await fireEvent.change(ends, { target: { value: 'soon' } });
    expect(await finish()).toBeUndefined();
    await key('Ends at', { key: 'ArrowLeft', shiftKey: true });
    expect((await finish())?.edits).toEqual([{ do: 'trim', fromMs: 1_000, toMs: 59_000 }]);
  });

  it('heeds each moment that is none, and shows what counts once they count no more', async () => {
    const { press, finish } = open();
    const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name });
    const type = async (name: string, value: string) => {
      await fireEvent.input(field(name), { target: { value } });
      await fireEvent.change(field(name));
    };
    await type('Begins at', 'soon');
    await type('Ends at', '0:50');
    expect(stays()).toContain('0:50.00 of 1:00.00 stay.');
    expect(await finish()).toBeUndefined();
    expect(field('Begins at').value).toBe('soon');
    await press('Undo');
    expect([field('Begins at').value, field('Ends at').value]).toEqual(['0:00.00', '1:00.00']);
    expect(await finish()).toEqual({ mediaId: 'm', alt: 'A walk' });
  });

  it('takes captions off again, and says why a file is none', async () => {
    const cues = [{ fromMs: 0, toMs: 900, text: 'Hello' }];
    const { press, finish } = open({
      mediaId: 'm',
      alt: '',
      edits: [{ do: 'captions', captions: { language: 'en', cues } }],
    });
    host.pickFiles = () => Promise.resolve(['/home/ana/notes.txt']);
    const said = 'There are no captions in this file. Choose a file that ends in .srt or .vtt.';
    host.failNext('media.captions', new ApiError('validation', said, 'path'));
    await press('Add captions…');
    expect((await screen.findByRole('alert')).textContent).toBe(said);
    await press('Remove the captions in en');
    expect((await finish())?.edits).toBeUndefined();
  });
});
