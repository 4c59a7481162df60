import type { Account } from '$lib/api';
import { t } from '$lib/words';

/** The name a person knows an account by; one that is not there any more has none. */
export function nameOf(
  account: Pick<Account, 'handle' | 'displayName'> | null | undefined,
): string {
  if (!account) return t('composer.unknownAccount');
  // Some networks write names in a way of their own, such as u/ana.
  if (/^[a-z]\/[^/\\]+$/.test(account.handle)) return account.handle;
  // The handle of a folder is its path, which nobody calls it by.
  if (/[/\\]/.test(account.handle)) return account.displayName || account.handle;
  return `@${account.handle.replace(/^@/, '')}`;
}
