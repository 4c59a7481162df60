import { describe, expect, it } from 'vitest';
import { accounts } from '$lib/demo/seed';
import { catalogue } from '$lib/demo/networks';
import { atPages, filledIn, knownValues, lackingFields, redirectAddresses, wayOf } from './ways';

const entry = (key: string) => {
  const found = catalogue.find((n) => n.key === key);
  if (!found) throw new Error(key);
  return found;
};
const account = { ...(accounts[0] as (typeof accounts)[0]), server: 'https://a.example' };

describe('the address to register', () => {
  it('is every fixed port, the pasted one, or none where any port is taken', () => {
    const here = { kind: 'loopback' as const, host: 'localhost', path: '/back' };
    expect(redirectAddresses({ ...here, ports: [8080, 8081] })).toEqual([
      'http://localhost:8080/back',
      'http://localhost:8081/back',
    ]);
    expect(redirectAddresses({ ...here, ports: [0] })).toEqual([]);
    expect(redirectAddresses({ kind: 'pasted', address: 'https://a.example/b' })).toEqual([
      'https://a.example/b',
    ]);
  });
});

describe('the way to sign in', () => {
  it('is the one used last, the one the account tells, or the first', () => {
    const mastodon = entry('mastodon');
    expect(wayOf(mastodon, account, undefined)?.key).toBe('oauth');
    expect(wayOf(mastodon, account, 'token')?.key).toBe('token');
    expect(wayOf(mastodon, { ...account, settings: { method: 'token' } }, 'gone')?.key).toBe(
      'token',
    );
    expect(wayOf({ ...mastodon, signIn: { methods: [] } }, null, undefined)).toBeNull();
  });

  it('starts with what is known of the account', () => {
    const settings = { chat: '@paper', port: 8080, files: true, list: ['no'] };
    expect(knownValues({ ...account, settings })).toEqual({
      identifier: 'ana.example.com',
      handle: 'ana.example.com',
      server: 'https://a.example',
      chat: '@paper',
      port: '8080',
      files: 'true',
    });
  });

  it('lacks what is empty, unless it is kept', () => {
    const way = entry('x').signIn.methods[0];
    if (!way) throw new Error('no way');
    const names = (kept: { fields: Record<string, string>; secrets: string[] } | null) =>
      lackingFields(way, { clientId: ' ' }, kept).map((f) => f.name);
    expect(names(null)).toEqual(['clientId', 'clientSecret']);
    expect(names({ fields: {}, secrets: ['clientSecret'] })).toEqual(['clientId']);
  });

  it('tells fields that were emptied, and no secrets', () => {
    const way = entry('x').signIn.methods[0] ?? null;
    const none = { clientId: '' };
    expect(filledIn(way, { clientSecret: '' })).toEqual({ fields: none, secrets: {} });
    expect(filledIn(way, { clientId: 'a', clientSecret: 'b', other: 'c' })).toEqual({
      fields: { clientId: 'a' },
      secrets: { clientSecret: 'b' },
    });
    expect(filledIn(null, none)).toEqual({ fields: {}, secrets: {} });
  });
});

describe('a step of the guide', () => {
  const pages = (step: string, redirects: string[] = []) => {
    const pieces = atPages(step, redirects);
    expect(pieces.map((p) => p.text).join('')).toBe(step);
    return pieces.flatMap((p) => p.page ?? []);
  };

  it('is cut at the pages it names, without the stop that ends the sentence', () => {
    expect(pages('Open https://a.example/x?y=1, then https://b.example.')).toEqual([
      'https://a.example/x?y=1',
      'https://b.example',
    ]);
    expect(pages('Open developers.a.com, My apps, or a.com/token: copy it.')).toEqual([
      'https://developers.a.com',
      'https://a.com/token',
    ]);
    expect(pages('')).toEqual([]);
  });

  it('leaves names, scopes and addresses to register as they are', () => {
    expect(
      pages('Enter mastodon.social or @ana@paper.mastodon.social. Tick read:accounts.'),
    ).toEqual([]);
    const back = 'https://www.a.com/done.html';
    expect(
      pages(`Add http://localhost:8085/ and http://127.0.0.1:1/b and ${back}`, [back]),
    ).toEqual([]);
  });
});
