/** Captions among what is done to a video: one entry of the list for each language, behind the rest. */
import type { Captions, Operation } from '$lib/api';

/** The most languages of one video. */
export const MAX_LANGUAGES = 10;

export function captionsOf(list: readonly Operation[]): Captions[] {
  return list.flatMap((one) => (one.do === 'captions' ? [one.captions] : []));
}

export function withoutCaptions(list: readonly Operation[]): Operation[] {
  return list.filter((one) => one.do !== 'captions');
}

export function withCaptions(list: readonly Operation[], all: readonly Captions[]): Operation[] {
  return [
    ...withoutCaptions(list),
    ...all.map((captions): Operation => ({ do: 'captions', captions })),
  ];
}

/** Whether it is the code of a language as the program takes it: `en`, `pt-BR`. */
export function isLanguage(code: string): boolean {
  return code.length <= 35 && /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i.test(code);
}

/** The language's name for people; null where nobody knows it. */
export function languageName(code: string, locale: string): string | null {
  if (!isLanguage(code)) return null;
  try {
    const name = new Intl.DisplayNames([locale], { type: 'language' }).of(code);
    return name === undefined || name === code ? null : name;
  } catch {
    return null;
  }
}
