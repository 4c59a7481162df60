/** Cuts a text into tinted pieces for the copy below the field. Offsets are UTF-16 units. */
import type { SpanKind, TextSpan } from '$lib/api';

export interface Piece {
  text: string;
  kind: SpanKind | null;
  /** Beyond what the network takes. */
  over: boolean;
}

/** More than any network takes in one post; beyond it only the typing would get slower. */
const MOST_SPANS = 200;

/**
 * Pieces in order; together they are the text. Spans that overlap or reach outside are left out, and
 * those of the part that is too long: it is one colour, and thousands of pieces slow the typing.
 */
export function pieces(text: string, spans: readonly TextSpan[], overFrom: number | null): Piece[] {
  const out: Piece[] = [];
  const limit = overFrom === null ? text.length : Math.max(0, Math.min(overFrom, text.length));
  const push = (from: number, to: number, kind: SpanKind | null) => {
    if (from < Math.min(to, limit))
      out.push({ text: text.slice(from, Math.min(to, limit)), kind, over: false });
    if (Math.max(from, limit) < to)
      out.push({ text: text.slice(Math.max(from, limit), to), kind, over: true });
  };
  let at = 0;
  for (const span of spans.toSorted((a, b) => a.from - b.from).slice(0, MOST_SPANS)) {
    if (span.from >= limit) break;
    if (span.from < at || span.to > text.length || span.to <= span.from) continue;
    push(at, span.from, null);
    push(span.from, span.to, span.kind);
    at = span.to;
  }
  push(at, text.length, null);
  return out;
}

/**
 * Spans of an older text laid onto a newer one until the next answer: those before the edit stay,
 * those behind it move along, those it touched go.
 */
export function shiftSpans(old: string, now: string, spans: readonly TextSpan[]): TextSpan[] {
  if (old === now) return [...spans];
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const by = now.length - old.length;
  return spans.flatMap((s) => {
    if (s.to <= head) return [s];
    if (s.from >= old.length - tail) return [{ ...s, from: s.from + by, to: s.to + by }];
    return [];
  });
}
