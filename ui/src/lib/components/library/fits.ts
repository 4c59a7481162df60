/** Accounts that can be asked whether they take a file. */
import type { FileFits } from '$lib/api';
import type { Session } from '$lib/state/session.svelte';
import { t } from '$lib/words';

/** Every account, once for each sort of post its network tells apart, such as reels. */
export function fitsChoices(session: Session): FileFits[] {
  return session.accounts.flatMap((account): FileFits[] => {
    const kinds = kindsOf(session, account.network);
    return kinds.length === 0
      ? [{ accountId: account.id, kind: null }]
      : kinds.map(([kind]) => ({ accountId: account.id, kind }));
  });
}

function kindsOf(session: Session, network: string): [string, string][] {
  const entry = session.data?.catalogue.find((n) => n.key === network);
  return entry?.options.find((o) => o.name === 'kind')?.choices ?? [];
}

export const fitsKey = (one: FileFits) => `${one.accountId}:${one.kind ?? ''}`;

/** `Instagram (ana), Reel` */
export function accountLabel(session: Session, one: FileFits, kindName?: string | null): string {
  const account = session.account(one.accountId);
  if (!account) return '';
  const who = account.displayName || account.handle;
  const name = `${session.networkName(account.network)} (${who})`;
  const kind =
    kindName ?? kindsOf(session, account.network).find(([value]) => value === one.kind)?.[1];
  return kind ? t('library.fitsKind', { name, kind }) : name;
}
