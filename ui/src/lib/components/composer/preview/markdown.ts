/** The Markdown file the Folder network writes, as it will be. The program's own writer is the model. */
import type { MediaInfo, Segment } from '$lib/api';

export interface MarkdownPost {
  title: string;
  /** `YYYY-MM-DD` */
  date: string;
  /** RFC 3339 with the zone's offset. */
  at: string;
  labels: string[];
  account: string;
  id: string;
  segments: readonly Segment[];
  media: ReadonlyMap<string, MediaInfo>;
}

const ENDINGS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
};
const MAX_WORDS = 8;
const MAX_STEM_BYTES = 80;

const bytes = (text: string) => new TextEncoder().encode(text).length;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The first line that says something, at most 80 characters. */
export function firstWords(title: string, segments: readonly Pick<Segment, 'text'>[]): string {
  const line = (text: string) =>
    text
      .split(/\r?\n/)
      .find((l) => l.trim())
      ?.trim();
  const whole = line(title) ?? segments.map((s) => line(s.text)).find((l) => l !== undefined) ?? '';
  const clusters = [...graphemes.segment(whole.slice(0, 2000))].map((s) => s.segment);
  return clusters.length > 80 ? `${clusters.slice(0, 80).join('').trimEnd()}…` : whole;
}

/** The file's name without its ending: the day, then the first words of any script. */
export function stem(day: string, words: string): string {
  const found = words
    .slice(0, 400)
    .toLowerCase()
    .normalize('NFC')
    .replace(/['’]/gu, '')
    .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu);
  let out = day;
  for (const word of (found ?? []).slice(0, MAX_WORDS)) {
    if (bytes(out) + 1 + bytes(word) <= MAX_STEM_BYTES) {
      out += `-${word}`;
      continue;
    }
    let head = '';
    for (const { segment } of graphemes.segment(word)) {
      if (bytes(out) + 1 + bytes(head + segment) > MAX_STEM_BYTES) break;
      head += segment;
    }
    if (head) out += `-${head}`;
    break;
  }
  return out;
}

function quoted(text: string): string {
  return JSON.stringify(text.replace(/\r\n?/g, '\n'));
}

/** The whole file. */
export function markdown(post: MarkdownPost): string {
  const name = stem(post.date, post.title);
  let n = 0;
  const parts = post.segments.map((s) => ({
    text: s.text,
    media: s.media.map((m) => {
      n += 1;
      const mime = post.media.get(m.mediaId)?.mime ?? '';
      return { file: `media/${name}.${n}.${ENDINGS[mime] ?? 'bin'}`, alt: m.alt, mime };
    }),
  }));
  const head = [
    '---',
    `title: ${quoted(post.title)}`,
    `date: ${post.at}`,
    ...(post.labels.length === 0
      ? ['labels: []']
      : ['labels:', ...post.labels.map((label) => `  - ${quoted(label)}`)]),
    `account: ${quoted(post.account)}`,
    `id: ${quoted(post.id)}`,
    `parts: ${parts.length}`,
  ];
  const files = parts.flatMap((p, i) => p.media.map((m) => ({ ...m, part: i + 1 })));
  head.push(
    ...(files.length === 0
      ? ['media: []']
      : [
          'media:',
          ...files.flatMap((f) => [
            `  - file: ${quoted(f.file)}`,
            `    alt: ${quoted(f.alt)}`,
            `    part: ${f.part}`,
          ]),
        ]),
    '---',
  );
  let out = `${head.join('\n')}\n`;
  parts.forEach((part, i) => {
    if (i > 0) out += `\n---\n\n<!-- part ${i + 1} -->\n`;
    const text = part.text.replace(/\r\n?/g, '\n').trimEnd();
    if (text) out += `\n${text}\n`;
    for (const f of part.media) {
      const mark = f.mime.startsWith('image/') ? '!' : '';
      const alt = f.alt.replace(/[\n\t]/g, ' ').replace(/[[\]\\]/g, '\\$&');
      out += `\n${mark}[${alt}](<${f.file}>)\n`;
    }
  });
  return out;
}
