import type { Chip, Id, ShownStatus } from '$lib/api';

/** What is shown; an empty part filters nothing. */
export interface Filters {
  text: string;
  accounts: Id[];
  networks: string[];
  statuses: ShownStatus[];
  labels: string[];
}

export const NO_FILTERS: Filters = {
  text: '',
  accounts: [],
  networks: [],
  statuses: [],
  labels: [],
};

export const STATUSES: ShownStatus[] = [
  'draft',
  'in_review',
  'approved',
  'scheduled',
  'placed',
  'publishing',
  'unconfirmed',
  'your_turn',
  'published',
  'partly_published',
  'failed',
  'missed',
  'cancelled',
];

export function isFiltering(f: Filters): boolean {
  return (
    f.text.trim() !== '' ||
    f.accounts.length + f.networks.length + f.statuses.length + f.labels.length > 0
  );
}

/**
 * Parts combine: any of the accounts, and any of the statuses, and so on. The same list when nothing filters.
 * `found` are posts that have the words beyond what a chip shows.
 */
export function applyFilters(
  list: readonly Chip[],
  f: Filters,
  networkOf: (account: Id) => string,
  found: ReadonlySet<Id> = new Set(),
): readonly Chip[] {
  if (!isFiltering(f)) return list;
  const text = f.text.trim().toLowerCase();
  const accounts = new Set(f.accounts);
  const networks = new Set(f.networks);
  const statuses = new Set(f.statuses);
  const labels = new Set(f.labels);
  return list.filter(
    (c) =>
      (statuses.size === 0 || statuses.has(c.status)) &&
      (accounts.size === 0 || c.targets.some((t) => accounts.has(t.accountId))) &&
      (networks.size === 0 || c.targets.some((t) => networks.has(networkOf(t.accountId)))) &&
      (labels.size === 0 || c.labels.some((l) => labels.has(l))) &&
      (text === '' || c.words.toLowerCase().includes(text) || found.has(c.id)),
  );
}

/** Reads remembered filters; anything that no longer fits is dropped. */
export function readFilters(value: unknown): Filters {
  const v = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const strings = (x: unknown) =>
    Array.isArray(x) ? x.filter((s): s is string => typeof s === 'string') : [];
  return {
    text: typeof v.text === 'string' ? v.text : '',
    accounts: strings(v.accounts),
    networks: strings(v.networks),
    statuses: strings(v.statuses).filter((s): s is ShownStatus =>
      (STATUSES as string[]).includes(s),
    ),
    labels: strings(v.labels),
  };
}
