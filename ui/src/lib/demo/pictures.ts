/** Layers over pictures and what accounts get of them, over a world in memory. */
import { ApiError, type MediaInfo, type PictureFit, type PictureLayer } from '$lib/api';
import type { DemoWorld, Handlers } from './commands';

/** One transparent pixel: this world draws nothing. */
const NOTHING =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const FONTS = ['DejaVu Sans', 'DejaVu Serif', 'Nimbus Sans'];

export function pictureCommands(
  world: DemoWorld,
  info: (id: string) => MediaInfo | undefined,
): Handlers {
  return {
    'media.fonts': () => [...FONTS],
    'media.layer': ({ operation, width, height }): PictureLayer => {
      if (operation.do === 'words') {
        const { words } = operation;
        const lines = words.text.split('\n').length;
        const tall = Math.round(
          (words.letters.size / 1_000_000) * Math.min(width, height) * 1.25 * lines,
        );
        const gone = words.letters.font !== '' && !FONTS.includes(words.letters.font);
        return {
          left: Math.round((words.left / 1_000_000) * width),
          top: Math.round((words.top / 1_000_000) * height),
          width: Math.round((words.width / 1_000_000) * width),
          height: tall,
          lines: tall,
          png: NOTHING,
          font: gone || words.letters.font === '' ? 'DejaVu Sans' : words.letters.font,
          replaced: gone,
        };
      }
      if (operation.do === 'mark')
        return {
          left: 0,
          top: 0,
          width: 1,
          height: 1,
          lines: 0,
          png: NOTHING,
          font: '',
          replaced: false,
        };
      throw new ApiError('validation', 'Only words and marks lie over a picture.', 'operation');
    },
    'media.as_sent': ({ media, accounts }) =>
      accounts.flatMap(({ id }) => {
        const account = world.boot.accounts.find((a) => a.id === id);
        const entry = world.boot.catalogue.find((n) => n.key === account?.network);
        return media.map((use, index): PictureFit => {
          const known = info(use.mediaId);
          const edited = (use.edits?.length ?? 0) > 0;
          const name = entry?.name ?? '';
          const picture = known?.mime.startsWith('image/') === true && entry?.images !== null;
          return {
            mediaId: use.mediaId,
            index,
            accountId: id,
            fits: picture ? (edited ? 'changed' : 'as_it_is') : 'no',
            words: picture
              ? edited
                ? `${name} gets JPEG, 1440 × 1080, 0.9 MB: as you edited it.`
                : 'Goes out as it is: PNG, 1600 × 1200, 240 KB. Place and camera are left out.'
              : `${name} does not take pictures from Almanac.`,
            sent: picture
              ? {
                  file: 'demo.jpg',
                  mime: 'image/jpeg',
                  width: 1440,
                  height: 1080,
                  bytes: 900_000,
                  moving: false,
                }
              : null,
            problems: [],
          };
        });
      }),
  };
}
