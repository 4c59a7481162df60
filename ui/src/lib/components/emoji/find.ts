import { EMOJI, type EmojiGroup } from './data';

export interface Emoji {
  emoji: string;
  name: string;
  /** Name and further words, in lower case. */
  words: string;
  group: EmojiGroup;
}

export const emojis: Emoji[] = (Object.keys(EMOJI) as EmojiGroup[]).flatMap((group) =>
  EMOJI[group].split(';').flatMap((line) => {
    const [, emoji, name, more = ''] = /^\s*(\S+) ([^|]+)\|?(.*)$/.exec(line) ?? [];
    return emoji && name ? [{ emoji, name, words: `${name} ${more}`, group }] : [];
  }),
);

export const byEmoji = new Map(emojis.map((e) => [e.emoji, e]));

/** Emoji with a word that begins with every word asked for; names first, further words after. */
export function findEmoji(text: string): Emoji[] {
  const asked = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (asked.length === 0) return [];
  const begins = (words: string) => {
    const each = words.split(/[\s-]+/);
    return asked.every((a) => each.some((w) => w.startsWith(a)));
  };
  const inName: Emoji[] = [];
  const further: Emoji[] = [];
  for (const e of emojis) {
    if (begins(e.name)) inName.push(e);
    else if (begins(e.words)) further.push(e);
  }
  // A word given by hand says what people mean; a long name only mentions it.
  const exact = (e: Emoji) => (asked.length === 1 && e.name === asked[0] ? 0 : 1);
  return [...inName.toSorted((a, b) => exact(a) - exact(b)), ...further];
}

export const RECENT_MOST = 16;

/** The list of last used ones with another in front. */
export function withRecent(recent: readonly string[], emoji: string): string[] {
  return [emoji, ...recent.filter((e) => e !== emoji)].slice(0, RECENT_MOST);
}
