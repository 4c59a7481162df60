/** Light, colour and looks as the program computes them, for the browser to draw. */
import { KNOBS, LOOKS, type Colours } from '$lib/api/generated';
import { ALL_KNOBS, type Edits } from './edits';

const SAME: Colours = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

/** A table at part of its strength, 0 to 100. */
export function mixed(full: Colours, strength: number): Colours {
  const part = Math.min(Math.max(strength, 0), 100) / 100;
  return SAME.map((row, r) =>
    row.map((same, n) => same + ((full[r]?.[n] ?? 0) - same) * part),
  ) as unknown as Colours;
}

/** First the one, then the other. */
export function chained(first: Colours, second: Colours): Colours {
  return SAME.map((_, r) =>
    [0, 1, 2, 3].map((n) => {
      let sum = n === 3 ? (second[r]?.[3] ?? 0) : 0;
      for (let k = 0; k < 3; k++) sum += (second[r]?.[k] ?? 0) * (first[k]?.[n] ?? 0);
      return sum;
    }),
  ) as unknown as Colours;
}

/** The tables of a picture's edits in order: each cuts what leaves the range before the next. */
export function tables(edits: Edits): Colours[] {
  const light = ALL_KNOBS.filter((knob) => edits.light[knob] !== 0).reduce((soFar, knob) => {
    const value = edits.light[knob];
    const end = value < 0 ? KNOBS[knob].least : KNOBS[knob].most;
    return chained(soFar, mixed(end, Math.abs(value)));
  }, SAME);
  const found = light === SAME ? [] : [light];
  if (edits.look !== null && edits.strength > 0)
    found.push(mixed(LOOKS[edits.look], edits.strength));
  return found;
}

/** The values of an `feColorMatrix`: the same table with a row and a column for what is transparent. */
export function matrix(table: Colours): string {
  const rows = table.map(([r, g, b, add]) => `${r} ${g} ${b} 0 ${add}`);
  return [...rows, '0 0 0 1 0'].join(' ');
}
