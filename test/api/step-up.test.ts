import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS, stepClock } from '../support/clock.ts';
import { BOT_TOKEN, signInitData, startWorld, type Answer, type Person, type TestWorld } from '../support/world.ts';

describe('Step-up (S8)', () => {
  const clock = stepClock();
  let test: TestWorld;
  let owner: Person;
  let serverId: string;
  beforeAll(async () => {
    test = await startWorld({ overrides: { clock } });
    await test.person(2, 'Adam');
  });
  beforeEach(async () => {
    owner = await test.person(1, 'Olga');
    const { body } = await owner.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
    serverId = body.id;
    await test.grant(serverId, '2', 'admin');
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const initData = (id: number, agoMs = 0, botToken = BOT_TOKEN): string =>
    signInitData({ user: JSON.stringify({ id, first_name: 'x' }) }, { authDate: Math.floor((clock.now() - agoMs) / 1000), botToken });
  const offer = (code?: string, body: unknown = { userId: '2' }): Promise<Answer> =>
    owner.post(`/servers/${serverId}/ownership`, body, code === undefined ? {} : { 'x-step-up': code });
  const codeOf = (answer: Answer): [number, string] => [answer.status, answer.body.code];
  const REQUIRED = [403, 'auth.step_up_required'];

  it('is demanded for offering a server; the code is good once', async () => {
    expect(codeOf(await offer())).toEqual(REQUIRED);
    expect(codeOf(await offer('A'.repeat(32)))).toEqual(REQUIRED);
    expect(codeOf(await offer('A'.repeat(5_000)))).toEqual(REQUIRED);
    const code = await test.stepUp(owner);
    expect((await offer(code)).status).toBe(201);
    expect(codeOf(await offer(code))).toEqual(REQUIRED);
  });

  it('is not used up by a request that was not valid', async () => {
    const code = await test.stepUp(owner);
    expect((await offer(code, { userId: 'nonsense' })).status).toBe(400);
    expect((await offer(code)).status).toBe(201);
  });

  it('is used up by one of two requests at the same moment', async () => {
    const code = await test.stepUp(owner);
    expect((await Promise.all([offer(code), offer(code)])).map(({ status }) => status).toSorted()).toEqual([201, 403]);
  });

  it('ends after 5 minutes', async () => {
    const code = await test.stepUp(owner);
    clock.step(5 * MINUTE_MS);
    expect(codeOf(await offer(code))).toEqual(REQUIRED);
  });

  it('belongs to the session that confirmed', async () => {
    const code = await test.stepUp(await test.person(1, 'Olga'));
    expect(codeOf(await offer(code))).toEqual(REQUIRED);
  });

  it.each([
    ['a launch of 5 minutes ago', () => ({ initData: initData(1, 5 * MINUTE_MS + 1_000) }), 401, 'auth.init_data_expired'],
    ['another person', () => ({ initData: initData(2) }), 403, 'auth.step_up_failed'],
    ['another bot', () => ({ initData: initData(1, 0, '1:another-token-that-is-long-enough') }), 401, 'auth.init_data_invalid'],
    ['nothing', () => ({}), 400, 'request.invalid'],
    ['both', () => ({ initData: initData(1), confirm: 'ship' }), 400, 'request.invalid'],
    ["a server's name, outside the local trial", () => ({ confirm: 'ship' }), 400, 'request.invalid'],
  ])('does not take %s', async (_what, proof, status, code) => {
    expect(codeOf(await owner.post('/auth/step-up', proof()))).toEqual([status, code]);
  });

  it('takes a launch of almost 5 minutes ago', async () => {
    expect((await owner.post('/auth/step-up', { initData: initData(1, 4 * MINUTE_MS) })).status).toBe(201);
  });

  it('is demanded for replacing a pinned host key, not for pinning the first (S23)', async () => {
    const [first, second] = ['A', 'B'].map((letter) => `SHA256:${letter.repeat(43)}`);
    const show = (sha256: string | undefined): Promise<unknown> =>
      test.world.db
        .insertInto('host_key')
        .values({
          server_id: serverId,
          hop: 'server',
          standing: 'seen',
          type: 'ssh-ed25519',
          sha256: sha256 ?? '',
          key: 'AAAA',
          at: 1,
          by_user: null,
        })
        .onConflict((conflict) => conflict.columns(['server_id', 'hop', 'standing']).doUpdateSet({ sha256: sha256 ?? '' }))
        .execute();
    const pin = (sha256: string | undefined, headers = {}): Promise<Answer> =>
      owner.post(`/servers/${serverId}/host-key`, { sha256 }, headers);
    await show(first);
    expect((await pin(first)).body.hostKey.sha256).toBe(first);
    await show(second);
    expect(codeOf(await pin(second))).toEqual(REQUIRED);
    const headers = { 'x-step-up': await test.stepUp(owner) };
    expect(codeOf(await pin(`SHA256:${'C'.repeat(43)}`, headers))).toEqual([409, 'server.host_key_not_seen']);
    expect((await pin(second, headers)).body.hostKey.sha256).toBe(second);
    const rows = await test.world.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'server.host_key_pin')
      .where('server_id', '=', serverId)
      .orderBy('id')
      .execute();
    expect(rows.map(({ result }) => result)).toEqual(['ok', 'auth.step_up_required', 'server.host_key_not_seen', 'ok']);
    expect(rows[3]).toMatchObject({ before: `{"sha256":"${first}"}` });
  });

  it('leaves no code in the database, the audit log or the log (S36)', async () => {
    const code = await test.stepUp(owner);
    const stored = JSON.stringify(await test.world.db.selectFrom('step_up').selectAll().execute());
    const audit = JSON.stringify(await test.world.db.selectFrom('audit').selectAll().execute());
    expect(stored + audit + test.logged()).not.toContain(code);
  });

  it("in the local trial is the name of one's server, typed", async () => {
    await using trial = await startWorld({
      env: { APP_DOMAIN: '', TELEGRAM_BOT_TOKEN: '', JWT_SECRET: '', ENCRYPTION_KEY: '', SUPER_ADMIN_IDS: '' },
    });
    const { token } = (await trial.nobody.post('/auth/trial')).body;
    const confirm = (name: string): Promise<Answer> => trial.request('POST', '/auth/step-up', { token, body: { confirm: name } });
    expect(codeOf(await confirm('this machine'))).toEqual([403, 'auth.step_up_failed']);
    expect((await confirm('This machine')).status).toBe(201);
  });
});
