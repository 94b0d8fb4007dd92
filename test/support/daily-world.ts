import { setTimeout as delay } from 'node:timers/promises';
import type { Overrides } from '../../backend/src/world.ts';
import { startModelServer } from './model-server.ts';
import { startOpenclaw, type TestOpenclaw } from './openclaw.ts';
import { startSshd, type TestSshd } from './sshd.ts';
import { startWorld, type Answer, type Person, type TestWorld } from './world.ts';

export interface GatewayWorld {
  test: TestWorld;
  openclaw: TestOpenclaw;
  sshd: TestSshd;
  owner: Person;
  /** Of the server on which the gateway runs. */
  serverId: string;
  /** Its operations: `of(owner).get('/cron')`. */
  path: (rest: string) => string;
  /** One call as the backend makes it, for what a test arranges. */
  ask: (method: string, params?: Record<string, unknown>) => Promise<unknown>;
  /** Changes the gateway's configuration, as a person on the machine would. */
  configure: (patch: object) => Promise<void>;
  config: () => Promise<Record<string, unknown>>;
  /** Has the agent take a turn; again where the gateway was just loading something. */
  say: (session: string, message: string) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The whole backend, and the real OpenClaw with a model of its own, reached through a real sshd. The model costs a dollar per call. */
export async function startGatewayWorld(overrides: Overrides = {}, env: Record<string, string> = {}): Promise<GatewayWorld> {
  const [sshd, model] = await Promise.all([startSshd(), startModelServer()]);
  const openclaw = await startOpenclaw({ home: sshd.home, modelPort: model.port });
  const test = await startWorld({ env: { BUDGET_CHECK_MINUTES: '0', ...env }, overrides });
  const owner = await test.person(1, 'Olga');
  const serverId = await addServer(owner, sshd);
  const ask = (method: string, params: Record<string, unknown> = {}): Promise<unknown> =>
    test.world.gateways.request(serverId, { method, params, as: 'control' });
  const read = async () => (await ask('config.get')) as { hash: string; config: Record<string, unknown> };
  const configure = async (patch: object): Promise<void> =>
    void (await ask('config.patch', { raw: JSON.stringify(patch), baseHash: (await read()).hash }));
  let turns = 0;
  // The prices are per million tokens; the model says that it has read 10 and written 5.
  await configure({ models: { providers: { test: { models: [PRICED] } } } });
  return {
    test,
    openclaw,
    sshd,
    owner,
    serverId,
    path: (rest) => `/servers/${serverId}/openclaw${rest}`,
    ask,
    configure,
    config: async () => (await read()).config,
    async say(session, message) {
      const key = `turn-${++turns}`;
      await ask('chat.send', { sessionKey: `agent:main:${session}`, message, idempotencyKey: key });
    },
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await openclaw[Symbol.asyncDispose]();
      await Promise.all([sshd[Symbol.asyncDispose](), model[Symbol.asyncDispose]()]);
    },
  };
}

const PRICED = {
  id: 'test-model',
  name: 'test-model',
  contextWindow: 128_000,
  maxTokens: 4_096,
  input: ['text'],
  reasoning: false,
  cost: { input: 50_000, output: 100_000, cacheRead: 0, cacheWrite: 0 },
};

export async function addServer(owner: Person, sshd: TestSshd): Promise<string> {
  const { auth, username } = sshd.target;
  if (!('privateKey' in auth)) throw new Error('the test sshd logs in by key');
  const place = { name: 'ship', host: '127.0.0.1', port: sshd.port, username, authMethod: 'key', privateKey: auth.privateKey };
  const { id } = expectOk(await owner.post('/servers', place)).body;
  const { hostKey } = expectOk(await owner.post(`/servers/${id}/test`)).body;
  expectOk(await owner.post(`/servers/${id}/host-key`, { sha256: hostKey.sha256 }));
  return id;
}

export function expectOk(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

/** Looks until there is something. */
export async function until<T>(look: () => Promise<T | undefined | false | null>, what: string, withinMs = 30_000): Promise<T> {
  const endAt = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > endAt) throw new Error(`${what}: not within ${withinMs} ms`);
    await delay(200);
  }
}
