/** What files are, in words. */
import type { MediaInfo } from '$lib/api';
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

/** What is read out for a file. */
export function spokenFile(file: MediaInfo, selected: boolean): string {
  return [
    file.name,
    t(`library.sort.${sortOf(file)}`),
    sizeText(file.bytes),
    file.used === 0 ? t('library.unused') : t('library.used', { n: file.used }),
    file.missing ? t('library.missing') : '',
    selected ? t('library.selected') : '',
  ]
    .filter(Boolean)
    .join(', ');
}
