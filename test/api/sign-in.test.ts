import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInitData } from '../../backend/src/adapters/telegram/init-data.ts';
import type { Clock } from '../../backend/src/lib/clock.ts';
import { BOT_TOKEN, signInitData, startWorld, SUPER_ADMIN, type TestWorld } from '../support/world.ts';

const USER = { user: JSON.stringify({ id: 42, first_name: 'Ann', username: 'ann', language_code: 'ru' }) };
const now = (): number => Math.floor(Date.now() / 1000);
const replaceHash = (signed: string, change: (hash: string) => string): string =>
  signed.replace(/hash=([0-9a-f]+)/, (_all, hash: string) => `hash=${change(hash)}`);

describe('Signing in with initData', () => {
  const read = (raw: string): string => readInitData(raw, { botToken: BOT_TOKEN, maxAgeSeconds: 3600, now: Date.now() }).id;

  it('believes what Telegram has signed, the signature field included (S1)', () => {
    expect(read(signInitData(USER))).toBe('42');
    expect(read(signInitData({ ...USER, signature: 'abc-_', query_id: 'AAE', start_param: 'srv_1', chat_type: 'private' }))).toBe('42');
    expect(read(signInitData({ user: '{"id":9007199254740991,"first_name":"\\u00e9 \\/ \\ud83d\\ude00"}' }))).toBe('9007199254740991');
  });

  it.each([
    ['one byte changed', signInitData(USER).replace('Ann', 'Bnn')],
    ['no hash', signInitData(USER).replace(/&hash=.*/, '')],
    ['an upper-case hash', replaceHash(signInitData(USER), (hash) => hash.toUpperCase())],
    ['a short hash', replaceHash(signInitData(USER), (hash) => hash.slice(1))],
    ['another bot', signInitData(USER, { botToken: '1:other-token-that-is-long-enough' })],
    ['a field added', `${signInitData(USER)}&chat_type=sender`],
    ['a field twice', `${signInitData(USER)}&user=%7B%22id%22%3A1%7D`],
    ['auth_date twice', `${signInitData(USER)}&auth_date=${now()}`],
    ['17 kB', signInitData({ ...USER, start_param: 'x'.repeat(17_000) })],
    ['no user', signInitData({ query_id: 'AAE' })],
    ['an id that is no safe integer', signInitData({ user: '{"id":9007199254740993,"first_name":"x"}' })],
    ['an id that is text', signInitData({ user: '{"id":"42","first_name":"x"}' })],
    ['a negative id', signInitData({ user: '{"id":-42,"first_name":"x"}' })],
    ['nothing', ''],
  ])('refuses %s (S1)', (_what, raw) => {
    expect(() => read(raw)).toThrow(expect.objectContaining({ code: 'auth.init_data_invalid' }));
  });

  it.each([
    [0, 'ok'],
    [-59 * 60, 'ok'],
    [-61 * 60, 'auth.init_data_expired'],
    [30, 'ok'],
    [600, 'auth.init_data_invalid'],
  ])('with an auth_date %i s from now: %s (S2)', (offset, expected) => {
    const attempt = (): string => read(signInitData(USER, { authDate: now() + offset }));
    if (expected === 'ok') expect(attempt()).toBe('42');
    else expect(attempt).toThrow(expect.objectContaining({ code: expected }));
  });

  it.each(['NaN', '-5', '1e9', ''])('refuses auth_date %s (S2)', (authDate) => {
    expect(() => read(signInitData(USER, { authDate }))).toThrow(expect.objectContaining({ code: 'auth.init_data_invalid' }));
  });
});

describe('Sessions (S7)', () => {
  let test: TestWorld;
  let time = Date.now();
  const clock: Clock = { now: () => time, monotonic: () => performance.now() };
  beforeAll(async () => {
    test = await startWorld({ overrides: { clock } });
  });
  afterAll(() => test[Symbol.asyncDispose]());
  const signIn = async (id: number): Promise<string> =>
    (
      await test.nobody.post('/auth/telegram', {
        initData: signInitData({ user: JSON.stringify({ id, first_name: 'Ann' }) }, { authDate: Math.floor(time / 1000) }),
      })
    ).body.token;
  const refresh = (token: string) => test.nobody.post('/auth/refresh', { token });

  it('answers who is signed in, and only super-admins named in the configuration are (S9)', async () => {
    const ann = await test.request('GET', '/me', { token: await signIn(42) });
    expect(ann.body).toMatchObject({ id: '42', firstName: 'Ann', isSuperAdmin: false });
    expect((await test.request('GET', '/me', { token: await signIn(SUPER_ADMIN) })).body.isSuperAdmin).toBe(true);
  });
  it('ends the token after 15 minutes and renews it, also when it has expired', async () => {
    const token = await signIn(42);
    time += 16 * 60_000;
    expect((await test.request('GET', '/me', { token })).body.code).toBe('auth.token_invalid');
    const { status, body } = await refresh(token);
    expect(status).toBe(200);
    expect((await test.request('GET', '/me', { token: body.token })).status).toBe(200);
  });
  it('is over after 2 idle hours, and after 12 hours in any case', async () => {
    const idle = await signIn(42);
    time += 2 * 3_600_000 + 1;
    expect((await refresh(idle)).body.code).toBe('auth.session_ended');
    let token = await signIn(42);
    for (let hour = 0; hour < 11; hour++) {
      time += 3_600_000;
      token = (await refresh(token)).body.token;
    }
    time += 3_600_001;
    expect((await refresh(token)).body.code).toBe('auth.session_ended');
  });
  it('is over at once after a sign-out, for a token that was verified before', async () => {
    const token = await signIn(42);
    expect((await test.request('GET', '/me', { token })).status).toBe(200);
    expect((await test.request('POST', '/auth/sign-out', { token, body: {} })).status).toBe(204);
    expect((await test.request('GET', '/me', { token })).body.code).toBe('auth.session_ended');
    expect((await refresh(token)).body.code).toBe('auth.session_ended');
  });
  it('takes no token that it did not sign', async () => {
    const token = await signIn(42);
    const [head = '', body = '', signature = ''] = token.split('.');
    const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${body}.`;
    const other = `${head}.${Buffer.from(Buffer.from(body, 'base64url').toString().replace('"42"', '"900"')).toString('base64url')}.${signature}`;
    for (const forged of [none, other, `${token}x`, 'a.b.c']) {
      expect((await test.request('GET', '/me', { token: forged })).status).toBe(401);
      expect((await refresh(forged)).status).toBe(401);
    }
  });
  it('goes by the id, never by a name that somebody else took over (S4)', async () => {
    const owner = await test.person(500, 'Owner');
    await owner.post('/servers', { name: 'mine', host: 'example.com', username: 'root', authMethod: 'generated' });
    const impostor = (
      await test.nobody.post('/auth/telegram', {
        initData: signInitData(
          { user: JSON.stringify({ id: 501, first_name: 'Owner', username: 'owner' }) },
          { authDate: Math.floor(time / 1000) },
        ),
      })
    ).body.token;
    expect((await test.request('GET', '/servers', { token: impostor })).body.servers).toEqual([]);
  });
});

describe('By invitation', () => {
  it('lets in super-admins and members, and tells everybody else so', async () => {
    await using test = await startWorld({ env: { REGISTRATION: 'invite' } });
    const stranger = await test.nobody.post('/auth/telegram', { initData: signInitData(USER) });
    expect([stranger.status, stranger.body.code]).toEqual([403, 'auth.not_registered']);
    expect((await test.person(SUPER_ADMIN)).token).not.toBe('');
  });
});

describe('The local trial', () => {
  it('signs its one person in, as a super-admin, and does not exist once APP_DOMAIN is set', async () => {
    await using production = await startWorld();
    expect((await production.nobody.post('/auth/trial')).status).toBe(404);
    await using trial = await startWorld({
      env: { APP_DOMAIN: '', TELEGRAM_BOT_TOKEN: '', JWT_SECRET: '', ENCRYPTION_KEY: '', SUPER_ADMIN_IDS: '' },
    });
    const { status, body } = await trial.nobody.post('/auth/trial');
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ id: '1', isSuperAdmin: true });
    expect((await trial.request('GET', '/servers', { token: body.token })).body.servers).toEqual([
      expect.objectContaining({ name: 'This machine', kind: 'trial', role: 'owner' }),
    ]);
  });
});
