import type { Entry } from '$lib/api';

/** Whether one signs in to a network: its form asks for a secret. A folder is only chosen. */
export function signsIn(catalogue: readonly Entry[] | undefined, key: string): boolean {
  const entry = catalogue?.find((n) => n.key === key);
  return entry?.signIn.fields.some((f) => f.kind === 'secret') ?? true;
}
