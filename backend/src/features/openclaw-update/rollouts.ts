import type { Rollout } from '@clawmoor/shared/openclaw-update.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Logger } from 'pino';
import { iso, type Clock } from '../../lib/clock.ts';
import type { MakeId } from '../../lib/id.ts';
import { createTurns } from '../../lib/one-at-a-time.ts';
import { Problem } from '../../lib/problem.ts';
import type { Database } from '../../lib/tables.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { rolloutEnded, rolloutNotFound } from './openclaw-update.problems.ts';
import type { OpenclawUpdates } from './openclaw-update.ts';
import { rolloutsStore, type RolloutRow, type RolloutServerRow } from './rollouts.store.ts';

const LISTED = 50;
const LOOK_EVERY_MS = 2_000;

export interface RolloutsParts {
  db: Database;
  clock: Clock;
  makeId: MakeId;
  log: Logger;
  tasks: Pick<Tasks, 'get'>;
  updates: Pick<OpenclawUpdates, 'start' | 'versionOf'>;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  /** Shorter in tests. */
  lookEveryMs?: number;
}

export interface NewRollout {
  serverIds: readonly string[];
  wanted: string;
  atOnce: number;
  by: string;
  signal: AbortSignal;
}

export type Rollouts = ReturnType<typeof createRollouts>;

/**
 * Updates of several servers: the first goes alone, the others after its success, a few at once; the first failure stops what has not
 * begun. What is done next is read from the database each time, so a restart of ours changes nothing.
 */
export function createRollouts({ db, clock, makeId, log, tasks, updates, roleOf, lookEveryMs = LOOK_EVERY_MS }: RolloutsParts) {
  const store = rolloutsStore(db);
  const inTurn = createTurns();
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<unknown> = Promise.resolve();

  /** Of a server that its maker may not see any more nothing is told but that. */
  async function serversOf({ id, created_by }: RolloutRow) {
    const all = await store.servers(id);
    const roles = await Promise.all(all.map(({ server_id }) => roleOf(server_id, created_by)));
    const hidden = { task_id: null, code: 'server.not_found', message: null };
    return all.map((server, at) => (roles[at] === undefined ? { ...server, ...hidden } : server));
  }

  const view = async (row: RolloutRow): Promise<Rollout> => ({
    id: row.id,
    version: row.version,
    state: row.state,
    createdAt: iso(row.created_at),
    finishedAt: row.finished_at === null ? null : iso(row.finished_at),
    servers: (await serversOf(row)).map(({ server_id, state, task_id, code, message }) => ({
      serverId: server_id,
      state,
      taskId: task_id,
      code,
      message,
    })),
  });

  async function mustGet(id: string, userId: string): Promise<RolloutRow> {
    const row = await store.get(id);
    if (!row || row.created_by !== userId) throw rolloutNotFound();
    return row;
  }

  async function demandAdmin(serverId: string, userId: string): Promise<void> {
    const role = await roleOf(serverId, userId);
    if (role === undefined) throw new Problem('server.not_found', 'There is no such server, or it is not shared with you');
    if (role === 'viewer') throw new Problem('auth.role_too_low', 'This needs the role admin on the server');
  }

  async function begin(rollout: RolloutRow, { server_id: serverId }: RolloutServerRow): Promise<void> {
    try {
      await demandAdmin(serverId, rollout.created_by);
      // The same key after a crash in between answers with the task that was begun.
      const idempotencyKey = `${rollout.id}:${serverId}`;
      const signal = AbortSignal.any([over.signal, AbortSignal.timeout(60_000)]);
      const taskId = await updates.start(serverId, { wanted: rollout.version, by: rollout.created_by, idempotencyKey, signal });
      await store.updateServer(rollout.id, serverId, { state: 'running', task_id: taskId });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await store.updateServer(rollout.id, serverId, { state: 'failed', code: error.code, message: error.message });
    }
  }

  async function lookAt(rollout: RolloutRow, { server_id: serverId, task_id: taskId }: RolloutServerRow): Promise<void> {
    const task = taskId === null ? undefined : await tasks.get(taskId);
    if (!task || task.state === 'queued' || task.state === 'running') return;
    if (task.state === 'succeeded') return void (await store.updateServer(rollout.id, serverId, { state: 'succeeded' }));
    const { code, message } = task.error ?? { code: `task.${task.state}`, message: 'Stopped by a person' };
    await store.updateServer(rollout.id, serverId, { state: 'failed', code, message });
  }

  /** One step of it, from what the database says. */
  async function advance(id: string): Promise<void> {
    const rollout = await store.get(id);
    if (rollout?.state !== 'running') return;
    for (const server of await store.servers(id)) if (server.state === 'running') await lookAt(rollout, server);
    let servers = await store.servers(id);
    for (const next of servers.filter(({ state }) => state === 'waiting')) {
      if (servers.some(({ state }) => state === 'failed' || state === 'skipped')) break;
      const places = servers.some(({ state }) => state === 'succeeded') ? rollout.at_once : 1;
      if (servers.filter(({ state }) => state === 'running').length >= places) break;
      await begin(rollout, next);
      servers = await store.servers(id);
    }
    if (servers.some(({ state }) => state === 'failed')) await store.skipRest(id);
    const open = (await store.servers(id)).filter(({ state }) => state === 'running' || state === 'waiting');
    if (open.length > 0) return;
    const state = (await store.servers(id)).every((server) => server.state === 'succeeded') ? 'succeeded' : 'stopped';
    await store.update(id, { state, finished_at: clock.now() });
  }

  async function lookAtAll(): Promise<void> {
    for (const { id } of await store.running()) {
      await inTurn(id, () => advance(id)).catch((error: unknown) => {
        if (!over.signal.aborted) log.warn({ err: error, rolloutId: id }, 'an update of several servers could not go on; tried again');
      });
    }
  }

  function schedule(): void {
    if (over.signal.aborted) return;
    timer = setTimeout(() => {
      round = lookAtAll()
        .catch((error: unknown) => log.warn({ err: error }, 'the updates of several servers could not be read'))
        .then(schedule);
    }, lookEveryMs).unref();
  }

  return {
    /** Throws for the first server that the person may not update: then nothing is begun. */
    async start({ serverIds, wanted, atOnce, by, signal }: NewRollout): Promise<Rollout> {
      const servers = [...new Set(serverIds)];
      for (const serverId of servers) await demandAdmin(serverId, by);
      const version = await updates.versionOf(wanted, signal);
      const id = makeId('rol');
      await store.add(
        { id, version, at_once: atOnce, created_by: by, created_at: clock.now(), state: 'running', finished_at: null },
        servers.map((server_id, position) => ({
          rollout_id: id,
          server_id,
          position,
          state: 'waiting',
          task_id: null,
          code: null,
          message: null,
        })),
      );
      await inTurn(id, () => advance(id));
      return view(await mustGet(id, by));
    },
    read: async (id: string, userId: string): Promise<Rollout> => view(await mustGet(id, userId)),
    list: async (userId: string): Promise<Rollout[]> => Promise.all((await store.of(userId, LISTED)).map(view)),
    /** Throws `openclaw_update.rollout_ended`. */
    async stop(id: string, userId: string): Promise<Rollout> {
      if ((await mustGet(id, userId)).state !== 'running') throw rolloutEnded();
      await inTurn(id, async () => {
        await store.skipRest(id);
        await advance(id);
      });
      return view(await mustGet(id, userId));
    },
    begin: schedule,
    async [Symbol.asyncDispose](): Promise<void> {
      over.abort();
      clearTimeout(timer);
      await round;
    },
  };
}
