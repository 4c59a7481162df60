/** What files are, in words. */
import type { MediaInfo } from '$lib/api';
import { lengthText } from '$lib/video/clip';
import { t } from '$lib/words';

/** What a file is to a person. */
export function sortOf(file: Pick<MediaInfo, 'mime' | 'moving'>) {
  if (file.mime.startsWith('video/')) return 'video';
  if (!file.mime.startsWith('image/')) return 'document';
  return file.moving ? 'moving' : 'picture';
}

const STEPS = ['B', 'kB', 'MB', 'GB'] as const;

/** `4.2 MB` */
export function sizeText(bytes: number): string {
  let [size, step] = [bytes, 0];
  while (size >= 1000 && step < STEPS.length - 1) [size, step] = [size / 1000, step + 1];
  const digits = step > 0 && size < 10 ? 1 : 0;
  const number = size.toLocaleString('en-GB', { maximumFractionDigits: digits });
  return `${number} ${STEPS[step] ?? 'B'}`;
}

/** Its format as people call it: `JPEG`. */
export function formatText(mime: string): string {
  const end = mime.split('/')[1] ?? mime;
  return { quicktime: 'MOV', jpeg: 'JPEG', webp: 'WebP', webm: 'WebM' }[end] ?? end.toUpperCase();
}

/** `4,000 × 3,000`, or nothing where there are no pixels. */
export function pixelsText(file: Pick<MediaInfo, 'width' | 'height'>): string {
  const { width, height } = file;
  return width && height
    ? `${width.toLocaleString('en-GB')} × ${height.toLocaleString('en-GB')}`
    : '';
}

/** How long a video runs; nothing where that is not known. */
export function runsText(file: Pick<MediaInfo, 'clip'>): string {
  const ms = file.clip?.lengthMs;
  return ms ? lengthText(ms) : '';
}

/** How many pages a document has, and whether it is locked; nothing where neither is known. */
export function pagesText(file: Pick<MediaInfo, 'document'>): string {
  const { pages = null, locked = false } = file.document ?? {};
  const parts = [
    pages === null ? '' : t('library.pages', { n: pages }),
    locked ? t('library.locked') : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The one thing to know of a file at a glance: how long it runs, its pixels or pages, or its size. */
export const shortFact = (file: MediaInfo) =>
  runsText(file) || pixelsText(file) || pagesText(file) || sizeText(file.bytes);

/** What is read out for a file. */
export function spokenFile(file: MediaInfo): string {
  return [
    file.name,
    t(`library.sort.${sortOf(file)}`),
    runsText(file),
    pagesText(file),
    sizeText(file.bytes),
    file.used === 0 ? t('library.unused') : t('library.used', { n: file.used }),
    file.missing ? t('library.missing') : '',
  ]
    .filter(Boolean)
    .join(', ');
}
