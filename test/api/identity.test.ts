import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInitData } from '../../backend/src/adapters/telegram/init-data.ts';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { BOT_TOKEN, signInitData, startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';

const routes: [string, Route][] = Object.entries(api);
const userOf = (id: number, fields: object = {}): Record<string, string> => ({
  user: JSON.stringify({ id, first_name: 'Ann', ...fields }),
});

describe('Who a person is', () => {
  let test: TestWorld;
  beforeAll(async () => {
    test = await startWorld();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const signIn = async (id: number, fields: object): Promise<string> => {
    const { status, body, text } = await test.nobody.post('/auth/telegram', { initData: signInitData(userOf(id, fields)) });
    if (status !== 200) throw new Error(text);
    return body.token;
  };

  it('stays who they are when somebody else takes their @username, and loses nothing when they change it (S4)', async () => {
    const first = await signIn(60, { username: 'captain', first_name: 'Olga' });
    const added = { name: 'mine', host: 'example.com', username: 'root', authMethod: 'generated' };
    const { body: server } = await test.request('POST', '/servers', { token: first, body: added });
    const renamed = await signIn(60, { username: 'captain_olga', first_name: 'Olga' });
    const heir = await signIn(61, { username: 'captain', first_name: 'Olga', photo_url: 'https://t.me/i/olga.svg' });
    expect((await test.request('GET', `/servers/${server.id}`, { token: renamed })).body.role).toBe('owner');
    expect((await test.request('GET', `/servers/${server.id}`, { token: heir })).status).toBe(404);
    expect((await test.request('GET', '/servers', { token: heir })).body.servers).toEqual([]);
  });

  it.each([
    ['a signature of Telegram for third parties alone', (raw: string) => raw.replace(/&hash=[0-9a-f]+/, `&signature=${'A'.repeat(86)}`)],
    ['a hash that is empty beside such a signature', (raw: string) => raw.replace(/hash=[0-9a-f]+/, `hash=&signature=${'A'.repeat(86)}`)],
    [
      'what another bot was given, with its signature',
      () => signInitData({ ...userOf(60), signature: 'B'.repeat(86) }, { botToken: '1:of-another-bot' }),
    ],
    ['a hash over everything but the signature', (raw: string) => `${raw}&signature=${'C'.repeat(86)}`],
  ])('is not believed for %s: only the hash of our own bot counts (S6)', async (_what, change) => {
    const raw = change(signInitData(userOf(60)));
    expect(() => readInitData(raw, { botToken: BOT_TOKEN, maxAgeSeconds: 3600, now: Date.now() })).toThrow(
      expect.objectContaining({ code: 'auth.init_data_invalid' }),
    );
    expect((await test.nobody.post('/auth/telegram', { initData: raw })).status).toBe(401);
  });

  it('is sent in a body only: initData in an address or a header signs nobody in, and stays out of the log (S3)', async () => {
    const initData = signInitData({ ...userOf(62), query_id: 'canary-query-id-0001' });
    const query = new URLSearchParams({ initData }).toString();
    expect((await test.nobody.post(`/auth/telegram?${query}`, {})).status).toBe(400);
    expect((await test.request('GET', `/me?${query}`)).status).toBe(401);
    expect((await test.request('GET', '/me', { headers: { authorization: `tma ${initData}` } })).body.code).toBe('auth.token_invalid');
    expect((await test.nobody.post('/auth/telegram', { initData })).status).toBe(200);
    expect((await test.nobody.post('/auth/telegram', { initData: initData.replace('Ann', 'Bnn') })).status).toBe(401);
    const stored = JSON.stringify([
      await test.world.db.selectFrom('audit').selectAll().execute(),
      await test.world.db.selectFrom('session').selectAll().execute(),
    ]);
    const hash = new URLSearchParams(initData).get('hash') ?? '';
    for (const secret of [initData, encodeURIComponent(initData), hash, 'canary-query-id-0001']) {
      expect(stored + test.logged()).not.toContain(secret);
    }
  });
});

describe('Super-admins', () => {
  const closed = routes.filter(([, { access }]) => access === 'super');

  it('are nobody where the configuration names nobody, not even the first to sign in (S9)', async () => {
    await using test = await startWorld({ env: { SUPER_ADMIN_IDS: '' } });
    const first = await test.person(SUPER_ADMIN);
    expect((await first.get('/me')).body.isSuperAdmin).toBe(false);
    for (const [name, { method, path }] of closed) {
      const answer = await test.request(method.toUpperCase(), path.replace(/:\w+/g, 'x'), { token: first.token });
      expect([answer.status, answer.body.code], name).toEqual([403, 'auth.super_admin_only']);
    }
  });

  it('are made by no operation: nothing that is taken names them (S9)', async () => {
    await using test = await startWorld({ env: { SUPER_ADMIN_IDS: '' } });
    const initData = signInitData(userOf(5, { isSuperAdmin: true, is_super_admin: true }));
    const { body } = await test.nobody.post('/auth/telegram', { initData });
    expect(body.user.isSuperAdmin).toBe(false);
    expect((await test.nobody.post('/auth/telegram', { initData, isSuperAdmin: true })).status).toBe(400);
  });

  it('have, as such, no right on anybody’s server (S9)', async () => {
    await using test = await startWorld();
    const owner = await test.person(1);
    const added = { name: 'mine', host: 'example.com', username: 'root', authMethod: 'generated' };
    const { id } = (await owner.post('/servers', added)).body;
    const superAdmin = await test.person(SUPER_ADMIN);
    expect((await superAdmin.get(`/servers/${id}`)).status).toBe(404);
    expect((await superAdmin.get('/servers')).body.servers).toEqual([]);
  });
});

describe('Every operation that asks for step-up', () => {
  let test: TestWorld;
  let owner: Person;
  let serverId: string;
  beforeAll(async () => {
    test = await startWorld({ env: { SUPER_ADMIN_IDS: '1' } });
    owner = await test.person(1);
    const place = { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' };
    serverId = (await owner.post('/servers', place)).body.id;
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it.each(routes.filter(([, { stepUp }]) => stepUp))('%s answers 403 without it, before it reads the body (S8)', async (_name, route) => {
    const path = route.path.replace(':id', serverId).replace(/:\w+/g, 'x');
    for (const headers of [{}, { 'x-step-up': '' }, { 'x-step-up': 'A'.repeat(43) }, { 'x-step-up': owner.token }]) {
      const { status, body } = await owner.post(path, { nonsense: true }, headers);
      expect([status, body.code]).toEqual([403, 'auth.step_up_required']);
    }
  });
});
