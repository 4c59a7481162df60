/** Marks in a text that a network turns into bold, italic and the like, as pieces to draw. */
import type { TextSpan } from '$lib/api';
import type { Look } from './looks';

export interface Run {
  text: string;
  /** A link, mention or tag. */
  lit: boolean;
  /** Beyond what the network takes. */
  over: boolean;
  bold: boolean;
  italic: boolean;
  strike: boolean;
  code: boolean;
  spoiler: boolean;
}

type Style = Exclude<keyof Run, 'text'>;
const STYLES: readonly Style[] = ['lit', 'over', 'bold', 'italic', 'strike', 'code', 'spoiler'];
const HIDDEN = 1 << STYLES.length;
const bit = (style: Style) => 1 << STYLES.indexOf(style);

/** A pattern whose group `in` is what stays; the rest of the match is not shown. */
type Mark = readonly [Style, RegExp];
const CODE: Mark = ['code', /`(?<in>[^`\n]+)`/dgu];
const STRIKE: Mark = ['strike', /~~(?<in>[^~\n]+)~~/dgu];
const SPOILER: Mark = ['spoiler', /\|\|(?<in>[^|\n]+)\|\|/dgu];
const LINK: Mark = ['lit', /\[(?<in>[^\]\n]+)\]\(https?:\/\/[^\s)]+\)/dgu];
const BOLD: Mark = ['bold', /\*\*(?<in>[^\s*](?:[^\n]*?[^\s*])?)\*\*/dgu];
const word = (sign: string, style: Style): Mark => [
  style,
  new RegExp(
    `(?<![\\p{L}\\p{N}${sign}])${sign}(?<in>[^\\s${sign}](?:[^${sign}\\n]*[^\\s${sign}])?)${sign}(?![\\p{L}\\p{N}${sign}])`,
    'dgu',
  ),
];

const MARKS: Readonly<Record<NonNullable<Look['marks']>, readonly Mark[]>> = {
  telegram: [
    CODE,
    LINK,
    BOLD,
    ['italic', /__(?<in>[^\s_](?:[^\n]*?[^\s_])?)__/dgu],
    STRIKE,
    SPOILER,
  ],
  markdown: [CODE, LINK, BOLD, word('\\*', 'italic'), word('_', 'italic'), STRIKE, SPOILER],
  slack: [
    CODE,
    ['lit', /<https?:\/\/[^\s|>]+\|(?<in>[^>\n]+)>/dgu],
    word('\\*', 'bold'),
    word('_', 'italic'),
    word('~', 'strike'),
  ],
};

/** The text in pieces, each of one style; with `style` the marks are read and not shown. */
export function runs(
  text: string,
  spans: readonly TextSpan[],
  overFrom: number | null,
  style: Look['marks'] | null = null,
): Run[] {
  const flags = new Uint16Array(text.length);
  const set = (from: number, to: number, value: number) => {
    for (let i = from; i < to; i += 1) flags[i] = (flags[i] ?? 0) | value;
  };
  for (const span of spans) set(span.from, span.to, bit('lit'));
  for (const [name, pattern] of style ? MARKS[style] : [])
    for (const found of text.matchAll(pattern)) {
      const [from, to] = found.indices?.[0] ?? [0, 0];
      const [start, end] = found.indices?.groups?.['in'] ?? [from, to];
      // What stands in code, or was read as a mark already, is no mark.
      const taken = flags[from] ?? 0;
      if (taken & (bit('code') | HIDDEN)) continue;
      set(from, start, HIDDEN);
      set(start, end, bit(name));
      set(end, to, HIDDEN);
    }
  if (overFrom !== null) set(Math.max(0, overFrom), text.length, bit('over'));
  return cut(text, flags);
}

function cut(text: string, flags: Uint16Array): Run[] {
  const out: Run[] = [];
  let from = 0;
  for (let i = 1; i <= text.length; i += 1) {
    if (i < text.length && flags[i] === flags[from]) continue;
    const found = flags[from] ?? 0;
    if (!(found & HIDDEN)) {
      const run = { text: text.slice(from, i) } as Run;
      for (const style of STYLES) run[style] = (found & bit(style)) !== 0;
      out.push(run);
    }
    from = i;
  }
  return out;
}

export interface Block {
  kind: 'heading' | 'quote' | 'item' | 'text';
  /** Of a heading, from 1. */
  level: number;
  text: string;
}

/** Paragraphs, headings, quotes and list items of an article in Markdown. */
export function blocks(text: string): Block[] {
  return text
    .split(/\n\s*\n/)
    .flatMap((part) => {
      const lines = part.split('\n').filter((l) => l.trim() !== '');
      return lines.every(isItem) ? lines : [lines.join('\n')];
    })
    .flatMap((part): Block[] => {
      const heading = /^(#{1,6})\s+([^\n]+)(?:\n([\s\S]+))?$/.exec(part);
      if (heading) {
        const rest = heading[3] ? blocks(heading[3]) : [];
        return [
          { kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' },
          ...rest,
        ];
      }
      if (part.startsWith('>'))
        return [{ kind: 'quote', level: 0, text: part.replace(/^>\s?/gm, '') }];
      if (isItem(part))
        return [{ kind: 'item', level: 0, text: part.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, '') }];
      return part.trim() === '' ? [] : [{ kind: 'text', level: 0, text: part }];
    });
}

const isItem = (line: string) => /^\s*(?:[-*+]|\d+[.)])\s+\S/.test(line);
