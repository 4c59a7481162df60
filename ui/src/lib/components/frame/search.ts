/** True when every typed word begins a word of the text, in any order; no words match everything. */
export function matches(text: string, asked: string): boolean {
  const fold = (s: string) => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  // Both are cut alike: what is written with a hyphen is typed with one.
  const cut = (s: string) => fold(s).split(/[^\p{L}\p{N}]+/u);
  const words = cut(text);
  return cut(asked)
    .filter(Boolean)
    .every((part) => words.some((w) => w.startsWith(part)));
}

/** A script that puts no spaces between words: a single character of it says something. */
const RUNNING =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}]/u;

/** Whether enough was typed to look for posts: one letter of most scripts is in nearly all of them. */
export function enough(asked: string): boolean {
  return asked.length >= 2 || RUNNING.test(asked);
}
