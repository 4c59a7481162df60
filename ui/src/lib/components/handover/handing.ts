/** Networks that let no program post: what an account of one says about handing over. */
import type { Account } from '$lib/api';
import type { Session } from '$lib/state/session.svelte';

/** Whether it is the person who posts to this account. */
export function handsOver(session: Session, account: Account | undefined): boolean {
  const entry = session.data?.catalogue.find((n) => n.key === account?.network);
  return entry?.support === 'hand_off';
}

function setting(account: Account, name: string): string | null {
  const value = account.settings[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Where text and files are laid ready. */
export const folderOf = (account: Account): string | null => setting(account, 'folder');

/** The page on which one posts. */
export function pageOf(account: Account): string | null {
  const page = setting(account, 'page');
  return page !== null && /^https?:\/\//.test(page) ? page : null;
}
