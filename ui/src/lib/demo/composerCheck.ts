/** How the program in memory looks at a draft: enough of the real rules to write against. */
import type {
  Account,
  Checked,
  CheckedSegment,
  Entry,
  Fix,
  Measure,
  Post,
  PostCheck,
  Problem,
  ResolvedPlace,
  Segment,
  TextSpan,
} from '$lib/api';
import { place as resolve, wallAt } from '$lib/time';
import type { DemoWorld } from './commands';
import { standsAt } from './state';
import { putIntoLinks } from './writing';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const MONTH = 30 * 86_400_000;

export function measure(entry: Entry, text: string): Measure {
  const { max, maxBytes } = entry.text;
  let used = 0;
  let bytes = 0;
  let overFrom: number | null = null;
  for (const { segment, index } of graphemes.segment(text)) {
    used += 1;
    bytes += new TextEncoder().encode(segment).length;
    const over = (max !== null && used > max) || (maxBytes !== null && bytes > maxBytes);
    if (over) overFrom ??= index;
  }
  return { used, limit: max, overFrom };
}

const SPANS = [
  ['link', /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/gu],
  ['mention', /(?<=^|\s)@[\w.-]+\.[\w-]+/gu],
  ['tag', /(?<=^|\s)#[\p{L}\p{N}_]+/gu],
] as const;

function spans(entry: Entry, text: string): TextSpan[] {
  if (entry.text.max === null) return [];
  return SPANS.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].map((m) => ({ kind, from: m.index, to: m.index + m[0].length })),
  ).toSorted((a, b) => a.from - b.from);
}

function checkedSegment(entry: Entry, segment: Segment, put: string | null): CheckedSegment {
  const found = spans(entry, segment.text);
  const link = found.find((s) => s.kind === 'link');
  const seen = {
    segment,
    measure: measure(entry, segment.text),
    spans: found,
    cardUrl: link ? segment.text.slice(link.from, link.to) : null,
    sent: null,
  };
  if (put === null || !link) return seen;
  const text = found
    .filter((s) => s.kind === 'link')
    .toReversed()
    .reduce((t, s) => t.slice(0, s.to) + put + t.slice(s.to), segment.text);
  const { used, limit, overFrom } = measure(entry, text);
  return {
    ...seen,
    measure: { used, limit, overFrom: overFrom === null ? null : segment.text.length },
    sent: { text, spans: spans(entry, text), overFrom },
  };
}

const isEmpty = (s: Segment) => s.text.trim() === '' && s.media.length === 0;

function accountProblems(account: Account, entry: Entry, parts: CheckedSegment[]): Problem[] {
  const out: Problem[] = [];
  const add = (
    severity: Problem['severity'],
    rule: string,
    segment: number | null,
    message: string,
    fixes: Fix[],
  ) => out.push({ severity, rule, message, accountId: account.id, segment, fixes });
  if (account.health.kind === 'needs_reconnect')
    add('error', 'reconnect', null, `${entry.name} signed you out.`, [{ kind: 'reconnect' }]);
  if (account.paused !== null)
    add('warning', 'paused', null, `${account.displayName} is paused: ${account.paused}`, [
      { kind: 'resume_account' },
    ]);
  if (parts.every((p) => isEmpty(p.segment))) {
    add('error', 'empty', 0, `There is nothing to post on ${entry.name} yet.`, [
      { kind: 'write_text' },
      { kind: 'add_media' },
    ]);
    return out;
  }
  parts.forEach(({ segment, measure: m }, i) => {
    if (isEmpty(segment))
      add('error', 'empty_segment', i, `Part ${i + 1} is empty.`, [{ kind: 'write_text' }]);
    if (m.overFrom !== null && m.limit !== null)
      add(
        'error',
        'text_too_long',
        i,
        `${entry.name} allows ${m.limit} characters; this has ${m.used}.`,
        [{ kind: 'split_thread' }, { kind: 'shorten', from: m.overFrom }],
      );
    segment.media.forEach((use, index) => {
      if (use.alt.trim() === '')
        add(
          'warning',
          'alt_missing',
          i,
          'A picture has no description for people who cannot see it.',
          [{ kind: 'add_alt', index }],
        );
    });
    const most = entry.images?.maxCount ?? 0;
    if (segment.media.length > most)
      add(
        'error',
        'too_many_images',
        i,
        `${entry.name} takes ${most} pictures in a post; this has ${segment.media.length}.`,
        [
          { kind: 'remove_extra', indexes: segment.media.map((_, n) => n).slice(most) },
          { kind: 'tailor' },
        ],
      );
  });
  return out;
}

/** The same words on the same account within a month. */
function repeats(world: DemoWorld, input: PostCheck, at: number): Problem[] {
  const says = (segments: readonly Segment[]) => segments.map((s) => s.text.trim()).join('\n');
  const mine = says(input.draft.segments);
  if (mine === '') return [];
  const close = (p: Post) => Math.abs((standsAt(p.when) ?? Infinity) - at) < MONTH;
  return input.draft.targets.flatMap((t) => {
    const twin = [...world.posts.posts.values()].find(
      (p) =>
        p.id !== input.id &&
        p.deletedAt === null &&
        says(p.segments) === mine &&
        p.targets.some((x) => x.accountId === t.accountId) &&
        close(p),
    );
    if (!twin) return [];
    return [
      {
        severity: 'warning' as const,
        rule: 'repeated',
        message: 'The same text goes to this account twice within a month.',
        accountId: t.accountId,
        segment: null,
        fixes: [{ kind: 'tailor' as const }],
      },
    ];
  });
}

export function resolvePlace(world: DemoWorld, place: PostCheck['place']): ResolvedPlace | null {
  if (!place || place.kind === 'shelf') return null;
  const zone = place.zone ?? world.posts.zone;
  const now = wallAt(world.now(), zone);
  const hour = Math.min(23, Number(now.time.slice(0, 2)) + 1);
  const [date = '', time = ''] =
    place.kind === 'wall'
      ? place.wall.split('T')
      : [place.date, place.date === now.date ? `${String(hour).padStart(2, '0')}:00` : '09:00'];
  const placed = resolve(date, time.slice(0, 5), zone);
  const notes = {
    gap: `The clocks go forward that night: ${time.slice(0, 5)} does not exist, so it goes out at ${placed.wall.time}.`,
    twice: `The clocks go back that night: ${time.slice(0, 5)} comes twice, and it goes out the first time.`,
  };
  return {
    at: placed.at,
    wall: `${placed.wall.date}T${placed.wall.time}:00`,
    zone,
    clockChange: placed.note === 'gap' ? 'gap' : placed.note === 'twice' ? 'fold' : 'none',
    past: placed.at < world.now(),
    note: placed.note ? notes[placed.note] : null,
  };
}

/** Options that have to be set, and are not. */
function optionProblems(account: Account, entry: Entry, options: Record<string, unknown>) {
  const value = (name: string) =>
    options[name] ?? entry.options.find((o) => o.name === name)?.default ?? null;
  const missing = entry.options.filter((o) => {
    const shown = !o.when || o.when.values.includes(value(o.when.option));
    const set = value(o.name);
    return o.required && shown && (set === null || String(set).trim() === '');
  });
  return missing.map((o): Problem => ({
    severity: 'error',
    rule: 'option_missing',
    message: `${entry.name} needs "${o.label}" chosen.`,
    accountId: account.id,
    segment: null,
    fixes: [{ kind: 'set_option', name: o.name }],
  }));
}

export function checkDraft(world: DemoWorld, input: PostCheck): Checked {
  const problems: Problem[] = [];
  const accounts = input.draft.targets.flatMap((target) => {
    const account = world.boot.accounts.find((a) => a.id === target.accountId);
    const entry = world.boot.catalogue.find((e) => e.key === account?.network);
    if (!account || !entry) return [];
    const put = putIntoLinks(world.boot.writing[account.workspaceId]?.links, entry.key);
    const parts = (target.overrideSegments ?? input.draft.segments).map((s) =>
      checkedSegment(entry, s, put),
    );
    if (parts.length > 1 && !entry.publishes.thread)
      problems.push({
        severity: 'error',
        rule: 'no_threads',
        message: `${entry.name} takes one post at a time, and this has ${parts.length}.`,
        accountId: account.id,
        segment: null,
        fixes: [{ kind: 'join_parts' }, { kind: 'tailor' }],
      });
    problems.push(...accountProblems(account, entry, parts));
    problems.push(...optionProblems(account, entry, target.options));
    return [{ accountId: account.id, segments: parts, cost: null, costs: null, videos: [] }];
  });
  if (accounts.length === 0)
    problems.push({
      severity: 'error',
      rule: 'no_account',
      message: 'It goes nowhere yet: choose an account.',
      accountId: null,
      segment: null,
      fixes: [{ kind: 'add_account' }],
    });
  const resolved = resolvePlace(world, input.place);
  if (resolved?.past)
    problems.push({
      severity: 'error',
      rule: 'past',
      message: 'That is in the past.',
      accountId: null,
      segment: null,
      fixes: [],
    });
  problems.push(...repeats(world, input, resolved?.at ?? world.now()));
  problems.sort((a, b) => a.severity.localeCompare(b.severity));
  const first = problems.find((p) => p.severity === 'error');
  return {
    problems,
    accounts,
    blocked: first?.message ?? null,
    resolved,
  };
}
