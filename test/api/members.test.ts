import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, stepClock } from '../support/clock.ts';
import { startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';

describe('The members of a server', () => {
  const clock = stepClock();
  let test: TestWorld;
  let owner: Person;
  let admin: Person;
  let viewer: Person;
  let guest: Person;
  let serverId: string;
  beforeAll(async () => {
    test = await startWorld({ overrides: { clock } });
  });
  beforeEach(async () => {
    // Anew each time: a test may have stepped the clock past the end of every session.
    [owner, admin, viewer, guest] = (await Promise.all(['Olga', 'Adam', 'Vera', 'Gus'].map((name, at) => test.person(at + 1, name)))) as [
      Person,
      Person,
      Person,
      Person,
    ];
    const { body } = await owner.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
    serverId = body.id;
    await owner.post(`/servers/${serverId}/access`, { userId: admin.id, role: 'admin' });
    await owner.post(`/servers/${serverId}/access`, { userId: viewer.id, role: 'viewer' });
  });
  afterAll(() => test[Symbol.asyncDispose]());
  const at = (path = ''): string => `/servers/${serverId}/access${path}`;
  const inFuture = (ms: number): string => new Date(clock.now() + ms).toISOString();
  const rolesNow = async (): Promise<Record<string, string>> => {
    const { body } = await owner.get(at());
    return Object.fromEntries(body.members.map(({ userId, role }: { userId: string; role: string }) => [userId, role]));
  };

  it('are listed with role, name, end and giver, the owner first, and nothing else of them is shown (S19)', async () => {
    const expiresAt = inFuture(4 * HOUR_MS);
    const granted = await owner.post(at(), { userId: guest.id, role: 'admin', expiresAt });
    expect(granted.status, granted.text).toBe(201);
    expect(granted.body).toEqual({
      userId: '4',
      role: 'admin',
      firstName: 'Gus',
      username: null,
      grantedBy: '1',
      grantedAt: expect.any(String),
      expiresAt,
    });
    const { body } = await admin.get(at());
    expect(body.members.map(({ userId }: { userId: string }) => userId)).toEqual(['1', '2', '3', '4']);
    for (const member of body.members) expect(Object.keys(member)).toEqual(Object.keys(granted.body));
  });

  it.each([
    ['viewer', 'POST', '', { userId: '50', role: 'viewer' }, 'auth.role_too_low'],
    ['admin', 'POST', '', { userId: '50', role: 'viewer' }, 'auth.role_too_low'],
    ['admin', 'PUT', '/3', { role: 'admin' }, 'auth.role_too_low'],
    ['admin', 'DELETE', '/3', undefined, 'auth.role_too_low'],
    ['admin', 'DELETE', '/2', undefined, 'auth.role_too_low'],
    ['guest', 'POST', '', { userId: '4', role: 'admin' }, 'server.not_found'],
    ['super', 'POST', '', { userId: '900', role: 'admin' }, 'server.not_found'],
    ['owner', 'POST', '', { userId: '50', role: 'owner' }, 'request.invalid'],
    ['owner', 'PUT', '/2', { role: 'owner' }, 'request.invalid'],
    ['owner', 'PUT', '/1', { role: 'admin' }, 'access.owner_fixed'],
    ['owner', 'DELETE', '/1', undefined, 'access.owner_fixed'],
    ['owner', 'POST', '', { userId: '1', role: 'viewer' }, 'access.already_member'],
    ['owner', 'POST', '', { userId: '2', role: 'viewer' }, 'access.already_member'],
    ['owner', 'PUT', '/4', { role: 'viewer' }, 'access.not_found'],
    ['owner', 'DELETE', '/4', undefined, 'access.not_found'],
    ['owner', 'POST', '/leave', {}, 'access.owner_fixed'],
  ])('the rules hold for %s: %s …/access%s %o answers %s (S16)', async (who, method, path, body, code) => {
    const people: Record<string, Person> = { owner, admin, viewer, guest, super: await test.person(SUPER_ADMIN) };
    const before = await rolesNow();
    const answer = await test.request(method, at(path), { token: people[who]?.token ?? '', ...(body && { body }) });
    expect(answer.body.code, answer.text).toBe(code);
    expect(await rolesNow()).toEqual(before);
  });

  it('change role and end; what is left out stays', async () => {
    const expiresAt = inFuture(HOUR_MS);
    expect((await owner.put(at('/3'), { role: 'admin', expiresAt })).body).toMatchObject({ role: 'admin', expiresAt });
    expect((await owner.put(at('/3'), { role: 'viewer' })).body).toMatchObject({ role: 'viewer', expiresAt });
    expect((await owner.put(at('/3'), { role: 'viewer', expiresAt: null })).body).toMatchObject({ expiresAt: null });
    const past = await owner.put(at('/3'), { role: 'viewer', expiresAt: inFuture(-HOUR_MS) });
    expect([past.status, past.body.issues]).toEqual([400, [{ path: 'expiresAt', message: 'must be in the future' }]]);
  });

  it('lose everything at once when they are removed, and may leave by themselves', async () => {
    expect((await owner.remove(at('/3'))).status).toBe(204);
    expect((await viewer.get(`/servers/${serverId}`)).status).toBe(404);
    expect((await admin.post(at('/leave'))).status).toBe(204);
    expect((await admin.get(`/servers/${serverId}`)).status).toBe(404);
    expect(await rolesNow()).toEqual({ 1: 'owner' });
  });

  it('lose their access by themselves at its time, which the audit log tells (S18)', async () => {
    await owner.post(at(), { userId: guest.id, role: 'admin', expiresAt: inFuture(4 * HOUR_MS) });
    clock.step(4 * HOUR_MS - MINUTE_MS);
    guest = await test.person(4, 'Gus');
    expect((await guest.get(`/servers/${serverId}`)).body.role).toBe('admin');
    clock.step(MINUTE_MS + 1_000);
    expect((await guest.get(`/servers/${serverId}`)).status).toBe(404);
    owner = await test.person(1, 'Olga');
    expect(Object.keys(await rolesNow())).not.toContain('4');
    await test.world.sweep();
    const rows = await test.world.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'access.expire')
      .where('server_id', '=', serverId)
      .execute();
    expect(rows).toMatchObject([{ server_id: serverId, target: '4', before: '{"role":"admin"}', actor_id: null }]);
    expect((await owner.post(at(), { userId: guest.id, role: 'viewer' })).status).toBe(201);
  });

  it('may be named before they sign in for the first time, which they then may where it is by invitation', async () => {
    await using closed = await startWorld({ env: { REGISTRATION: 'invite' } });
    const boss = await closed.person(SUPER_ADMIN);
    const { body } = await boss.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
    await expect(closed.person(70, 'Nina')).rejects.toThrow('auth.not_registered');
    const granted = await boss.post(`/servers/${body.id}/access`, { userId: '70', role: 'viewer' });
    expect(granted.body).toMatchObject({ userId: '70', firstName: null });
    const nina = await closed.person(70, 'Nina');
    expect((await nina.get(`/servers/${body.id}`)).body.role).toBe('viewer');
    expect((await boss.get(`/servers/${body.id}/access`)).body.members[1]).toMatchObject({ userId: '70', firstName: 'Nina' });
    await boss.remove(`/servers/${body.id}/access/70`);
    await expect(closed.person(70, 'Nina')).rejects.toThrow('auth.not_registered');
  });

  it('who were named, never came and were removed leave no trace among the people', async () => {
    const known = async (): Promise<number> =>
      (await test.world.db.selectFrom('user').select('id').where('id', 'in', ['80', '81', '4']).execute()).length;
    for (const userId of ['80', '81']) await owner.post(at(), { userId, role: 'viewer' });
    await owner.remove(at('/80'));
    await test.world.sweep();
    expect(await known()).toBe(2); // 81 is still named, and 4 is a person who was here
  });

  it('are changed with an audit row that says who, whom, what and what before (S39)', async () => {
    await owner.put(at('/3'), { role: 'admin' });
    await admin.remove(at('/3'));
    const rows = await test.world.db.selectFrom('audit').selectAll().where('server_id', '=', serverId).orderBy('id').execute();
    expect(rows.slice(-2)).toMatchObject([
      {
        action: 'access.change',
        actor_id: '1',
        target: '3',
        result: 'ok',
        before: '{"role":"viewer","expiresAt":null}',
        after: '{"role":"admin"}',
      },
      { action: 'access.revoke', actor_id: '2', result: 'auth.role_too_low' },
    ]);
  });

  describe('Ownership', () => {
    const stepUp = async (): Promise<Record<string, string>> => ({ 'x-step-up': await test.stepUp(owner) });

    it('moves only by offer and acceptance, and there is exactly one owner at any time (S16)', async () => {
      const offered = await owner.post(`/servers/${serverId}/ownership`, { userId: '2' }, await stepUp());
      expect(offered.status, offered.text).toBe(201);
      expect(await rolesNow()).toMatchObject({ 1: 'owner', 2: 'admin' });
      expect((await admin.get('/me/ownership-offers')).body.offers).toEqual([offered.body]);
      expect((await viewer.post(`/me/ownership-offers/${serverId}/accept`)).body.code).toBe('ownership.offer_not_found');
      expect((await admin.post(`/me/ownership-offers/${serverId}/accept`)).body).toEqual({ serverId, role: 'owner' });
      expect((await admin.post(`/me/ownership-offers/${serverId}/accept`)).status).toBe(404);
      expect((await admin.get(at())).body.members).toMatchObject([
        { userId: '2', role: 'owner' },
        { userId: '3' },
        { userId: '1', role: 'admin', expiresAt: null },
      ]);
      expect((await owner.remove(`/servers/${serverId}`)).body.code).toBe('auth.role_too_low');
      const row = await test.world.db
        .selectFrom('audit')
        .selectAll()
        .where('action', '=', 'ownership.accept')
        .where('result', '=', 'ok')
        .executeTakeFirstOrThrow();
      expect(row).toMatchObject({ actor_id: '2', server_id: serverId, before: '{"owner":"1"}', after: '{"owner":"2"}' });
    });

    it('can be declined, withdrawn, and ends with the membership of who was asked', async () => {
      const offer = async (): Promise<number> =>
        (await owner.post(`/servers/${serverId}/ownership`, { userId: '2' }, await stepUp())).status;
      expect(await offer()).toBe(201);
      expect((await admin.post(`/me/ownership-offers/${serverId}/decline`)).status).toBe(204);
      expect((await owner.get(`/servers/${serverId}/ownership`)).body).toEqual({ offer: null });
      expect(await offer()).toBe(201);
      expect((await owner.remove(`/servers/${serverId}/ownership`)).status).toBe(204);
      expect((await owner.remove(`/servers/${serverId}/ownership`)).status).toBe(404);
      expect(await offer()).toBe(201);
      await owner.remove(at('/2'));
      await owner.post(at(), { userId: '2', role: 'admin' });
      expect((await admin.post(`/me/ownership-offers/${serverId}/accept`)).status).toBe(404);
    });

    it('does not outlive its seven days', async () => {
      await owner.post(`/servers/${serverId}/ownership`, { userId: '2' }, await stepUp());
      clock.step(7 * DAY_MS);
      admin = await test.person(2, 'Adam');
      expect((await admin.post(`/me/ownership-offers/${serverId}/accept`)).status).toBe(404);
    });

    it.each(['4', '123456789', '1'])('is not offered to somebody who is no other member: %s', async (userId) => {
      const answer = await owner.post(`/servers/${serverId}/ownership`, { userId }, await stepUp());
      expect([answer.status, answer.body.code]).toEqual([409, 'ownership.not_a_member']);
    });
  });
});
