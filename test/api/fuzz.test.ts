import { Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { casesOf, type FuzzCase, type Who } from '../support/fuzz-case.ts';
import { demandDeclared } from '../support/response-tap.ts';
import { startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';

const routes: [string, Route][] = Object.entries(api);
const LONG = process.env['CLAWMOOR_LONG'] === '1';
const FIXED_SEED = 20_260_501;
// Another one each time; `CLAWMOOR_FUZZ_SEED=…` repeats it.
const FREE_SEED = Number(process.env['CLAWMOOR_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const CASES = LONG ? 10_000 : 600;
const RUNS = Math.ceil(CASES / routes.length / 2);
const ANSWER_WITHIN_MS = 15_000;

/** Loopback, and a name that the system itself resolves to it. */
const isHere = (host: string): boolean => /^(127\.|::1$|::ffff:127\.|localhost$)/.test(host);

describe('Whatever is sent to an operation (S19 S20)', () => {
  let test: TestWorld;
  let people: Partial<Record<Who, string>> = {};
  let owner: Person;
  let ids: Record<'server' | 'foreign' | 'task', string>;
  const dialled: string[] = [];
  const count = { cases: 0, statuses: new Map<string, number>() };
  const connect = Socket.prototype.connect;

  beforeAll(async () => {
    // What would leave this machine does not: it is refused here, and told.
    Socket.prototype.connect = function (this: Socket, ...words: unknown[]) {
      const [first] = Array.isArray(words[0]) ? (words[0] as unknown[]) : words;
      const { host = 'localhost', path } = typeof first === 'object' && first !== null ? (first as { host?: string; path?: string }) : {};
      if (path !== undefined || isHere(host)) return connect.apply(this, words as Parameters<typeof connect>);
      dialled.push(host);
      return this.destroy(new Error(`The test refuses to dial ${host}`));
    } as typeof connect;
    test = await startWorld({ env: { OLLAMA_DOWNLOAD_BASE: 'http://127.0.0.1:9' }, overrides: { resolve: async () => ['127.0.0.1'] } });
    await begin();
  });
  afterAll(async () => {
    const statuses = [...count.statuses].toSorted().map(([status, times]) => `${status}: ${times}`);
    process.stdout.write(
      `Fuzz: ${routes.length} operations, ${count.cases} cases, seeds ${FIXED_SEED} and ${FREE_SEED}; ${statuses.join(', ')}\n`,
    );
    await test[Symbol.asyncDispose]();
    Socket.prototype.connect = connect;
  });

  /** Everybody signed in, one server with its members, one of somebody else: anew when a case has taken something of it away. */
  async function begin(): Promise<void> {
    const [outsider, viewer, admin, first, other, superAdmin] = await Promise.all(
      [1, 2, 3, 4, 5, SUPER_ADMIN].map((id) => test.person(id)),
    );
    if (!outsider || !viewer || !admin || !first || !other || !superAdmin) throw new Error('somebody did not sign in');
    owner = first;
    const add = async (by: Person): Promise<string> =>
      (await by.post('/servers', { name: 'ship', host: '127.0.0.1', port: 9, username: 'root', authMethod: 'password', password: 'x' }))
        .body.id;
    for (const { id } of (await owner.get('/servers')).body.servers) await owner.remove(`/servers/${id}`);
    const [server, foreign] = [await add(owner), await add(other)];
    await test.grant(server, viewer.id, 'viewer');
    await test.grant(server, admin.id, 'admin');
    for (const { id } of (await owner.get('/me/tokens')).body.tokens) await owner.remove(`/me/tokens/${id}`);
    const tokens = await Promise.all(['read', 'admin'].map((scope) => owner.post('/me/tokens', { name: scope, scope })));
    const task = await test.world.tasks.start({ serverId: server, type: 'openclaw.restart', input: { bootId: null }, by: owner.id });
    ids = { server, foreign, task };
    people = {
      forger: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiI5MDAifQ.',
      outsider: outsider.token,
      viewer: viewer.token,
      admin: admin.token,
      owner: owner.token,
      super: superAdmin.token,
      'token-read': tokens[0]?.body.token,
      'token-admin': tokens[1]?.body.token,
    };
  }

  /** What ends a session, a token, a grant or a server: the next case finds everybody in their place again. */
  const takesAway = ({ audit = '' }: Route): boolean => /^(auth|session|token|access|ownership|server)\.(?!create|test)/.test(audit);

  /** Sends it, reads the answer whole (of a feed the beginning); the tap holds every answer to the route table. */
  async function send(route: Route, { who, method, path, headers, raw, stepUp }: FuzzCase): Promise<void> {
    const token = people[who];
    const url =
      test.url + '/api' + path.replaceAll('{server}', ids.server).replaceAll('{foreign}', ids.foreign).replaceAll('{task}', ids.task);
    const code = stepUp && who === 'owner' && headers['x-step-up'] === undefined ? { 'x-step-up': await test.stepUp(owner) } : {};
    const stop = new AbortController();
    const limit = setTimeout(
      () => stop.abort(new Error(`${method} ${path} did not answer within ${ANSWER_WITHIN_MS} ms`)),
      ANSWER_WITHIN_MS,
    );
    try {
      const response = await fetch(url, {
        method,
        headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers, ...code },
        ...(raw !== undefined && { body: raw as BodyInit }),
        signal: stop.signal,
      });
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) await response.body?.cancel();
      else await response.arrayBuffer();
      count.cases += 1;
      count.statuses.set(`${response.status}`, (count.statuses.get(`${response.status}`) ?? 0) + 1);
      demandDeclared();
      const lost = response.status === 401 && token !== undefined && who !== 'forger';
      if (lost || (response.ok && takesAway(route))) await begin();
    } finally {
      clearTimeout(limit);
    }
  }

  it.each(routes)(
    '%s answers as the route table says: no 500, no hang, no strange answer',
    { timeout: LONG ? 120_000 : 30_000 },
    async (name, route) => {
      // Each operation has a seed of its own: with one for all, the same people would ask the same thing everywhere.
      const at = routes.findIndex(([one]) => one === name);
      for (const seed of [FIXED_SEED + at, FREE_SEED + at]) {
        await fc.assert(
          fc.asyncProperty(casesOf(route), (one) => send(route, one)),
          { seed, numRuns: RUNS, endOnFailure: true },
        );
      }
    },
  );

  it('makes nobody dial anything but this machine, and leaves no prototype spoilt', async () => {
    expect([...new Set(dialled)]).toEqual([]);
    // The guard itself holds: an address for documentation, where nobody is.
    await expect(fetch('http://192.0.2.1:50009/')).rejects.toThrow();
    expect(dialled).toEqual(['192.0.2.1']);
    expect(({} as { role?: string }).role).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
