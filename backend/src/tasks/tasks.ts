import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { LogLine, Task } from '@clawmoor/shared/tasks.ts';
import type { Clock } from '../lib/clock.ts';
import type { HostPool } from '../lib/host.ts';
import type { MakeId } from '../lib/id.ts';
import { currentRequestId, onBehalfOf } from '../lib/request-scope.ts';
import type { Sealer } from '../lib/sealer.ts';
import type { Database } from '../lib/tables.ts';
import type { AnyPlan } from './plan.ts';
import { runTask } from './run-task.ts';
import { Stop } from './stop.ts';
import { alreadyEnded, keyReused, laneBusy, notEnded, secretsNeeded, taskNotFound } from './tasks.problems.ts';
import { aadOf } from './sealed-tasks.store.ts';
import { tasksStore, type TaskRow, type TaskWithSteps } from './tasks.store.ts';
import { lineView, taskView } from './view.ts';
import { createSharedReading } from './shared-reading.ts';
import type { TaskEvent } from './task-events.ts';
import { watchTask } from './watch.ts';

// A step is mostly waiting for a server; this many at once cost little, and the rest wait in the queue.
const DRIVEN_AT_ONCE = 50;
const DRAIN_WITHIN_MS = 8_000;

export interface TasksParts {
  db: Database;
  hosts: HostPool;
  plans: ReadonlyMap<string, AnyPlan>;
  sealer: Sealer;
  clock: Clock;
  makeId: MakeId;
  log: Logger;
  /** Throws when nothing new may be begun: the disk is full. */
  mayStart?: () => void;
}

export interface NewTask {
  serverId: string;
  type: string;
  input: unknown;
  /** Kept sealed while the task is open, wiped at its end. */
  secrets?: Record<string, string>;
  by: string;
  idempotencyKey?: string | undefined;
  retryOf?: string;
}

export type Tasks = ReturnType<typeof createTasks>;

const isOpen = (task: TaskRow): boolean => task.state === 'queued' || task.state === 'running';

/** The engine: takes tasks, drives them to their end, remembers everything, goes on after a crash. */
export function createTasks({ db, hosts, plans, sealer, clock, makeId, log, mayStart }: TasksParts) {
  const store = tasksStore(db);
  // Only a doorbell: readers learn that something changed and look in the database for what.
  const bell = new EventEmitter().setMaxListeners(0);
  const reading = createSharedReading({ store, bell });
  const driven = new Map<string, { stop: AbortController; ended: Promise<void>; serverId: string }>();
  let draining = false;

  async function mustGet(id: string): Promise<TaskWithSteps> {
    const task = await store.get(id);
    if (!task) throw taskNotFound();
    return task;
  }

  function drive(task: TaskWithSteps): void {
    const stop = new AbortController();
    const secrets: Record<string, unknown> = task.secrets === null ? {} : JSON.parse(sealer.open(task.secrets, aadOf(task.id)));
    const changed = (): void => void bell.emit(task.id);
    const run = () => runTask({ task, plan: plans.get(task.type), secrets, hosts, store, clock, log, stop, changed });
    const ended = onBehalfOf(task.request_id ?? undefined, run).finally(() => {
      driven.delete(task.id);
      bell.emit(task.id);
      void pump();
    });
    driven.set(task.id, { stop, ended, serverId: task.server_id });
    if (task.cancel_asked_at !== null) stop.abort(new Stop('cancelled'));
  }

  let pumping: Promise<void> = Promise.resolve();
  /** Starts what waits, oldest first; one call at a time, or a task would be taken twice. */
  function pump(): Promise<void> {
    pumping = pumping.then(startQueued).catch((error: unknown) => log.error({ err: error }, 'a waiting task could not be started'));
    return pumping;
  }

  async function startQueued(): Promise<void> {
    while (!draining && driven.size < DRIVEN_AT_ONCE) {
      const next = await store.oldestQueued();
      if (!next) return;
      const now = clock.now();
      await store.write(next.id, next.generation, { at: now, task: { state: 'running', started_at: next.started_at ?? now } });
      const task = await store.get(next.id);
      if (task?.state === 'running' && !driven.has(task.id)) drive(task);
    }
  }

  async function cancelOne(task: TaskWithSteps): Promise<void> {
    await store.askToCancel(task.id, clock.now());
    const driver = driven.get(task.id);
    if (driver) return driver.stop.abort(new Stop('cancelled'));
    await store.write(task.id, task.generation, { at: clock.now(), task: { state: 'cancelled', finished_at: clock.now(), secrets: null } });
    bell.emit(task.id);
  }

  async function start({ serverId, type, input, secrets = {}, by, idempotencyKey, retryOf }: NewTask): Promise<string> {
    const plan = plans.get(type);
    if (!plan) throw new Error(`There is no plan called ${type}`);
    mayStart?.();
    const parsed: unknown = plan.input.parse(input);
    plan.secrets.parse(secrets);
    const id = makeId('tsk');
    const names = Object.keys(secrets);
    const row = {
      id,
      server_id: serverId,
      lane: plan.lane(parsed),
      type,
      input: JSON.stringify(parsed),
      secrets: names.length > 0 ? sealer.seal(JSON.stringify(secrets), aadOf(id)) : null,
      secret_names: JSON.stringify(names),
      created_by: by,
      idempotency_key: idempotencyKey ?? null,
      retry_of: retryOf ?? null,
      request_id: currentRequestId() ?? null,
      created_at: clock.now(),
      cancel_asked_at: null,
      lease_until: null,
      error: null,
      started_at: null,
      finished_at: null,
    };
    const taken = await store.add(
      row,
      plan.steps(parsed).map(({ key, title }) => ({ key, title })),
    );
    if (taken?.by === 'key') {
      const identity = (json: string): string => JSON.stringify((plan.identity ?? ((whole: unknown) => whole))(JSON.parse(json)));
      const same = taken.row.type === type && taken.row.server_id === serverId && identity(taken.row.input) === identity(row.input);
      if (!same) throw keyReused();
      return taken.row.id;
    }
    if (taken) throw laneBusy(taken.row.id, (await store.get(taken.row.id))?.first_name ?? 'somebody');
    void pump();
    return id;
  }

  return {
    /** Queues a task and answers its id. Throws `task.lane_busy` with the id of the one that runs. */
    start,
    async get(id: string): Promise<Task> {
      return taskView(await mustGet(id));
    },
    serverOf: store.serverOf,
    /** How many wait and run now, and how those begun since a time have ended. */
    stats: store.stats,
    /** Newest first; `cursor` is `nextCursor` of the page before. */
    async list({
      serverIds,
      cursor,
      limit,
    }: {
      serverIds: string[];
      cursor?: string | undefined;
      limit: number;
    }): Promise<{ tasks: Task[]; nextCursor: string | null }> {
      const [at, ...id] = (cursor ?? '').split('.');
      const before = cursor === undefined ? undefined : { at: Number(at) || 0, id: id.join('.') };
      const rows = await store.list({ serverIds, ...(before && { before }), limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { tasks: page.map(taskView), nextCursor: rows.length > limit && last ? `${last.created_at}.${last.id}` : null };
    },
    /** What is queued or running on these servers, newest first. */
    active: async (serverIds: string[]): Promise<Task[]> => (await store.open(serverIds)).map(taskView),
    async logAfter(id: string, after: number, limit: number): Promise<{ lines: LogLine[]; nextAfter: number; ended: boolean }> {
      const task = await mustGet(id);
      const lines = await store.linesAfter(id, after, limit);
      return { lines: lines.map(lineView), nextAfter: lines.at(-1)?.seq ?? after, ended: !isOpen(task) && lines.length < limit };
    },
    watch: (id: string, after: number | undefined, signal: AbortSignal): AsyncGenerator<TaskEvent> =>
      watchTask({ reading, bell, id, after, signal }),
    /** Asks a task to stop; it is over within 15 s. Throws `task.already_ended`. */
    async cancel(id: string): Promise<Task> {
      const task = await mustGet(id);
      if (!isOpen(task)) throw alreadyEnded();
      await cancelOne(task);
      return taskView(await mustGet(id));
    },
    /** Repeats a task that did not succeed, as a new one. Throws `task.secrets_needed` with their names. */
    async retry(
      id: string,
      { secrets, by, idempotencyKey }: { secrets: Record<string, string>; by: string; idempotencyKey?: string | undefined },
    ): Promise<string> {
      const task = await mustGet(id);
      if (isOpen(task) || task.state === 'succeeded') throw notEnded();
      const names = taskView(task).secretsNeeded;
      const missing = names.filter((name) => !Object.hasOwn(secrets, name));
      if (missing.length > 0) throw secretsNeeded(missing);
      const wanted = Object.fromEntries(names.map((name) => [name, secrets[name] ?? '']));
      return start({
        serverId: task.server_id,
        type: task.type,
        input: JSON.parse(task.input),
        secrets: wanted,
        by,
        idempotencyKey,
        retryOf: id,
      });
    },
    /** Stops everything on a server and waits for it: the server is about to be forgotten. */
    async endAllOf(serverId: string): Promise<void> {
      for (const task of await store.open([serverId])) await cancelOne(task);
      await Promise.all([...driven.values()].filter((driver) => driver.serverId === serverId).map(({ ended }) => ended));
    },
    /** Once at start: takes up what an earlier process left, then what waits. This process must be the only one on the database. */
    async resume(): Promise<void> {
      for (const { id, state, generation, interruptions } of await store.open()) {
        if (state !== 'running' || driven.has(id)) continue;
        // A higher generation: whatever the earlier process may still try to write is refused.
        await store.write(id, generation, { at: clock.now(), task: { generation: generation + 1, interruptions: interruptions + 1 } });
        const task = await store.get(id);
        if (task) drive(task);
      }
      await pump();
    },
    /** SIGTERM: stops driving; what runs detached on servers goes on, and `resume` takes it up. */
    async drain(): Promise<void> {
      draining = true;
      for (const { stop } of driven.values()) stop.abort(new Stop('stopping'));
      const all = Promise.all([...driven.values()].map(({ ended }) => ended));
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, DRAIN_WITHIN_MS).unref())]);
    },
  };
}
