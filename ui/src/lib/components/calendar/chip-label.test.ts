import { describe, expect, it } from 'vitest';
import type { Account } from '$lib/api';
import { createDemo } from '$lib/demo';
import { chipOf, postOf, whenAt } from '$lib/demo/state';
import { startApp } from '../../../test/render';
import { haltOf } from './chip-label';

/** A post of Thu 14 May, 9:00, on one account that is as told. */
async function halt(
  account: Partial<Account>,
  status: 'scheduled' | 'draft' = 'scheduled',
  paused: string | null = null,
) {
  const host = createDemo({ count: 0 });
  const { boot } = host.world;
  const [ana] = boot.accounts as [Account];
  const calendars = boot.calendars.map((c) => ({ ...c, paused }));
  host.world.boot = { ...boot, calendars, accounts: [{ ...ana, ...account }] };
  const { session } = await startApp(host);
  const when = whenAt('2026-05-14', '09:00', 'Europe/Berlin', true);
  return haltOf(chipOf(postOf({ id: 'p', accounts: [ana.id], when, status })), session);
}
const ends = (at: string) => ({ settings: { signInEnds: Date.parse(at) } });

describe('a coming post', () => {
  it('is told to wait where the sign-in ends before it', async () => {
    expect(await halt(ends('2026-05-13T12:00Z'))).toEqual({
      kind: 'out',
      words: 'the sign-in at Bluesky ends before',
    });
    expect(await halt(ends('2026-05-14T12:00Z'))).toBeNull();
    expect(await halt({})).toBeNull();
    expect(await halt(ends('2026-05-13T12:00Z'), 'draft')).toBeNull();
  });

  it('is told to wait where the account is signed out or paused', async () => {
    const health = { kind: 'needs_reconnect', reason: 'Revoked.', since: 0 } as const;
    expect((await halt({ health, ...ends('2026-05-13T12:00Z') }))?.words).toBe(
      'not connected to Bluesky',
    );
    expect((await halt({ paused: 'Holiday' }))?.words).toBe('Bluesky paused');
  });

  it('is told to wait where its calendar is paused', async () => {
    expect(await halt({}, 'scheduled', 'Moving')).toEqual({
      kind: 'paused',
      words: 'its calendar is paused',
    });
    expect((await halt({ paused: 'Holiday' }, 'scheduled', 'Moving'))?.words).toBe(
      'Bluesky paused',
    );
    expect(await halt({}, 'draft', 'Moving')).toBeNull();
  });
});
