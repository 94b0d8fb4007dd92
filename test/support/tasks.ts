import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { pino } from 'pino';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { openTestStore } from './store.ts';
import { createPool } from '../../backend/src/adapters/ssh/pool.ts';
import { systemClock, type Clock } from '../../backend/src/lib/clock.ts';
import { createDialer } from '../../backend/src/lib/egress.ts';
import type { SshTarget } from '../../backend/src/lib/host.ts';
import { randomId } from '../../backend/src/lib/id.ts';
import { createSealer } from '../../backend/src/lib/sealer.ts';
import type { Database } from '../../backend/src/lib/tables.ts';
import type { AnyPlan, Step } from '../../backend/src/tasks/plan.ts';
import { createTasks, type Tasks } from '../../backend/src/tasks/tasks.ts';

export interface TestTasks {
  tasks: Tasks;
  db: Database;
  logged: () => string;
  /** Every line of a task's log, in order. */
  linesOf: (id: string) => Promise<string[]>;
  /** Waits for a state of a task, its end unless told. */
  until: (id: string, reached?: (task: Task) => boolean, withinMs?: number) => Promise<Task>;
  /** As SIGTERM: drains, then closes. */
  [Symbol.asyncDispose]: () => Promise<void>;
}

export const SEALING_KEY = Buffer.alloc(32, 7);
export const isEnded = (task: Task): boolean => task.state !== 'queued' && task.state !== 'running';

/** The engine on a real database, with a person `1` (Ann) and servers `srv_1` … `srv_60`. */
export async function startTasks({
  file = ':memory:',
  plans = [],
  target,
  clock = systemClock,
}: { file?: string; plans?: AnyPlan[]; target?: SshTarget; clock?: Clock } = {}): Promise<TestTasks> {
  const { db, close } = await openTestStore(file, { clock });
  await addRows(db);
  let log = '';
  const hosts = createPool({
    targetOf: async () => {
      if (!target) throw new Error('This test has no server');
      return target;
    },
    dial: createDialer({ privateHosts: 'all', ownPorts: () => [] }),
  });
  const tasks = createTasks({
    db,
    hosts,
    plans: new Map(plans.map((plan) => [plan.type, plan])),
    sealer: createSealer([{ kid: 'k1', key: SEALING_KEY }]),
    clock,
    makeId: randomId,
    log: pino({ level: 'info' }, { write: (line: string) => void (log += line) }),
  });
  return {
    tasks,
    db,
    logged: () => log,
    linesOf: async (id) => {
      const lines: string[] = [];
      for (let after = 0, more = true; more;) {
        const page = await tasks.logAfter(id, after, 1000);
        lines.push(...page.lines.map(({ text }) => text));
        after = page.nextAfter;
        more = page.lines.length > 0;
      }
      return lines;
    },
    async until(id, reached = isEnded, withinMs = 30_000) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const task = await tasks.get(id);
        if (reached(task)) return task;
        if (performance.now() > deadline) throw new Error(`After ${withinMs} ms the task is still: ${JSON.stringify(task)}`);
        await delay(20);
      }
    },
    async [Symbol.asyncDispose]() {
      await tasks.drain();
      await hosts[Symbol.asyncDispose]();
      await close();
    },
  };
}

async function addRows(db: Database): Promise<void> {
  const nobody = { last_name: null, username: null, language_code: null, created_at: 0, last_seen_at: 0 };
  const people = [
    { id: '1', first_name: 'Ann', ...nobody },
    { id: '2', first_name: 'Ben', ...nobody },
  ];
  await db
    .insertInto('user')
    .values(people)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const servers = Array.from({ length: 60 }, (_, at) => ({
    id: `srv_${at + 1}`,
    name: `Server ${at + 1}`,
    host: '127.0.0.1',
    port: 22,
    username: 'nobody',
    auth_method: 'key' as const,
    public_key: null,
    tags: '[]',
    jump_host: null,
    jump_port: null,
    jump_username: null,
    state_at: null,
    created_at: 0,
    updated_at: 0,
  }));
  await db
    .insertInto('server')
    .values(servers)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

const anything = z.record(z.string(), z.unknown());

/** A plan of one lane, with any input and any secrets. */
export const planOf = (type: string, ...steps: Step[]): AnyPlan => ({
  type,
  lane: (input: { lane?: string }) => input.lane ?? 'system',
  input: anything,
  secrets: anything,
  steps: () => steps,
});

/** A step that is true once it was applied. */
export function stepOf(key: string, apply: (context: Parameters<Step['apply']>[0]) => unknown): Step {
  const applied = new Set<object>();
  return {
    key,
    title: `Step ${key}`,
    done: async ({ signal }) => applied.has(signal),
    apply: async (context) => {
      await apply(context);
      applied.add(context.signal);
    },
  };
}

/** Rejects with the reason when the task is stopped; never resolves. */
export const forEver = ({ signal }: { signal: AbortSignal }): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
