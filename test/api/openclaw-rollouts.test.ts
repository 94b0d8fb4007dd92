import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { openTestStore } from '../support/store.ts';
import { createRollouts } from '../../backend/src/features/openclaw-update/rollouts.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { randomId } from '../../backend/src/lib/id.ts';
import { Problem } from '../../backend/src/lib/problem.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

type Ending = 'running' | 'succeeded' | 'failed' | 'cancelled';

describe('Updates of several servers', () => {
  let dir: string;
  let opened: Awaited<ReturnType<typeof openTestStore>>;
  /** What became of the task of each server, by its id. */
  let ends: Record<string, Ending>;
  let begun: string[];
  let roles: Record<string, 'viewer' | 'admin'>;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'clawmoor-rollouts-'));
    opened = await openTestStore(join(dir, 'clawmoor.db'), { clock: systemClock });
    await opened.db
      .insertInto('user')
      .values({ id: 'u', first_name: 'Olga', last_name: null, username: null, language_code: null, created_at: 1, last_seen_at: 1 })
      .execute();
    for (const id of ['a', 'b', 'c', 'd'])
      await opened.db
        .insertInto('server')
        .values({
          id,
          name: id,
          host: 'h',
          port: 22,
          username: 'u',
          auth_method: 'key',
          public_key: null,
          tags: '[]',
          jump_host: null,
          jump_port: null,
          jump_username: null,
          state_at: null,
          created_at: 1,
          updated_at: 1,
        })
        .execute();
    ends = {};
    begun = [];
    roles = { a: 'admin', b: 'admin', c: 'admin', d: 'admin' };
  });
  afterEach(async () => {
    await opened.close();
    await rm(dir, { recursive: true, force: true });
  });

  const start = () =>
    createRollouts({
      db: opened.db,
      clock: systemClock,
      makeId: randomId,
      log: pino({ level: 'silent' }),
      roleOf: async (serverId) => roles[serverId],
      tasks: {
        // What is read of it is its end.
        get: async (id) =>
          ({
            state: ends[id] ?? 'running',
            error: ends[id] === 'failed' ? { code: 'openclaw_update.rolled_back', message: 'back' } : null,
          }) as Task,
      },
      updates: {
        versionOf: async () => '2026.9.6',
        start: async (serverId, { idempotencyKey }) => {
          begun.push(`${serverId} ${idempotencyKey?.split(':')[1]}`);
          return serverId;
        },
      },
      lookEveryMs: 10,
    });
  const wish = { serverIds: ['a', 'b', 'c', 'd', 'a'], wanted: 'latest', atOnce: 2, by: 'u', signal };
  const statesIn = ({ servers }: { servers: { state: string }[] }): string[] => servers.map(({ state }) => state);
  const until = async (look: () => Promise<boolean>): Promise<void> => {
    while (!(await look())) await delay(5);
  };

  it('go to the first alone, then to the others, as many at once as was said, each with a task of its own', async () => {
    await using rollouts = start();
    rollouts.begin();
    const { id, version } = await rollouts.start(wish);
    expect(version).toBe('2026.9.6');
    expect(statesIn(await rollouts.read(id, 'u'))).toEqual(['running', 'waiting', 'waiting', 'waiting']);
    ends['a'] = 'succeeded';
    await until(async () => begun.length === 3);
    expect(statesIn(await rollouts.read(id, 'u'))).toEqual(['succeeded', 'running', 'running', 'waiting']);
    Object.assign(ends, { b: 'succeeded', c: 'succeeded', d: 'succeeded' });
    await until(async () => (await rollouts.read(id, 'u')).state === 'succeeded');
    expect(begun).toEqual(['a a', 'b b', 'c c', 'd d']);
    expect((await rollouts.list('u')).map((one) => one.id)).toEqual([id]);
    await expect(rollouts.read(id, 'somebody else')).rejects.toMatchObject({ code: 'openclaw_update.rollout_not_found' });
    await expect(rollouts.stop(id, 'u')).rejects.toMatchObject({ code: 'openclaw_update.rollout_ended' });
  });

  it('stop at the first failure, and say what it was; what is under way comes to its end', async () => {
    await using rollouts = start();
    rollouts.begin();
    const { id } = await rollouts.start(wish);
    ends['a'] = 'succeeded';
    await until(async () => begun.length === 3);
    ends['b'] = 'failed';
    await until(async () => statesIn(await rollouts.read(id, 'u'))[3] === 'skipped');
    expect(await rollouts.read(id, 'u')).toMatchObject({
      state: 'running',
      servers: [{}, { state: 'failed', code: 'openclaw_update.rolled_back', message: 'back' }, { state: 'running' }, { taskId: null }],
    });
    ends['c'] = 'succeeded';
    await until(async () => (await rollouts.read(id, 'u')).state === 'stopped');
    expect(begun).toHaveLength(3);
  });

  it('never begin a second when the first fails or is stopped', async () => {
    for (const end of ['failed', 'cancelled'] as const) {
      await using rollouts = start();
      rollouts.begin();
      ends = { a: end };
      begun = [];
      const { id } = await rollouts.start(wish);
      await until(async () => (await rollouts.read(id, 'u')).state === 'stopped');
      expect(statesIn(await rollouts.read(id, 'u'))).toEqual(['failed', 'skipped', 'skipped', 'skipped']);
      expect(begun).toEqual(['a a']);
    }
  });

  it('go on where they were after a restart, and begin no server twice', async () => {
    let id: string;
    {
      await using rollouts = start();
      id = (await rollouts.start(wish)).id;
    }
    ends = { a: 'succeeded', b: 'succeeded', c: 'succeeded', d: 'succeeded' };
    await using rollouts = start();
    rollouts.begin();
    await until(async () => (await rollouts.read(id, 'u')).state === 'succeeded');
    expect(begun.map((line) => line.slice(0, 1))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('need the role admin on each: at the beginning for all of them, and again when its turn comes', async () => {
    await using rollouts = start();
    rollouts.begin();
    roles['c'] = 'viewer';
    await expect(rollouts.start(wish)).rejects.toMatchObject({ code: 'auth.role_too_low' });
    delete roles['c'];
    await expect(rollouts.start(wish)).rejects.toBeInstanceOf(Problem);
    expect(begun).toEqual([]);
    roles['c'] = 'admin';
    const { id } = await rollouts.start({ ...wish, atOnce: 1 });
    delete roles['b'];
    ends['a'] = 'succeeded';
    await until(async () => (await rollouts.read(id, 'u')).state === 'stopped');
    expect(await rollouts.read(id, 'u')).toMatchObject({
      servers: [{}, { state: 'failed', code: 'server.not_found' }, { state: 'skipped' }, {}],
    });
  });

  it('are stopped by a person: what runs goes on, nothing else begins', async () => {
    await using rollouts = start();
    const { id } = await rollouts.start(wish);
    expect(statesIn(await rollouts.stop(id, 'u'))).toEqual(['running', 'skipped', 'skipped', 'skipped']);
    ends['a'] = 'succeeded';
    rollouts.begin();
    await until(async () => (await rollouts.read(id, 'u')).state === 'stopped');
    expect(begun).toEqual(['a a']);
  });
});

describe('Updates of several servers, over the API', () => {
  let test: TestWorld;
  let owner: Person;
  beforeAll(async () => {
    test = await startWorld();
    owner = await test.person(1);
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('answer with where they stand, and end with the reason of the first that failed', async () => {
    const place = { host: '127.0.0.1', port: 9, username: 'root', authMethod: 'password', password: 'x' };
    const [first, second] = [
      await owner.post('/servers', { name: 'one', ...place }),
      await owner.post('/servers', { name: 'two', ...place }),
    ];
    const serverIds = [first.body.id, second.body.id];
    const made = await owner.post('/openclaw/updates', { serverIds, version: '2026.9.6' });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      version: '2026.9.6',
      state: 'running',
      servers: [{ state: 'running' }, { state: 'waiting', taskId: null }],
    });
    // Its host key was never confirmed: the task of the first fails, and that is the end.
    for (;;) {
      const { body } = await owner.get(`/openclaw/updates/${made.body.id}`);
      if (body.state === 'running') {
        await delay(100);
        continue;
      }
      expect(body).toMatchObject({
        state: 'stopped',
        servers: [{ state: 'failed', code: 'ssh.host_key_unconfirmed' }, { state: 'skipped' }],
      });
      break;
    }
    expect((await owner.get('/openclaw/updates')).body.updates).toHaveLength(1);
    expect((await owner.post('/openclaw/updates', { serverIds: [] })).status).toBe(400);
    expect((await (await test.person(2)).get('/openclaw/updates')).body.updates).toEqual([]);
  });
});
