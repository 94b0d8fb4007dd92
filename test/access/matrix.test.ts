import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';
import { IDS, NESTED, VALID_BODY, type Cast } from './rows.ts';

const PEOPLE = ['nobody', 'outsider', 'viewer', 'admin', 'owner', 'super'] as const;
const OBJECTS = ['own', 'foreign', 'missing'] as const;
const RANK = { viewer: 1, admin: 2, owner: 3 } as const;
type Who = (typeof PEOPLE)[number];
type Which = (typeof OBJECTS)[number];

const routes: [string, Route][] = Object.entries(api);
/** The parts of a path besides the object that the access rule is about. */
const nestedIn = ({ path }: Route): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '').filter((name) => name !== 'id');

/** What the rule of the route means for this person and this object: 401, 403, 404, or let through. */
function expected({ access }: Route, who: Who, which: Which): 401 | 403 | 404 | 'through' {
  if (access === 'public') return 'through';
  if (who === 'nobody') return 401;
  if (access === 'user') return 'through';
  if (access === 'super') return who === 'super' ? 'through' : 403;
  const needed = access.split(':')[1] as keyof typeof RANK;
  const role = who === 'viewer' || who === 'admin' || who === 'owner' ? who : undefined;
  if (which !== 'own' || !role) return 404;
  return RANK[role] >= RANK[needed] ? 'through' : 403;
}

describe('The access matrix (S11 S12 S13): every operation, six people, three kinds of object', () => {
  let test: TestWorld;
  let people: Record<Who, Person>;
  let cast: Cast;
  const count = { rows: 0, nested: 0, ids: 0 };
  const ids: Record<'server' | 'task' | 'incident', Record<Which, string>> = {
    server: { own: '', foreign: '', missing: 'srv_missing0000000000000' },
    task: { own: '', foreign: '', missing: 'tsk_missing0000000000000' },
    incident: { own: '', foreign: '', missing: 'inc_missing0000000000000' },
  };

  async function addServer(owner: Person, name: string): Promise<{ serverId: string; taskId: string }> {
    // Port 9 of loopback: nothing listens there, so whatever gets through fails at once, far behind the check.
    const { body } = await owner.post('/servers', {
      name,
      host: '127.0.0.1',
      port: 9,
      username: 'root',
      authMethod: 'password',
      password: 'x',
    });
    const taskId = await test.world.tasks.start({ serverId: body.id, type: 'openclaw.restart', input: { bootId: null }, by: owner.id });
    return { serverId: body.id, taskId };
  }

  async function addIncident(serverId: string): Promise<string> {
    await test.world.watching.incidents.report({ serverId, kind: 'approval', findings: [{ about: '', severity: 'warning', facts: {} }] });
    const { incidents } = await test.world.watching.incidents.list({ serverIds: [serverId], state: 'open', cursor: undefined, limit: 1 });
    return incidents[0]?.id ?? '';
  }

  beforeAll(async () => {
    test = await startWorld();
    const [outsider, viewer, admin, owner, other, superAdmin] = await Promise.all(
      [1, 2, 3, 4, 5, SUPER_ADMIN].map((id) => test.person(id)),
    );
    if (!outsider || !viewer || !admin || !owner || !other || !superAdmin) throw new Error('somebody did not sign in');
    people = { nobody: test.nobody, outsider, viewer, admin, owner, super: superAdmin };
    const own = await addServer(owner, 'own');
    const foreign = await addServer(other, 'foreign');
    ids.server.own = own.serverId;
    ids.server.foreign = foreign.serverId;
    ids.task.own = own.taskId;
    ids.task.foreign = foreign.taskId;
    ids.incident.own = await addIncident(own.serverId);
    ids.incident.foreign = await addIncident(foreign.serverId);
    await test.grant(own.serverId, viewer.id, 'viewer');
    await test.grant(own.serverId, admin.id, 'admin');
    cast = { test, owner, viewer, other, own: own.serverId, foreign: foreign.serverId };
  });
  afterAll(async () => {
    process.stdout.write(
      `Access matrix: ${routes.length} operations, ${count.rows} rows, ${count.nested} nested ids, ${count.ids} ids in bodies\n`,
    );
    await test[Symbol.asyncDispose]();
  });

  /** The answer's status and code; the body is nonsense on purpose, so that nothing that gets through changes anything. */
  async function ask(route: Route, who: Who, which: Which): Promise<{ status: number; code: string | undefined }> {
    const kind = route.path.startsWith('/tasks') ? 'task' : route.path.startsWith('/incidents') ? 'incident' : 'server';
    // What lies deeper does not exist: the rule about the object comes first, and nothing is changed by who gets through.
    const path = route.path.replace(':id', ids[kind][which]).replace(/:(\w+)/g, (_all, name: string) => missingOf(name));
    const query = route.access.startsWith('query:') ? `?serverId=${ids.server[which]}` : '?nonsense=1';
    const method = route.method.toUpperCase();
    const token = people[who].token;
    const stop = AbortSignal.timeout(8_000);
    const response = await fetch(`${test.url}/api${path}${query}`, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: '{"nonsense":true}' }),
      signal: stop,
    });
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await response.body?.cancel();
      return { status: response.status, code: undefined };
    }
    const body = (await response.json().catch(() => ({}))) as { code?: string };
    return { status: response.status, code: body.code };
  }

  const DESTRUCTIVE = new Set(['removeServer', 'signOut', 'endOtherSessions']);

  it.each(routes)('%s', async (name, route) => {
    const rows: string[] = [];
    for (const which of OBJECTS) {
      for (const who of PEOPLE) {
        const wanted = expected(route, who, which);
        // Let through, these take no body that could be nonsense: they would really do it.
        if (wanted === 'through' && DESTRUCTIVE.has(name)) continue;
        const { status, code } = await ask(route, who, which);
        count.rows++;
        const denied =
          status === 401 ||
          code === 'server.not_found' ||
          code === 'task.not_found' ||
          code === 'incident.not_found' ||
          code === 'auth.role_too_low' ||
          code === 'auth.super_admin_only';
        const got = denied && route.access !== 'public' ? status : 'through';
        if (got !== wanted) rows.push(`${who} on ${which}: ${status} ${code} instead of ${wanted}`);
      }
    }
    expect(rows).toEqual([]);
  });

  it.each(routes.filter(([, route]) => nestedIn(route).some((name) => NESTED[name] !== 'gateway')))(
    'nested ids of %s: foreign and missing ones are not found, and nothing happens to them (S13)',
    async (name, route) => {
      const [param = ''] = nestedIn(route);
      const row = NESTED[param];
      if (!row || row === 'gateway') throw new Error(`Add a row for :${param} to test/access/rows.ts`);
      const ask = (id: string) =>
        test.request(route.method.toUpperCase(), route.path.replace(':id', cast.own).replace(`:${param}`, id), {
          token: route.access === 'super' ? people.super.token : cast.owner.token,
          ...(route.body && { body: VALID_BODY[name] ?? {} }),
        });
      const foreign = await row.foreign(cast);
      const before = await everythingOwned();
      const missing = await ask(row.missing);
      expect(missing.status, missing.text).toBe(404);
      for (const id of foreign) {
        const answer = await ask(id);
        expect([answer.status, plain(answer.body)], id).toEqual([missing.status, plain(missing.body)]);
        count.nested++;
      }
      expect(await everythingOwned()).toEqual(before);
    },
  );

  const idsIn = ([name, { body, query }]: [string, Route]): string[] =>
    [body, query]
      .flatMap((schema) => (schema ? idPaths(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })) : []))
      .map((path) => `${name}.${path}`);

  it.each(routes.flatMap(idsIn))('the id %s reaches nothing foreign (S13)', async (path) => {
    const row = IDS[path];
    if (row === undefined) throw new Error(`Add a row for ${path} to test/access/rows.ts`);
    count.ids++;
    if (typeof row === 'string') return;
    const [foreign, missing] = [await row.foreign(cast), await row.missing(cast)];
    expect(foreign.status).toBeGreaterThanOrEqual(400);
    expect([foreign.status, foreign.body.code]).toEqual([missing.status, missing.body.code]);
  });

  /** Every row that a person owns, as it stands; when something was last used does not count. */
  async function everythingOwned(): Promise<string> {
    const tables = ['member', 'invitation', 'session', 'personal_token', 'ownership_offer', 'preference'] as const;
    const rows = await Promise.all(tables.map((table) => test.world.db.selectFrom(table).selectAll().execute()));
    return JSON.stringify(rows, (key, value: unknown) => (key === 'last_used_at' ? undefined : value));
  }

  it('gives foreign and missing objects the same answer', async () => {
    const foreign = await people.outsider.get(`/servers/${ids.server.foreign}`);
    const missing = await people.outsider.get(`/servers/${ids.server.missing}`);
    expect([foreign.status, plain(foreign.body)]).toEqual([missing.status, plain(missing.body)]);
  });

  it('lets a grant end by itself at its time (S18)', async () => {
    const guest = await test.person(77);
    await test.grant(ids.server.own, guest.id, 'admin', Date.now() + 400);
    expect((await guest.get(`/servers/${ids.server.own}`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await guest.get(`/servers/${ids.server.own}`)).status).toBe(404);
    expect((await guest.get('/servers')).body.servers).toEqual([]);
  });
});

const plain = ({ requestId: _id, ...rest }: { requestId: string }): object => rest;

function missingOf(name: string): string {
  const row = NESTED[name];
  if (row === undefined) throw new Error(`Add a row for :${name} to test/access/rows.ts`);
  return row === 'gateway' ? 'missing' : row.missing;
}

/** Where a schema takes ids: `id`, `serverId`, `forUserId`, `fileIds`, `mutedServers`. */
function idPaths(schema: unknown, at = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items, anyOf = [] } = schema as { properties?: Record<string, unknown>; items?: unknown; anyOf?: unknown[] };
  const here = Object.entries(properties).flatMap(([name, inner]) => [
    ...(/^ids?$|Ids?$|servers$/i.test(name) ? [`${at}${name}`] : []),
    ...idPaths(inner, `${at}${name}.`),
  ]);
  return [...here, ...idPaths(items, at), ...anyOf.flatMap((one) => idPaths(one, at))];
}
