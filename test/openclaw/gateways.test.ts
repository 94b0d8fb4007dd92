import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGateways } from '../../backend/src/adapters/openclaw/gateways.ts';
import { openSocket } from '../../backend/src/adapters/openclaw/socket.ts';
import { createPool } from '../../backend/src/adapters/ssh/pool.ts';
import { createAgent, listAgents } from '../../backend/src/features/openclaw/agents.ts';
import { restartPlan } from '../../backend/src/features/openclaw/restart.plan.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { createDialer } from '../../backend/src/lib/egress.ts';
import type { Gateways } from '../../backend/src/lib/gateway.ts';
import type { HostPool } from '../../backend/src/lib/host.ts';
import { startFakeGateway } from '../support/fake-gateway.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { describeIf } from '../support/needs.ts';
import { startOpenclaw, whyNoOpenclaw, type TestOpenclaw } from '../support/openclaw.ts';
import { freePort, SSHD, startSshd, type TestSshd } from '../support/sshd.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const LONG_MS = 300_000;
/** Longer than a failure is remembered. */
const FORGOTTEN_MS = 800;

interface Reach {
  hosts: HostPool;
  gateways: Gateways;
  logged: () => string;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The real pool to real sshds, by the server's name. */
function reach(servers: Record<string, () => TestSshd>, options: { closeWhenUnusedMs?: number } = {}): Reach {
  let log = '';
  const dial = createDialer({ privateHosts: 'all', ownPorts: () => [] });
  const hosts = createPool({ dial, targetOf: async (id) => servers[id]?.().target ?? Promise.reject(new Error(`no server ${id}`)) });
  const gateways = createGateways({ hosts, clock: systemClock, log: pino({}, { write: (line) => void (log += line) }), ...options });
  return {
    hosts,
    gateways,
    logged: () => log,
    async [Symbol.asyncDispose]() {
      await gateways[Symbol.asyncDispose]();
      await hosts[Symbol.asyncDispose]();
    },
  };
}

async function writeConfig(sshd: TestSshd, config: unknown): Promise<void> {
  await mkdir(join(sshd.home, '.openclaw'), { recursive: true });
  await writeFile(join(sshd.home, '.openclaw/openclaw.json'), typeof config === 'string' ? config : JSON.stringify(config));
}

const logins = (sshd: TestSshd): number => sshd.log().match(/Accepted publickey/g)?.length ?? 0;

describeIf(why === undefined, `the real OpenClaw: ${why}`)('The real gateway, through a real sshd', () => {
  let sshd: TestSshd;
  /** Another login on the same machine: its own home folder, no port forwarding. */
  let strict: TestSshd;
  let model: ModelServer;
  let openclaw: TestOpenclaw;
  let all: Reach;

  beforeAll(async () => {
    [sshd, strict, model] = await Promise.all([startSshd(), startSshd({ config: ['AllowTcpForwarding no'] }), startModelServer()]);
    openclaw = await startOpenclaw({ home: sshd.home, modelPort: model.port });
    all = reach({ real: () => sshd, strict: () => strict });
  }, LONG_MS);
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    await openclaw[Symbol.asyncDispose]();
    await Promise.all([sshd[Symbol.asyncDispose](), strict[Symbol.asyncDispose](), model[Symbol.asyncDispose]()]);
  });

  it('is connected to once, however many ask at the same time', async () => {
    const before = logins(sshd);
    const answers = await Promise.all(Array.from({ length: 20 }, () => all.gateways.status('real')));
    expect(answers[0]).toMatchObject({
      state: 'ready',
      version: '2026.9.6',
      newerThanTested: false,
      protocol: 4,
      via: 'forward',
      agents: 1,
    });
    expect(answers[0]?.port).toBe(openclaw.port);
    expect(new Set(answers.map(({ connectedAt }) => connectedAt)).size).toBe(1);
    expect(logins(sshd) - before).toBe(1);
  });

  it('gives each role its scopes and no more (S2)', async () => {
    const create = { method: 'agents.create', params: { name: 'nobody' } };
    for (const as of ['viewer', 'admin', 'owner'] as const)
      await expect(all.gateways.request('real', { ...create, as })).rejects.toMatchObject({ code: 'gateway.scope_missing' });
    const send = { method: 'chat.send', params: { sessionKey: 'agent:main:x', message: 'x', idempotencyKey: 'x' } };
    await expect(all.gateways.request('real', { ...send, as: 'viewer' })).rejects.toMatchObject({ code: 'gateway.scope_missing' });
    expect(await all.gateways.request('real', { method: 'sessions.list', as: 'viewer' })).toHaveProperty('sessions');
  });

  it('says which call it does not know, and what is wrong with one', async () => {
    const unknown = all.gateways.request('real', { method: 'no.such.thing', as: 'control' });
    await expect(unknown).rejects.toMatchObject({ code: 'gateway.method_unknown', message: expect.stringContaining('no.such.thing') });
    const wrong = all.gateways.request('real', { method: 'sessions.list', params: { limit: 'x' }, as: 'viewer' });
    await expect(wrong).rejects.toMatchObject({ code: 'gateway.refused', message: expect.stringContaining('/limit') });
  });

  it('creates an agent under the id that was asked for, in a folder of its own, once', async () => {
    const signal = AbortSignal.timeout(30_000);
    const created = await createAgent(all, 'real', { id: 'deck', name: 'Deck hand ⚓' }, signal);
    expect(created).toMatchObject({ id: 'deck', name: 'Deck hand ⚓', model: 'test/test-model', isDefault: false });
    expect(created.workspace).toBe(join(sshd.home, '.openclaw/workspace-deck'));
    expect((await listAgents(all.gateways, 'real', 'viewer')).map(({ id, isDefault }) => [id, isDefault])).toEqual([
      ['main', true],
      ['deck', false],
    ]);
    await expect(createAgent(all, 'real', { id: 'deck' }, signal)).rejects.toMatchObject({ code: 'agent.exists' });
    const both = await Promise.allSettled([1, 2].map(() => createAgent(all, 'real', { id: 'twin' }, signal)));
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'agent.exists' } });
  });

  it('lets the new agent take its turn with the model, streamed to its end', async () => {
    await delay(2_000); // the gateway loads the new agent; a turn before that fails with "superseded"
    const { host, release } = await all.hosts.hold('real');
    const { stream } = await host.forward(openclaw.port);
    const { port, token } = openclaw;
    const socket = await openSocket({ stream, port, token, scopes: ['operator.read', 'operator.write'] });
    try {
      const states: string[] = [];
      const final = new Promise<string>((resolve, reject) => {
        setTimeout(() => reject(new Error(`only ${states.join()} within 45 s: ${openclaw.log().slice(-1_000)}`)), 45_000).unref();
        socket.events.on('event', ({ event, payload }) => {
          const { state, message } = (event === 'chat' ? payload : {}) as { state?: string; message?: unknown };
          if (state) states.push(state);
          if (state === 'final' || state === 'error') resolve(JSON.stringify(message ?? payload));
        });
      });
      const params = { sessionKey: 'agent:deck:test', message: 'what is the tide?', idempotencyKey: 'turn-1' };
      expect(await socket.request('chat.send', params)).toMatchObject({ status: 'started' });
      expect(await final).toContain('test-model heard: what is the tide?');
      expect(states.at(-1)).toBe('final');
    } finally {
      socket.close();
      release();
    }
  });

  it('is reached by a command where the server forbids port forwarding', async () => {
    await writeConfig(strict, openclaw.config.read());
    const status = await all.gateways.status('strict');
    expect(status, status.message ?? '').toMatchObject({ state: 'ready', via: 'bridge', agents: 3 });
    const config = (await all.gateways.request('strict', { method: 'config.get', as: 'viewer' })) as { hash?: string };
    expect(config.hash).toMatch(/./);
  });

  it('says that the token is wrong, and finds the right one as soon as it is there', async () => {
    const config = openclaw.config.read();
    const { gateway } = config;
    await writeConfig(strict, { ...config, gateway: { ...gateway, auth: { mode: 'token', token: 'wrong-canary-token' } } });
    all.gateways.drop('strict');
    const wrong = await all.gateways.status('strict');
    expect(wrong).toMatchObject({ state: 'auth_failed', fix: expect.stringMatching(/\./) });
    await expect(all.gateways.request('strict', { method: 'health', as: 'owner' })).rejects.toMatchObject({
      code: 'gateway.token_mismatch',
    });
    const noToken = { ...config, gateway: { ...gateway, auth: { mode: 'token' } } };
    await writeConfig(strict, noToken);
    await delay(FORGOTTEN_MS);
    expect((await all.gateways.status('strict')).state).toBe('auth_failed');
    await writeConfig(strict, config);
    await delay(FORGOTTEN_MS);
    expect((await all.gateways.status('strict')).state).toBe('ready');
    expect(`${JSON.stringify(wrong)}${all.logged()}`).not.toMatch(/wrong-canary-token/);
  });

  it('restarts itself when nothing of ours keeps it running, and answers with another boot', async () => {
    const bootId = (await all.gateways.bootOf('real')) ?? null;
    const { host, release } = await all.hosts.hold('real');
    const lines: string[] = [];
    const step = restartPlan(all).steps({ bootId })[0];
    const signal = AbortSignal.timeout(60_000);
    await step?.apply({
      host,
      serverId: 'real',
      input: { bootId },
      secrets: {},
      signal,
      log: (line: string) => void lines.push(line),
      detached: () => Promise.reject(new Error('nothing runs beside it')),
    } as unknown as Parameters<typeof step.apply>[0]); // a step needs no more of its context than this
    release();
    expect(lines.at(-1)).toBe('The gateway answers again.');
    expect(await all.gateways.bootOf('real')).not.toBe(bootId);
  });

  it('is found again when it comes back with another token', async () => {
    const config = openclaw.config.read();
    await openclaw.stop();
    await openclaw.config.write({
      ...config,
      gateway: { ...config['gateway'], auth: { mode: 'token', token: 'another-token-0123456789' } },
    });
    await openclaw.start();
    expect(await all.gateways.request('real', { method: 'agents.list', as: 'viewer' })).toHaveProperty('agents');
  });

  it('that is killed fails the calls that wait, is down after that, and ready when it is back', async () => {
    const waits = all.gateways.request('real', { method: 'agent.wait', params: { runId: 'none', timeoutMs: 20_000 }, as: 'control' });
    const ended = waits.then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );
    await delay(300);
    await openclaw.stop('SIGKILL');
    expect(['gateway.down', 'answered']).toContain(await ended);
    expect(await all.gateways.status('real')).toMatchObject({ state: 'gateway_down', fix: expect.stringContaining('Restart it') });
    await openclaw.start();
    await delay(FORGOTTEN_MS);
    expect((await all.gateways.status('real')).state).toBe('ready');
  });
});

describeIf(SSHD !== undefined, 'it needs sshd')('A server whose gateway is not as it should be', () => {
  let sshd: TestSshd;
  let all: Reach;
  const say = (gateway: unknown) => writeConfig(sshd, { gateway });
  const status = async () => {
    all.gateways.drop('one');
    return all.gateways.status('one');
  };

  beforeAll(async () => {
    sshd = await startSshd();
    all = reach({ one: () => sshd }, { closeWhenUnusedMs: 400 });
  });
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  it('is not set up, when there is no configuration', async () => {
    await rm(join(sshd.home, '.openclaw'), { recursive: true, force: true });
    expect(await status()).toMatchObject({ state: 'not_set_up', code: 'gateway.not_set_up', fix: 'Run the setup.' });
  });

  it('is told apart from one with a configuration that cannot be read', async () => {
    for (const text of ['{ broken', '[]', '{"gateway":{"port":"x"}}', '{"gateway":{"port":99999}}']) {
      await writeConfig(sshd, text);
      expect(await status(), text).toMatchObject({ state: 'gateway_down', message: expect.stringContaining('configuration') });
    }
  });

  it('is down when its port is closed, and one try answers all who ask', async () => {
    await say({ port: await freePort() });
    const answers = await Promise.all(Array.from({ length: 10 }, status));
    expect(answers[0]).toMatchObject({ state: 'gateway_down' });
    const again = [await all.gateways.status('one'), await all.gateways.status('one')];
    expect(again.map(({ message }) => message)).toEqual([answers[9]?.message, answers[9]?.message]);
  });

  it('may keep its token in its .env; any other place is named, and what to do', async () => {
    await using fake = await startFakeGateway({ token: 'from the env' });
    const tokens = [{ source: 'env', provider: 'default', id: 'MY_TOKEN' }, '${MY_TOKEN}'];
    for (const token of tokens) {
      await rm(join(sshd.home, '.openclaw/.env'), { force: true });
      await say({ port: fake.port, auth: { mode: 'token', token } });
      expect(await status()).toMatchObject({ state: 'auth_failed', message: expect.stringContaining('env MY_TOKEN') });
      await writeFile(join(sshd.home, '.openclaw/.env'), 'OTHER=1\nexport MY_TOKEN="from the env"\n');
      expect((await status()).state).toBe('ready');
    }
    await say({ port: fake.port, auth: { mode: 'token', token: { source: 'exec', id: 'vault/x' } } });
    expect(await status()).toMatchObject({ state: 'auth_failed', message: expect.stringContaining('exec vault/x') });
    await say({ port: fake.port, auth: { mode: 'password' } });
    expect(await status()).toMatchObject({ state: 'auth_failed', message: expect.stringContaining('password') });
  });

  it('is followed to another port and token without being told', async () => {
    await using first = await startFakeGateway({ token: 'one' });
    await say({ port: first.port, auth: { token: 'one' } });
    expect((await status()).port).toBe(first.port);
    await using second = await startFakeGateway({ token: 'two' });
    await say({ port: second.port, auth: { token: 'two' } });
    await first[Symbol.asyncDispose]();
    await delay(50);
    expect(await all.gateways.status('one')).toMatchObject({ state: 'ready', port: second.port });
  });

  it('is let go when nobody uses it, but not while a call waits', async () => {
    await using fake = await startFakeGateway({
      onFrame: (method, socket, id) => {
        if (method !== 'slow') return { ok: true, payload: { agents: [] } };
        setTimeout(() => socket.send(JSON.stringify({ type: 'res', id, ok: true, payload: 'at last' })), 1_000);
        return undefined;
      },
    });
    await say({ port: fake.port });
    all.gateways.drop('one');
    expect(await all.gateways.request('one', { method: 'slow', as: 'viewer' })).toBe('at last');
    expect(fake.sockets.size).toBe(1);
    await delay(1_000);
    expect(fake.sockets.size).toBe(0);
    expect((await all.gateways.status('one')).state).toBe('ready');
  });

  it('answers a caller who has left with nothing but that', async () => {
    await using fake = await startFakeGateway({ onFrame: () => undefined });
    await say({ port: fake.port });
    all.gateways.drop('one');
    const call = all.gateways.request('one', { method: 'slow', as: 'viewer', signal: AbortSignal.timeout(150) });
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(all.gateways.request('one', { method: 'slow', as: 'viewer', timeoutMs: 100 })).rejects.toMatchObject({
      code: 'gateway.timeout',
    });
  });

  it('cannot be reached when its sshd is gone', async () => {
    await sshd[Symbol.asyncDispose]();
    await delay(100);
    all.hosts.drop('one');
    expect(await status()).toMatchObject({ state: 'unreachable', code: expect.stringMatching(/^ssh\./), fix: expect.any(String) });
  });
});
