import type { Entry } from '$lib/api';

/** Whether one signs in to a network: a form asks for a secret, or the browser does. A folder is only chosen. */
export function signsIn(catalogue: readonly Entry[] | undefined, key: string): boolean {
  const entry = catalogue?.find((n) => n.key === key);
  const asks = entry?.signIn.methods.some(
    (m) => m.browser !== null || m.fields.some((f) => f.kind === 'secret'),
  );
  return asks ?? true;
}
