import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS, stepClock } from '../support/clock.ts';
import { startWorld, type Answer, type Person, type TestWorld } from '../support/world.ts';

describe('The login of a command line', () => {
  const clock = stepClock();
  let test: TestWorld;
  let person: Person;
  beforeAll(async () => {
    test = await startWorld({ overrides: { clock } });
  });
  beforeEach(async () => {
    person = await test.person(1, 'Ann');
  });
  afterAll(() => test[Symbol.asyncDispose]());
  const start = async (): Promise<{ deviceCode: string; userCode: string; link: string | null; interval: number }> =>
    (await test.request('POST', '/auth/device', { body: {}, headers: { 'user-agent': 'clawmoor/0.1 (linux)' } })).body;
  const poll = (deviceCode: string): Promise<Answer> => test.nobody.post('/auth/device/token', { deviceCode });
  const codeOf = ({ status, body }: Answer): [number, string] => [status, body.code];

  it('waits, is approved by a person who sees who asks, and gets a token of theirs, once', async () => {
    const { deviceCode, userCode, interval } = await start();
    expect(userCode).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    const waiting = await poll(deviceCode);
    expect([...codeOf(waiting), waiting.headers.get('retry-after')]).toEqual([409, 'auth.device_pending', String(interval)]);
    const typed = userCode.toLowerCase().replace('-', '');
    expect((await person.get(`/me/device/${typed}`)).body).toMatchObject({
      userCode,
      state: 'pending',
      userAgent: 'clawmoor/0.1 (linux)',
      ip: expect.stringMatching(/127\.0\.0\.1$/),
    });
    expect((await person.post(`/me/device/${typed}/approve`)).body.state).toBe('approved');
    const { status, body } = await poll(deviceCode);
    expect(status).toBe(200);
    expect(body).toMatchObject({ scope: 'write', token: expect.stringMatching(/^cmr_/) });
    expect((await test.request('GET', '/me', { token: body.token })).body.firstName).toBe('Ann');
    expect((await person.get('/me/tokens')).body.tokens).toMatchObject([{ id: body.id, scope: 'write' }]);
    expect(codeOf(await poll(deviceCode))).toEqual([410, 'auth.device_expired']);
  });

  it('gives its token to one of two polls at the same moment, with the scope that was approved', async () => {
    const { deviceCode, userCode } = await start();
    await person.post(`/me/device/${userCode}/approve`, { scope: 'read' });
    const answers = await Promise.all([poll(deviceCode), poll(deviceCode)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410]);
    expect(answers.find(({ status }) => status === 200)?.body.scope).toBe('read');
  });

  it('can be refused, once and for all', async () => {
    const { deviceCode, userCode } = await start();
    expect((await person.post(`/me/device/${userCode}/deny`)).body.state).toBe('denied');
    expect(codeOf(await person.post(`/me/device/${userCode}/approve`))).toEqual([409, 'device.answered']);
    expect(codeOf(await poll(deviceCode))).toEqual([403, 'auth.device_denied']);
  });

  it('ends after 10 minutes, and a code that never was is told the same', async () => {
    const { deviceCode, userCode } = await start();
    clock.step(10 * MINUTE_MS);
    expect(codeOf(await poll(deviceCode))).toEqual([410, 'auth.device_expired']);
    expect(codeOf(await poll('A'.repeat(32)))).toEqual([410, 'auth.device_expired']);
    expect(codeOf(await person.get(`/me/device/${userCode}`))).toEqual([404, 'device.not_found']);
    expect(codeOf(await person.post(`/me/device/${userCode}/approve`))).toEqual([404, 'device.not_found']);
  });

  it('is slowed down when it asks too often', async () => {
    const { deviceCode } = await start();
    await poll(deviceCode);
    const hasty = await poll(deviceCode);
    expect([...codeOf(hasty), hasty.headers.get('retry-after')]).toEqual([429, 'request.too_many', '5']);
    clock.step(5_000);
    expect(codeOf(await poll(deviceCode))).toEqual([409, 'auth.device_pending']);
  });

  it('opens its screen by a link, once the name of the bot is known', async () => {
    expect((await start()).link).toBeNull();
    test.world.bot.username = 'clawmoor_bot';
    const { link, userCode } = await start();
    expect(link).toBe(`https://t.me/clawmoor_bot?startapp=dev_${userCode.replace('-', '')}`);
  });

  it('is not found by guessing: a person may try 20 codes a minute', async () => {
    await using strict = await startWorld({ overrides: { limits: { 'sign-in': 20 } } });
    const guesser = await strict.person(1);
    const answers = await Promise.all(Array.from({ length: 30 }, () => guesser.get('/me/device/BCDF-GHJK')));
    expect(answers.filter(({ status }) => status === 404).length).toBe(20);
    expect(answers.filter(({ status }) => status === 429).length).toBe(10);
  });

  it('leaves its answer in the audit log, no row for waiting, and no secret anywhere (S36 S39)', async () => {
    const { deviceCode, userCode } = await start();
    await poll(deviceCode);
    await person.post(`/me/device/${userCode}/approve`);
    const { token } = (await poll(deviceCode)).body;
    const rows = await test.world.db.selectFrom('audit').selectAll().where('action', 'like', 'device.%').orderBy('id').execute();
    expect(rows.slice(-3)).toMatchObject([
      { action: 'device.start', target: userCode },
      { action: 'device.approve', target: userCode, actor_id: '1', result: 'ok' },
      { action: 'device.token', actor_id: '1', actor_name: 'Ann', result: 'ok' },
    ]);
    const stored = JSON.stringify(await test.world.db.selectFrom('device_login').selectAll().execute());
    for (const secret of [deviceCode, token]) expect(JSON.stringify(rows) + stored + test.logged()).not.toContain(secret);
  });
});
