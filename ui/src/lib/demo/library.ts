import {
  ApiError,
  type FileQuery,
  type Id,
  type MediaImported,
  type MediaInfo,
  type Post,
} from '$lib/api';
import type { DemoWorld, Handlers } from './commands';
import { chipOf } from './state';

const NAMES = ['beach', 'market', 'workshop', 'portrait', 'cover', 'studio', 'spring', 'letter'];
const SIZES = [
  [1600, 1200],
  [1200, 1600],
  [1920, 1080],
] as const;

/** A file by its name: the name says what it is and whether it is lost. */
function fileOf(id: Id, name: string, nth: number): MediaInfo {
  const [width, height] = SIZES[nth % SIZES.length] ?? [];
  const video = /\.(mp4|mov|webm)$/.test(name);
  const document = name.endsWith('.pdf');
  const picture = name.endsWith('.jpg') ? 'image/jpeg' : 'image/png';
  return {
    id,
    name,
    mime: video ? 'video/mp4' : document ? 'application/pdf' : picture,
    bytes: 240_000 + nth * 1_000,
    width: document ? null : (width ?? null),
    height: document ? null : (height ?? null),
    clip: video
      ? { lengthMs: 83_000, frameRate: 25_000, codec: 'h264', sound: 'aac', located: false }
      : null,
    document: document ? { pages: 12 + nth, locked: false } : null,
    missing: name.startsWith('lost'),
    moving: name.endsWith('.gif'),
    alt: '',
    labels: [],
    rights: '',
    importedAt: Date.parse('2026-05-01T08:00:00Z') + nth * 60_000,
    used: 0,
  };
}

/** So many files, the last one the newest. */
export function seedFiles(count: number): Map<Id, MediaInfo> {
  const files = new Map<Id, MediaInfo>();
  for (let n = 0; n < count; n += 1) {
    const id = n.toString(16).padStart(64, '0');
    const end = n % 11 === 7 ? 'mp4' : n % 17 === 9 ? 'pdf' : n % 13 === 5 ? 'gif' : 'jpg';
    const file = fileOf(id, `${NAMES[n % NAMES.length] ?? ''}-${n + 1}.${end}`, n);
    files.set(id, { ...file, labels: n % 5 === 0 ? ['Shop'] : [] });
  }
  return files;
}

/** A picture for a plain browser: a sky whose colour follows from the file. */
export function pictureOf(path: string): string {
  const id = path.split('/').find((part) => part.length === 64) ?? '';
  const hue = (parseInt(id.slice(-4), 16) * 47) % 360 || 30;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120"><rect width="160" height="120" fill="hsl(${hue} 45% 72%)"/><circle cx="${40 + (hue % 80)}" cy="42" r="18" fill="hsl(${(hue + 40) % 360} 80% 88%)"/><path d="M0 96 L50 60 L96 92 L126 70 L160 96 V120 H0Z" fill="hsl(${hue} 30% 38%)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const sortOf = (f: MediaInfo) =>
  f.mime.startsWith('video/')
    ? 'video'
    : !f.mime.startsWith('image/')
      ? 'document'
      : f.moving
        ? 'moving'
        : 'picture';

/** The commands of the library over a world in memory. */
export function libraryCommands(world: DemoWorld): Handlers {
  const { files, posts } = world;
  const binned = new Set<Id>();

  const postsWith = (id: Id): Post[] =>
    [...posts.posts.values()].filter(
      (p) => p.deletedAt === null && p.segments.some((s) => s.media.some((m) => m.mediaId === id)),
    );
  const told = (file: MediaInfo): MediaInfo => ({ ...file, used: postsWith(file.id).length });
  const get = (id: Id): MediaInfo => {
    const file = files.get(id);
    if (!file || binned.has(id))
      throw new ApiError('not_found', 'This file is not there any more.');
    return file;
  };

  function matching(query: FileQuery): MediaInfo[] {
    const words = query.words.toLowerCase().split(/\s+/).filter(Boolean);
    const used = new Map<Id, number>();
    for (const p of posts.posts.values())
      if (p.deletedAt === null)
        for (const id of new Set(p.segments.flatMap((s) => s.media.map((m) => m.mediaId))))
          used.set(id, (used.get(id) ?? 0) + 1);
    const uses = (f: MediaInfo) => used.get(f.id) ?? 0;
    const found = [...files.values()].filter((f) => {
      const text = [f.name, ...f.labels, f.alt].join('\n').toLowerCase();
      return (
        !binned.has(f.id) &&
        words.every((w) => text.includes(w)) &&
        (query.sorts.length === 0 || query.sorts.includes(sortOf(f))) &&
        (query.usage === null || (query.usage === 'used') === uses(f) > 0) &&
        (query.label === null || f.labels.includes(query.label)) &&
        (query.usedIn === null || postsWith(f.id).some((p) => p.id === query.usedIn)) &&
        (query.fits === null || sortOf(f) !== 'document')
      );
    });
    const newest = (a: MediaInfo, b: MediaInfo) => b.importedAt - a.importedAt;
    const orders = {
      newest,
      name: (a: MediaInfo, b: MediaInfo) => a.name.localeCompare(b.name),
      largest: (a: MediaInfo, b: MediaInfo) => b.bytes - a.bytes,
      unused_first: (a: MediaInfo, b: MediaInfo) =>
        Number(uses(a) > 0) - Number(uses(b) > 0) || newest(a, b),
    };
    return found.toSorted(orders[query.order]);
  }

  /** Takes files in by name; a name stands for its bytes, so the same one is the same file. */
  function take(names: string[]): MediaImported {
    const good = names.filter((name) => !name.startsWith('broken'));
    let joined = 0;
    const taken = good.map((name) => {
      const id = `media-${name}`;
      const known = files.get(id);
      if (known && !binned.has(id)) joined += 1;
      const file = known ?? fileOf(id, name, files.size);
      files.set(id, file);
      binned.delete(id);
      return told(file);
    });
    const refused = names
      .filter((name) => name.startsWith('broken'))
      .map((name) => ({ name, message: 'This picture is damaged and cannot be read.' }));
    if (taken.length > 0)
      world.changed(
        'media',
        taken.map((f) => f.id),
      );
    return { files: taken, refused, joined, left: 0 };
  }

  /** Changes files in one step that can be undone. */
  function change(words: string, ids: Id[], to: (file: MediaInfo) => MediaInfo) {
    const before = ids.flatMap((id) => files.get(id) ?? []);
    const after = before.map(to);
    const put = (all: MediaInfo[]) => {
      for (const f of all) files.set(f.id, f);
      world.changed('media', ids);
    };
    put(after);
    let done = true;
    return posts.note(words, () => {
      put(done ? before : after);
      done = !done;
    });
  }

  return {
    'media.import': ({ paths }) => take(paths.map((path) => path.split('/').at(-1) ?? path)),
    'media.import_bytes': ({ name }) => take([name]),
    'media.import_address': ({ url }) => {
      if (!/^https?:\/\//.test(url))
        throw new ApiError(
          'validation',
          'That is not the address of a file on the web. It begins with https://.',
          'url',
        );
      return take([url.split('/').at(-1) ?? 'file.png']);
    },
    'media.import_stop': () => ({}),
    'media.importing': () => ({ files: 0, done: 0, bytes: 0, read: 0, name: '', making: null }),
    'media.making_stop': () => ({}),
    'media.captions': ({ path }) => ({
      language: /\.([a-z]{2,3})\.\w+$/.exec(path)?.[1] ?? null,
      cues: [{ fromMs: 500, toMs: 2_500, text: 'Down by the harbour' }],
    }),
    'media.list': ({ query, offset, limit }) => {
      const found = matching(query);
      const counts = new Map<string, number>();
      for (const f of files.values())
        for (const label of binned.has(f.id) ? [] : f.labels)
          counts.set(label, (counts.get(label) ?? 0) + 1);
      return {
        files: found.slice(offset, offset + limit).map(told),
        total: found.length,
        whole: files.size - binned.size,
        labels: [...counts].map(([label, n]) => ({ label, files: n })),
      };
    },
    'media.ids': (query) => matching(query).map((f) => f.id),
    'media.info': ({ ids }) =>
      ids.map((id) => told(files.get(id) ?? fileOf(id, id.slice(0, 12), files.size))),
    'media.uses': ({ id }) => {
      const using = postsWith(id);
      return { chips: using.map(chipOf), total: using.length };
    },
    'media.fits': ({ id, workspaceId }) =>
      world.boot.accounts
        .filter((a) => a.workspaceId === workspaceId)
        .map((a) => {
          const name = world.boot.catalogue.find((n) => n.key === a.network)?.name ?? a.network;
          const problems =
            sortOf(get(id)) === 'document'
              ? [
                  {
                    severity: 'error' as const,
                    rule: 'media_kind',
                    message: `${name} does not take this kind of file from Almanac.`,
                    accountId: a.id,
                    segment: 0,
                    fixes: [],
                  },
                ]
              : [];
          return { accountId: a.id, kind: null, kindName: null, problems };
        }),
    'media.place': ({ id }) => ({ path: `/home/ana/Almanac/media/${id.slice(0, 8)}` }),
    'media.save_copy': () => ({}),
    'media.describe': ({ id, name, alt, rights }) => {
      const file = get(id);
      const next = {
        ...file,
        name: name ?? file.name,
        alt: alt ?? file.alt,
        rights: rights ?? file.rights,
      };
      const undo = change(`Described "${next.name}"`, [id], () => next);
      return { value: told(next), undo, notes: [] };
    },
    'media.label': ({ ids, add, remove }) => {
      const undo = change('Changed labels', ids, (f) => ({
        ...f,
        labels: [...new Set([...f.labels.filter((l) => !remove.includes(l)), ...add])],
      }));
      return { value: {}, undo, notes: [] };
    },
    'media.remove': ({ ids }) => {
      const needs = (id: Id) => postsWith(id).find((p) => p.status === 'scheduled');
      const sentence = (id: Id) =>
        `"${get(id).name}" was not deleted: "${needs(id)?.segments[0]?.text ?? ''}" still has to go out with it. Take it off there first.`;
      const [kept, removed] = [ids.filter(needs), ids.filter((id) => !needs(id))];
      const [first] = kept;
      if (removed.length === 0 && first) throw new ApiError('conflict', sentence(first));
      const turn = () => {
        for (const id of removed) if (!binned.delete(id)) binned.add(id);
        world.changed('media', removed);
      };
      const notes = kept.map(sentence);
      turn();
      return {
        value: {
          removed,
          kept: kept.map((id) => ({ id, name: get(id).name, message: sentence(id) })),
        },
        undo: posts.note(`Deleted ${removed.length} files`, turn),
        notes,
      };
    },
  };
}
