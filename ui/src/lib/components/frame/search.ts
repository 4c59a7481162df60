/** True when every typed word begins a word of the text, in any order; no words match everything. */
export function matches(text: string, asked: string): boolean {
  const fold = (s: string) => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = fold(text).split(/[^\p{L}\p{N}]+/u);
  return fold(asked)
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((w) => w.startsWith(part)));
}
