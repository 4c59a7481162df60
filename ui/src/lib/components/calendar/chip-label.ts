import type { Account, Chip } from '$lib/api';
import { endOf } from '$lib/components/accounts/signing-in';
import type { Session } from '$lib/state/session.svelte';
import { t } from '$lib/words';

/** Why a coming post will not be sent as things stand. */
export interface Halt {
  kind: 'out' | 'paused';
  words: string;
}

const known = new WeakMap<readonly Account[], boolean>();

/** Whether any of these may keep a post back. Kept by list: a month asks for each of its posts. */
function mayHalt(accounts: readonly Account[]): boolean {
  let may = known.get(accounts);
  if (may === undefined) {
    may = accounts.some(
      (a) => a.health.kind === 'needs_reconnect' || a.paused !== null || endOf(a) !== null,
    );
    known.set(accounts, may);
  }
  return may;
}

/**
 * A post that is to go out and cannot, since an account is signed out or paused or its calendar is paused;
 * said days ahead.
 */
export function haltOf(chip: Chip, session: Session): Halt | null {
  if (chip.status !== 'scheduled') return null;
  const stands = session.data?.calendars.some((c) => c.id === chip.calendarId && c.paused !== null);
  if (!stands && !mayHalt(session.accounts)) return null;
  const accounts = chip.targets.flatMap((x) => session.account(x.accountId) ?? []);
  const names = (which: typeof accounts) =>
    session.formats.list([...new Set(which.map((a) => session.networkName(a.network)))]);
  const out = accounts.filter((a) => a.health.kind === 'needs_reconnect');
  if (out.length > 0) return { kind: 'out', words: t('cal.signedOut', { networks: names(out) }) };
  const { at } = chip;
  const over = accounts.filter((a) => at !== null && (endOf(a) ?? Infinity) <= at);
  if (over.length > 0)
    return { kind: 'out', words: t('cal.endsBefore', { networks: names(over) }) };
  const paused = accounts.filter((a) => a.paused !== null);
  if (paused.length > 0)
    return { kind: 'paused', words: t('cal.paused', { networks: names(paused) }) };
  return stands ? { kind: 'paused', words: t('cal.pausedCalendar') } : null;
}

/** What is read out on a chip: "09:05, Bluesky and Folder, Spring sale, scheduled, 2 of 3". */
export function chipLabel(
  chip: Chip,
  time: string,
  k: number,
  n: number,
  selected: boolean,
  halt: Halt | null,
  session: Session,
): string {
  const names: string[] = [];
  for (const { accountId } of chip.targets) {
    const name = session.networkName(session.account(accountId)?.network ?? '');
    if (!names.includes(name)) names.push(name);
  }
  const status = t(`status.${chip.status}`);
  const holes = {
    networks: names.length > 0 ? session.formats.list(names) : t('common.noAccount'),
    words: chip.words || t('common.noWords'),
    status: halt ? `${status}, ${halt.words}` : status,
    k,
    n,
  };
  const label =
    chip.at === null
      ? t('cal.chipShelf', holes)
      : t('cal.chip', { ...holes, time: time || t('cal.noTime') });
  return selected ? t('cal.chipSelected', { label }) : label;
}
