/** Hashtag groups and parameters of links over a world in memory. */
import { ApiError, type LinkRules, type TagGroup, type Writing } from '$lib/api';
import type { DemoWorld, Handlers } from './commands';

export function writingCommands(world: DemoWorld): Handlers {
  const of = (id: string): Writing =>
    world.boot.writing[id] ?? {
      tagGroups: [],
      links: { networks: {}, except: [] },
      watermark: null,
    };
  const keep = (id: string, change: Partial<Writing>, words: string) => {
    const value = { ...of(id), ...change };
    world.boot = { ...world.boot, writing: { ...world.boot.writing, [id]: value } };
    world.changed('settings', ['']);
    return { value, undo: { id: world.now(), words, at: world.now() }, notes: [] };
  };
  const groups = (id: string, next: TagGroup[], words: string) =>
    keep(id, { tagGroups: next.toSorted((a, b) => a.name.localeCompare(b.name)) }, words);

  return {
    'writing.get': ({ id }) => of(id),
    'writing.put_tags': ({ workspaceId, was, group }) => {
      const others = of(workspaceId).tagGroups.filter((g) => g.name !== was);
      if (group.name.trim() === '') throw new ApiError('validation', 'It needs a name.', 'name');
      if (others.some((g) => g.name.toLowerCase() === group.name.toLowerCase()))
        throw new ApiError('validation', 'There is a group with that name already.', 'name');
      if (group.tags.length === 0)
        throw new ApiError('validation', 'A group needs at least one hashtag.', 'tags');
      return groups(workspaceId, [...others, group], 'Hashtag group');
    },
    'writing.remove_tags': ({ workspaceId, name }) => {
      const left = of(workspaceId).tagGroups.filter((g) => g.name !== name);
      return groups(workspaceId, left, 'Removed a hashtag group');
    },
    'writing.set_watermark': ({ workspaceId, watermark }) => {
      const next = { ...of(workspaceId), watermark };
      return keep(workspaceId, next, 'Changed the watermark');
    },
    'writing.set_links': ({ workspaceId, rules }) => {
      for (const { source, medium, campaign } of Object.values(rules.networks))
        for (const found of `${source} ${medium} ${campaign}`.matchAll(/\{([^}]*)\}/g))
          if (!['network', 'account', 'date', 'title-slug'].includes(found[1] ?? ''))
            throw new ApiError('validation', `${found[0]} stands for nothing.`);
      return keep(workspaceId, { links: rules }, 'Changed the parameters of links');
    },
  };
}

/** What is put into links of a network, near enough to write against; null where nothing is. */
export function putIntoLinks(rules: LinkRules | undefined, network: string): string | null {
  const patterns = rules?.networks[network];
  if (!patterns) return null;
  const query = (['source', 'medium', 'campaign'] as const)
    .filter((field) => patterns[field] !== '')
    .map((field) => `utm_${field}=${patterns[field].replaceAll(/\{network\}/g, network)}`);
  return query.length > 0 ? `?${query.join('&')}` : null;
}
