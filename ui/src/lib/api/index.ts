import type { Host } from '$lib/host/types';
import type { CommandName, Input, Output } from './commands';
import type { Nothing } from './types';
import { ApiError } from './errors';

type AreaOf<N extends string> = N extends `${infer A}.${string}` ? A : never;
type VerbOf<N extends string, A extends string> = N extends `${A}.${infer V}` ? V : never;

type Call<N extends CommandName> =
  Nothing extends Input<N>
    ? (input?: Input<N>) => Promise<Output<N>>
    : (input: Input<N>) => Promise<Output<N>>;

/** `api.posts.move(req)` for the command `posts.move`; an empty input may be left out. */
export type Api = {
  [A in AreaOf<CommandName>]: {
    [V in VerbOf<CommandName, A>]: Call<Extract<CommandName, `${A}.${V}`>>;
  };
};

/** Wraps a host: every failure comes out as an `ApiError`. */
export function createApi(host: Host): Api {
  const call = async <N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> => {
    try {
      return await host.call(name, input);
    } catch (thrown) {
      throw ApiError.from(thrown);
    }
  };
  const area = (name: string) =>
    new Proxy(
      {},
      {
        get: (_, verb) => (input: unknown) =>
          call(`${name}.${String(verb)}` as CommandName, (input ?? {}) as never),
      },
    );
  return new Proxy({} as Api, { get: (_, name) => area(String(name)) });
}

export { ApiError } from './errors';
export type * from './types';
