/** The one catalogue of words. Keys are typed: a wrong key or a missing one does not compile. */
import { accountWords } from './en/accounts';
import { calendar } from './en/calendar';
import { common } from './en/common';
import { composer } from './en/composer';
import { frame } from './en/frame';
import { libraryWords } from './en/library';
import { picture } from './en/picture';
import { programWords } from './en/programs';
import { roomWords } from './en/rooms';
import { settingsWords } from './en/settings';
import { standingWords } from './en/standing';
import { video } from './en/video';
import { webhookWords } from './en/webhooks';

/**
 * One object per area; keys are `area.name`. A message is a string with `{holes}`, or one string
 * per plural form, chosen by the hole `n`.
 */
const catalogue = {
  ...common,
  ...frame,
  ...calendar,
  ...roomWords,
  ...accountWords,
  ...settingsWords,
  ...standingWords,
  ...composer,
  ...libraryWords,
  ...picture,
  ...video,
  ...programWords,
  ...webhookWords,
} as const;

export type Message = string | { one: string; other: string };
export type WordKey = keyof typeof catalogue;
export type Holes = Record<string, string | number>;

const plurals = new Intl.PluralRules('en');
const numbers = new Intl.NumberFormat('en-GB');

/** Small whole numbers, which a month of posts is full of, have no groups and need no formatter. */
function numberText(n: number): string {
  return Number.isInteger(n) && Math.abs(n) < 1000 ? String(n) : numbers.format(n);
}

/** What was done, followed by the sentences the program adds to it. */
export function withNotes(text: string, notes: readonly string[]): string {
  if (notes.length === 0) return text;
  return [/[.!?]$/.test(text) ? text : `${text}.`, ...notes].join(' ');
}

/** The words for a key, with its holes filled. Numbers are grouped as the language does it. */
export function t(key: WordKey, holes: Holes = {}): string {
  const message: Message = catalogue[key];
  const text =
    typeof message === 'string'
      ? message
      : message[plurals.select(Number(holes.n ?? 0)) === 'one' ? 'one' : 'other'];
  if (!text.includes('{')) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = holes[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? numberText(value) : value;
  });
}
