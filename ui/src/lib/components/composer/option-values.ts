/** Options of a target as the catalogue describes them: which are shown, and what they hold. */
import type { Id, OptionField } from '$lib/api';
import type { Session } from '$lib/state/session.svelte';
import { same } from './draft';

export type Options = Readonly<Record<string, unknown>>;

/** What is set, else what holds while nothing is. */
export function valueOf(field: OptionField, options: Options): unknown {
  return options[field.name] ?? field.default;
}

/** The options to show: those that hang on another one only while that has one of its values. */
export function shownOptions(fields: readonly OptionField[], options: Options): OptionField[] {
  return fields.filter(({ when }) => {
    if (!when) return true;
    const other = fields.find((f) => f.name === when.option);
    const value = other ? valueOf(other, options) : options[when.option];
    return when.values.some((one) => same(one, value));
  });
}

/** A typed number, null where it is none or too large; undefined for an empty field. */
export function readNumber(text: string, max: number | null): number | null | undefined {
  const typed = text.trim();
  if (typed === '') return undefined;
  if (!/^\d{1,15}$/.test(typed)) return null;
  const number = Number(typed);
  return max !== null && number > max ? null : number;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters as people count them. */
export function lengthOf(text: string): number {
  return [...graphemes.segment(text)].length;
}

/** Under which the screen remembers what chosen values are called on their networks. */
const NAMES = 'options.names';
const MOST_NAMES = 100;
const keyOf = (accountId: Id, field: OptionField, value: string) =>
  JSON.stringify([accountId, field.name, value]);

/** What a chosen value was called when it was chosen: a board by its name, not by its number. */
export function nameOf(session: Session, accountId: Id, field: OptionField, value: string) {
  const names = session.remembered<Record<string, string>>(NAMES, {});
  return names[keyOf(accountId, field, value)];
}

export function rememberName(
  session: Session,
  accountId: Id,
  field: OptionField,
  value: string,
  name: string,
): void {
  const key = keyOf(accountId, field, value);
  const names = session.remembered<Record<string, string>>(NAMES, {});
  const kept = Object.entries(names)
    .filter(([other]) => other !== key)
    .slice(1 - MOST_NAMES);
  session.remember(NAMES, Object.fromEntries([...kept, [key, name]]));
}
