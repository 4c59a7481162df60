/** Programs that ask for access over a world in memory; one that is registered asks at once. */
import { ApiError, type AccessAsk, type AccessProgram } from '$lib/api';
import type { DemoWorld, Handlers } from './commands';

export function accessCommands(world: DemoWorld): Handlers {
  let programs: AccessProgram[] = [];
  let asks: (AccessAsk & { program: string })[] = [];
  let made = 0;
  return {
    'access.list': ({ id }) => {
      const own = programs.filter((program) => program.workspaceId === id);
      const names = own.map((program) => program.id);
      return {
        programs: own,
        asks: asks
          .filter((ask) => names.includes(ask.program))
          .map(({ id: ask, name, redirectUri, role }) => ({ id: ask, name, redirectUri, role })),
      };
    },
    'access.register': ({ workspaceId, name, redirectUri }) => {
      if (name.trim() === '') throw new ApiError('validation', 'It needs a name.', 'name');
      if (!/^https:\/\/[^/#]+[^#]*$/.test(redirectUri)) {
        throw new ApiError('validation', 'The address has to begin with https://.', 'redirectUri');
      }
      made += 1;
      const program: AccessProgram = {
        id: `program${made}`,
        workspaceId,
        name: name.trim(),
        redirectUri,
        createdAt: world.now(),
        granted: 0,
        lastUsedAt: null,
      };
      programs = [program, ...programs];
      const ask = { id: `ask-${made}`, name: program.name, redirectUri, role: 'editor' as const };
      asks = [...asks, { ...ask, program: program.id }];
      world.changed('key', [program.id]);
      return { value: { program, secret: `as_${'0'.repeat(64)}` }, undo: null, notes: [] };
    },
    'access.remove': ({ id }) => {
      programs = programs.filter((program) => program.id !== id);
      asks = asks.filter((ask) => ask.program !== id);
      world.changed('key', [id]);
      return { value: {}, undo: null, notes: [] };
    },
    'access.answer': ({ id, yes }) => {
      const ask = asks.find((one) => one.id === id);
      if (!ask) throw new ApiError('conflict', 'Nobody asks for this any more.');
      asks = asks.filter((one) => one.id !== id);
      programs = programs.map((program) =>
        program.id === ask.program && yes ? { ...program, granted: program.granted + 1 } : program,
      );
      world.changed('key', [ask.program]);
      return { value: {}, undo: null, notes: [] };
    },
  };
}
