// A process of its own that drives tasks, to be killed at any moment: see kill.test.ts.
import { pino } from 'pino';
import * as z from 'zod/mini';
import { openTestStore } from '../support/store.ts';
import { createPool } from '../../backend/src/adapters/ssh/pool.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { createDialer } from '../../backend/src/lib/egress.ts';
import type { SshTarget } from '../../backend/src/lib/host.ts';
import { randomId } from '../../backend/src/lib/id.ts';
import { createSealer } from '../../backend/src/lib/sealer.ts';
import { sh } from '../../backend/src/lib/sh.ts';
import type { AnyPlan } from '../../backend/src/tasks/plan.ts';
import { createTasks } from '../../backend/src/tasks/tasks.ts';

export const KEY = { kid: 'k', key: Buffer.alloc(32, 7) };

/** Three steps; each writes one line to a file that counts its starts, then 20 numbered lines to its log over half a second. */
export const countingPlan: AnyPlan = {
  type: 'test.count',
  lane: () => 'system',
  input: z.object({ mark: z.string() }),
  secrets: z.object({ apiKey: z.optional(z.string()) }),
  steps: ({ mark }: { mark: string }) =>
    ['first', 'second', 'third'].map((key) => ({
      key,
      title: `The ${key} step`,
      done: ({ host }) => host.test(sh`[ -e ${`${mark}-${key}-done`} ]`),
      apply: ({ detached }) =>
        detached({
          name: 'count',
          script: sh`echo started >>${`${mark}-starts-${key}`}
i=0; while [ $i -lt 20 ]; do echo "${key} line $i"; i=$((i+1)); sleep 0.025; done
: >${`${mark}-${key}-done`}`.text,
        }),
    })),
};

export async function startTasks(file: string, target: SshTarget) {
  const { db, close } = await openTestStore(file, { clock: systemClock });
  const hosts = createPool({ targetOf: async () => target, dial: createDialer({ privateHosts: 'all', ownPorts: () => [] }) });
  const tasks = createTasks({
    db,
    hosts,
    plans: new Map([[countingPlan.type, countingPlan]]),
    sealer: createSealer([KEY]),
    clock: systemClock,
    makeId: randomId,
    log: pino({ level: 'silent' }),
  });
  return {
    db,
    tasks,
    async [Symbol.asyncDispose]() {
      await tasks.drain();
      await hosts[Symbol.asyncDispose]();
      await close();
    },
  };
}

/** The rows that a task needs around it. */
export async function addServer(db: Awaited<ReturnType<typeof startTasks>>['db']): Promise<void> {
  const at = 1;
  await db
    .insertInto('user')
    .values({ id: 'u', first_name: 'Olga', last_name: null, username: null, language_code: null, created_at: at, last_seen_at: at })
    .execute();
  await db
    .insertInto('server')
    .values({
      id: 's',
      name: 's',
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
      created_at: at,
      updated_at: at,
    })
    .execute();
}

if (process.argv[2] === 'drive') {
  process.once('message', async (message) => {
    const { file, target } = message as { file: string; target: SshTarget };
    const { tasks } = await startTasks(file, target);
    await tasks.resume();
    process.send?.('running');
    setInterval(() => {}, 1_000);
  });
}
