/** What the catalogue and an account say about signing in, made ready for the form. */
import type { Account, Entry, KeptApp, Redirect, SignInField, SignInMethod } from '$lib/api';
import type { WordKey } from '$lib/words';

/** How much of a network the program serves, in a word. */
export const SUPPORT: Record<Entry['support'], WordKey> = {
  full: 'networks.full',
  partial: 'networks.partial',
  hand_off: 'networks.handOff',
};

/** The way an account was connected last: as this screen remembers, as its settings say, or the first. */
export function wayOf(
  entry: Entry,
  account: Account | null,
  remembered: string | undefined,
): SignInMethod | null {
  const { methods } = entry.signIn;
  const asked = [remembered, account?.settings.method];
  return methods.find((m) => asked.includes(m.key)) ?? methods[0] ?? null;
}

/** What is known of an account already, so that only what is secret has to be typed again. */
export function knownValues(account: Account | null): Record<string, string> {
  if (!account) return {};
  const { server, handle } = account;
  const out: Record<string, string> = { server, handle, identifier: handle };
  for (const [key, value] of Object.entries(account.settings))
    if (['string', 'number', 'boolean'].includes(typeof value)) out[key] = String(value);
  return out;
}

/**
 * The exact addresses to register with an app of one's own. A port that is any free one has none: such
 * networks take every port, and the guide says what to enter where something has to be.
 */
export function redirectAddresses(redirect: Redirect): string[] {
  if (redirect.kind === 'pasted') return [redirect.address];
  const { host, ports, path } = redirect;
  return ports.filter((port) => port !== 0).map((port) => `http://${host}:${port}${path}`);
}

/** Fields that still have to be filled in. What is kept of the person's app fills its own. */
export function lackingFields(
  method: SignInMethod,
  values: Record<string, string>,
  kept: KeptApp | null,
): SignInField[] {
  return method.fields.filter(
    (f) =>
      !f.optional &&
      f.kind !== 'toggle' &&
      !(values[f.name] ?? '').trim() &&
      !isKeptSecret(f, kept),
  );
}

/** A secret of the person's app that lies in the keyring already. */
export function isKeptSecret(field: SignInField, kept: KeptApp | null): boolean {
  return field.ofApp && field.kind === 'secret' && (kept?.secrets.includes(field.name) ?? false);
}

/**
 * What was typed, parted into what is secret and what is not. Secrets that were left empty are left out; any other
 * empty field is told, since a person who empties it does not want what stood there.
 */
export function filledIn(method: SignInMethod | null, values: Record<string, string>) {
  const of = (secret: boolean) =>
    Object.fromEntries(
      (method?.fields ?? [])
        .filter((f) => (f.kind === 'secret') === secret && (!secret || values[f.name]))
        .map((f) => [f.name, values[f.name] ?? '']),
    );
  return { fields: of(false), secrets: of(true) };
}

/** With its scheme, or a host of three parts or with a path, as guides name the pages of networks. */
const PAGE =
  /(?<![@\w./-])(?:https?:\/\/[^\s,;)"<>]+|(?:[a-z\d-]+\.){2,}[a-z]{2,}(?:\/[^\s,;)"<>]*)?|[a-z\d-]+\.[a-z]{2,}\/[^\s,;)"<>]*)/g;
/** Addresses on this computer lead nowhere. */
const HERE = /^https?:\/\/(localhost|127\.)/;

export interface Piece {
  text: string;
  /** Where a press leads; none for plain words. */
  page: string | null;
}

/** A sentence cut at the pages it names. Addresses to register are to be copied, not opened. */
export function atPages(sentence: string, redirects: readonly string[] = []): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const { 0: found, index } of sentence.matchAll(PAGE)) {
    const text = found.replace(/[.:!?]+$/, '');
    const page = /^https?:/.test(text) ? text : `https://${text}`;
    if (HERE.test(page) || redirects.includes(page)) continue;
    if (index > from) out.push({ text: sentence.slice(from, index), page: null });
    out.push({ text, page });
    from = index + text.length;
  }
  if (from < sentence.length) out.push({ text: sentence.slice(from), page: null });
  return out;
}
