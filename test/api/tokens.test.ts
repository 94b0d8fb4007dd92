import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { scopeOf } from '../../backend/src/http/scope.ts';
import { DAY_MS, stepClock } from '../support/clock.ts';
import { addOpenTask } from '../support/feed.ts';
import { startWorld, SUPER_ADMIN, type Answer, type Person, type TestWorld } from '../support/world.ts';

const SCOPES = ['read', 'write', 'admin'] as const;
type Scope = (typeof SCOPES)[number];
const routes: [string, Route][] = Object.entries(api);

describe('Personal tokens', () => {
  const clock = stepClock();
  let test: TestWorld;
  let owner: Person;
  let serverId: string;
  beforeAll(async () => {
    test = await startWorld({ overrides: { clock } });
    owner = await test.person(1, 'Olga');
    serverId = (await owner.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' })).body.id;
  });
  beforeEach(async () => {
    owner = await test.person(1, 'Olga');
  });
  afterAll(() => test[Symbol.asyncDispose]());
  const make = async (scope: Scope, by = owner, more = {}): Promise<{ id: string; token: string }> => {
    const { status, body, text } = await by.post('/me/tokens', { name: `for ${scope}`, scope, ...more });
    expect(status, text).toBe(201);
    return body;
  };
  const codeOf = (answer: Answer): [number, string] => [answer.status, answer.body?.code];

  it('are shown once, stored hashed, listed without themselves, and known to be used (S7)', async () => {
    const { token, ...shown } = (await owner.post('/me/tokens', { name: 'laptop', scope: 'read' })).body;
    expect(token).toMatch(/^cmr_[\w-]{32}$/);
    expect(shown).toMatchObject({ name: 'laptop', scope: 'read', lastUsedAt: null });
    expect(Math.round((Date.parse(shown.expiresAt) - clock.now()) / DAY_MS)).toBe(90);
    expect((await test.request('GET', '/servers', { token })).body.servers).toMatchObject([{ id: serverId }]);
    const { tokens } = (await owner.get('/me/tokens')).body;
    expect(tokens).toContainEqual({ ...shown, lastUsedAt: expect.any(String) });
    const stored = JSON.stringify(await test.world.db.selectFrom('personal_token').selectAll().execute());
    const audit = JSON.stringify(await test.world.db.selectFrom('audit').selectAll().execute());
    expect(stored + audit + test.logged()).not.toContain(token);
    await owner.remove(`/me/tokens/${shown.id}`);
    expect(codeOf(await test.request('GET', '/servers', { token }))).toEqual([401, 'auth.token_invalid']);
    expect(codeOf(await owner.remove(`/me/tokens/${shown.id}`))).toEqual([404, 'token.not_found']);
  });

  it.each(SCOPES)('with the scope %s reach exactly what that scope names, in every operation there is (S11)', async (scope) => {
    const person = await test.person({ read: 21, write: 22, admin: 23 }[scope]);
    const { token } = await make(scope, person);
    // Nothing listens on port 9 of loopback: whatever gets through fails at once, far behind the check.
    const place = { name: 'ship', host: '127.0.0.1', port: 9, username: 'root', authMethod: 'generated' };
    const server: string = (await person.post('/servers', place)).body.id;
    const { incidents } = test.world.watching;
    await incidents.report({ serverId: server, kind: 'approval', findings: [{ about: '', severity: 'warning', facts: {} }] });
    const [incident] = (await incidents.list({ serverIds: [server], state: 'open', cursor: undefined, limit: 1 })).incidents;
    const ids: Record<string, string> = {
      servers: server,
      tasks: await addOpenTask(test, server, person.id),
      incidents: incident?.id ?? '',
    };
    const rank = { read: 1, write: 2, admin: 3 };
    const wrong: string[] = [];
    for (const [name, route] of routes) {
      if (route.access === 'public' || route.emits) continue;
      // Let through, they would really do it: their body cannot be nonsense, for they have none.
      if ((name === 'removeServer' && scope !== 'read') || name === 'endOwnToken') continue;
      const path = route.path.replace(':id', ids[route.path.split('/')[1] ?? ''] ?? 'none').replace(/:\w+/g, 'none');
      const { body } = await test.request(route.method.toUpperCase(), `${path}?nonsense=1`, {
        token,
        ...(route.method !== 'get' && route.body && { body: { nonsense: true } }),
      });
      const needed = scopeOf(route);
      const expected = needed === 'session' ? 'auth.session_only' : rank[scope] < rank[needed] ? 'auth.scope_too_low' : undefined;
      const hidden = body?.code === 'auth.super_admin_only';
      const refused = ['auth.session_only', 'auth.scope_too_low'].includes(body?.code) ? body.code : undefined;
      if (!hidden && refused !== expected) wrong.push(`${name}: ${body?.code} instead of ${expected}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    ['GET', '/servers/:id', undefined, 'read'],
    ['PUT', '/servers/:id', { name: 'ship' }, 'write'],
    ['GET', '/servers/:id/access', undefined, 'read'],
    ['POST', '/servers/:id/access', { userId: '2', role: 'owner' }, 'admin'],
    ['POST', '/servers/:id/invitations', { role: 'owner' }, 'admin'],
    ['PUT', '/servers/:id/access/2', { role: 'owner' }, 'admin'],
    ['DELETE', '/servers/:id/access/2', undefined, 'admin'],
    ['POST', '/servers/:id/ownership', { userId: '2' }, 'session'],
    ['GET', '/me/sessions', undefined, 'session'],
    ['GET', '/me/tokens', undefined, 'session'],
    ['POST', '/me/tokens', { name: 'x', scope: 'read' }, 'session'],
    ['POST', '/auth/step-up', {}, 'session'],
    ['POST', '/auth/sign-out', undefined, 'session'],
    ['POST', '/me/device/BCDF-GHJK/approve', {}, 'session'],
  ])('%s %s %o needs the scope %s', async (method, path, body, needed) => {
    const reached = [];
    for (const scope of SCOPES) {
      const { token, id } = await make(scope);
      const answer = await test.request(method, path.replace(':id', serverId), { token, ...(body && { body }) });
      if (!['auth.session_only', 'auth.scope_too_low'].includes(answer.body?.code)) reached.push(scope);
      await owner.remove(`/me/tokens/${id}`);
    }
    expect(reached).toEqual(needed === 'session' ? [] : SCOPES.slice(SCOPES.indexOf(needed as Scope)));
  });

  it('have the rights that their person has now, not those of the day they were made (S18)', async () => {
    const guest = await test.person(30);
    await owner.post(`/servers/${serverId}/access`, { userId: '30', role: 'admin' });
    const { token } = await make('write', guest);
    const rename = (): Promise<Answer> => test.request('PUT', `/servers/${serverId}`, { token, body: { name: 'ship' } });
    expect((await rename()).status).toBe(200);
    await owner.put(`/servers/${serverId}/access/30`, { role: 'viewer' });
    expect(codeOf(await rename())).toEqual([403, 'auth.role_too_low']);
    await owner.remove(`/servers/${serverId}/access/30`);
    expect(codeOf(await rename())).toEqual([404, 'server.not_found']);
    const rows = await test.world.db
      .selectFrom('audit')
      .select(['result', 'after'])
      .where('action', '=', 'server.update')
      .where('actor_id', '=', '30')
      .orderBy('id')
      .execute();
    expect(rows.map(({ result }) => result)).toEqual(['ok', 'auth.role_too_low', 'server.not_found']);
    for (const { after } of rows) expect(JSON.parse(after ?? '{}').byToken).toMatch(/^pat_/);
  });

  it.each(SCOPES)('of the scope %s can look at themselves and end themselves, and nobody else can by that way (S18)', async (scope) => {
    const [made, kept] = [await make(scope), await make(scope)];
    const { token, ...shown } = made;
    expect((await test.request('GET', '/me/token', { token })).body).toMatchObject({ ...shown, lastUsedAt: expect.any(String) });
    expect((await test.request('DELETE', '/me/token', { token })).status).toBe(204);
    expect(codeOf(await test.request('GET', '/me/token', { token }))).toEqual([401, 'auth.token_invalid']);
    expect((await test.request('GET', '/me/token', { token: kept.token })).body.id).toBe(kept.id);
    expect(codeOf(await owner.remove('/me/token'))).toEqual([404, 'token.not_found']);
    const row = await test.world.db.selectFrom('audit').selectAll().where('target', '=', made.id).orderBy('id', 'desc').executeTakeFirst();
    expect(row).toMatchObject({ action: 'token.end_own', actor_id: '1', result: 'ok' });
    await owner.remove(`/me/tokens/${kept.id}`);
  });

  it('of a person who may not sign in any more open nothing (S18)', async () => {
    await using closed = await startWorld({ env: { REGISTRATION: 'invite' } });
    const boss = await closed.person(SUPER_ADMIN);
    const { body: server } = await boss.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
    await boss.post(`/servers/${server.id}/access`, { userId: '70', role: 'viewer' });
    const { token } = (await (await closed.person(70)).post('/me/tokens', { name: 'x', scope: 'admin' })).body;
    expect((await closed.request('GET', '/servers', { token })).status).toBe(200);
    await boss.remove(`/servers/${server.id}/access/70`);
    expect(codeOf(await closed.request('GET', '/servers', { token }))).toEqual([403, 'auth.not_registered']);
  });

  it("carry a super-admin's rights only with the scope admin", async () => {
    const boss = await test.person(SUPER_ADMIN);
    const [write, admin] = [await make('write', boss), await make('admin', boss)];
    expect((await test.world.readToken(write.token)).isSuperAdmin).toBe(false);
    expect((await test.world.readToken(admin.token)).isSuperAdmin).toBe(true);
  });

  it('end by themselves, at most a year from now', async () => {
    const at = (days: number): string => new Date(clock.now() + days * DAY_MS).toISOString();
    expect((await owner.post('/me/tokens', { name: 'x', scope: 'read', expiresAt: at(400) })).status).toBe(400);
    expect((await owner.post('/me/tokens', { name: 'x', scope: 'read', expiresAt: at(-1) })).status).toBe(400);
    const { token } = await make('read', owner, { expiresAt: at(1) });
    clock.step(DAY_MS);
    expect(codeOf(await test.request('GET', '/servers', { token }))).toEqual([401, 'auth.token_invalid']);
  });

  it('are twenty at most for one person, and nobody sees or ends those of another (S13)', async () => {
    const [many, eve] = [await test.person(40), await test.person(41)];
    const answers = await Promise.all(Array.from({ length: 21 }, () => many.post('/me/tokens', { name: 'x', scope: 'read' })));
    expect(answers.filter(({ status }) => status === 201).length).toBe(20);
    expect(answers.filter(({ body }) => body.code === 'token.limit_reached').length).toBe(1);
    expect((await eve.get('/me/tokens')).body.tokens).toEqual([]);
    expect(codeOf(await eve.remove(`/me/tokens/${answers[0]?.body.id}`))).toEqual([404, 'token.not_found']);
  });

  it('count with their person for the limits', async () => {
    await using strict = await startWorld({ overrides: { limits: { submit: 3 } } });
    const person = await strict.person(1);
    const { token } = (await person.post('/me/tokens', { name: 'x', scope: 'write' })).body;
    const add = { name: 'a', host: 'example.com', username: 'root', authMethod: 'generated' };
    const statuses = [];
    for (const by of [person.token, token, token, person.token])
      statuses.push((await strict.request('POST', '/servers', { token: by, body: add })).status);
    // The token itself was the first of three.
    expect(statuses).toEqual([201, 201, 429, 429]);
  });
});
