import type { Chip } from '$lib/api';
import type { Session } from '$lib/state/session.svelte';
import { t } from '$lib/words';

/** What is read out on a chip: "09:05, Bluesky and Folder, Spring sale, scheduled, 2 of 3". */
export function chipLabel(
  chip: Chip,
  time: string,
  k: number,
  n: number,
  selected: boolean,
  session: Session,
): string {
  const names = [
    ...new Set(
      chip.targets.map((x) => session.networkName(session.account(x.accountId)?.network ?? '')),
    ),
  ];
  const holes = {
    networks: names.length > 0 ? session.formats.list(names) : t('common.noAccount'),
    words: chip.words || t('common.noWords'),
    status: t(`status.${chip.status}`),
    k,
    n,
  };
  const label =
    chip.at === null
      ? t('cal.chipShelf', holes)
      : t('cal.chip', { ...holes, time: time || t('cal.noTime') });
  return selected ? t('cal.chipSelected', { label }) : label;
}
