import type { Account, Entry } from '$lib/api';

/** Whether one signs in to a network: a form asks for a secret, or the browser does. A folder is only chosen. */
export function signsIn(catalogue: readonly Entry[] | undefined, key: string): boolean {
  const entry = catalogue?.find((n) => n.key === key);
  const asks = entry?.signIn.methods.some(
    (m) => m.browser !== null || m.fields.some((f) => f.kind === 'secret'),
  );
  return asks ?? true;
}

/** How long before its end a sign-in is told to run out. */
export const SOON = 7 * 86_400_000;

/** When one has to sign in again, UTC milliseconds; null where that is not known, or never. */
export function endOf(account: Account): number | null {
  const end = account.settings.signInEnds;
  return typeof end === 'number' ? end : null;
}
