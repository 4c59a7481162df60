/** Keys of other programs over a world in memory. */
import { ApiError, type ApiKey } from '$lib/api';
import type { DemoWorld, Handlers } from './commands';

export function programCommands(world: DemoWorld): Handlers {
  let keys: ApiKey[] = [];
  let made = 0;
  return {
    'keys.list': ({ id }) => ({ keys: keys.filter((key) => key.workspaceId === id) }),
    'keys.create': ({ workspaceId, name, role, expiresAt }) => {
      if (name.trim() === '') throw new ApiError('validation', 'It needs a name.', 'name');
      made += 1;
      const tail = `cafe${String(made).padStart(4, '0')}`;
      const key: ApiKey = {
        id: `key-${made}`,
        workspaceId,
        name: name.trim(),
        tail,
        role,
        permissions: [],
        createdAt: world.now(),
        expiresAt,
        lastUsedAt: null,
        revokedAt: null,
      };
      keys = [key, ...keys];
      world.changed('key', [key.id]);
      return { value: { key, secret: `ak_${'0'.repeat(56)}${tail}` }, undo: null, notes: [] };
    },
    'keys.revoke': ({ id }) => {
      keys = keys.map((key) => (key.id === id ? { ...key, revokedAt: world.now() } : key));
      world.changed('key', [id]);
      return { value: {}, undo: null, notes: [] };
    },
  };
}
