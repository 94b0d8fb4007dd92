import type { Insertable, Selectable, Transaction, Updateable } from 'kysely';
import type { Database, Tables } from '../lib/tables.ts';

export type TaskRow = Selectable<Tables['task']>;
export type StepRow = Selectable<Tables['task_step']>;
export type EventRow = Selectable<Tables['task_event']>;
export type RunRow = Selectable<Tables['task_run']>;
export type TaskWithSteps = TaskRow & { first_name: string | null; steps: StepRow[] };

const OPEN = ['queued', 'running'] as const;

/** What happened since the last write; written in one transaction, numbered on from the task's last number. */
export interface Batch {
  at: number;
  lines?: { step: string; text: string }[];
  step?: { key: string } & Updateable<Tables['task_step']>;
  task?: Updateable<Tables['task']>;
  run?: { name: string } & Updateable<Tables['task_run']>;
  /** Log rows between these numbers, both inclusive, make room; `marker` is what stands in the place of the first. */
  forget?: { from: number; to: number; marker?: string };
}

export function tasksStore(db: Database) {
  const withSteps = async (row: (TaskRow & { first_name: string | null }) | undefined): Promise<TaskWithSteps | undefined> =>
    row && { ...row, steps: await db.selectFrom('task_step').selectAll().where('task_id', '=', row.id).orderBy('position').execute() };
  const withCreator = () =>
    db.selectFrom('task').leftJoin('user', 'user.id', 'task.created_by').selectAll('task').select('user.first_name');

  return {
    /** Adds the task unless its key or its lane is taken: then answers the task that has it. */
    add: (task: Insertable<Tables['task']>, steps: { key: string; title: string }[]) =>
      db.transaction().execute(async (trx) => {
        const taken = (await sameKey(trx, task)) ?? (await sameLane(trx, task));
        if (taken) return taken;
        await trx.insertInto('task').values(task).execute();
        const rows = steps.map(({ key, title }, position) => ({
          task_id: task.id,
          key,
          title,
          position,
          started_at: null,
          finished_at: null,
          error: null,
        }));
        if (rows.length > 0) await trx.insertInto('task_step').values(rows).execute();
        return undefined;
      }),
    get: async (id: string) => withSteps(await withCreator().where('task.id', '=', id).executeTakeFirst()),
    serverOf: async (id: string) => (await db.selectFrom('task').select('server_id').where('id', '=', id).executeTakeFirst())?.server_id,
    list: async ({ serverIds, before, limit }: { serverIds: string[]; before?: { at: number; id: string }; limit: number }) => {
      if (serverIds.length === 0) return [];
      let query = withCreator().where('task.server_id', 'in', serverIds);
      if (before) {
        query = query.where((eb) =>
          eb.or([eb('task.created_at', '<', before.at), eb.and([eb('task.created_at', '=', before.at), eb('task.id', '<', before.id)])]),
        );
      }
      const rows = await query.orderBy('task.created_at', 'desc').orderBy('task.id', 'desc').limit(limit).execute();
      return present(await Promise.all(rows.map(withSteps)));
    },
    open: async (serverIds?: string[]) => {
      if (serverIds?.length === 0) return [];
      let query = withCreator().where('task.state', 'in', OPEN);
      if (serverIds) query = query.where('task.server_id', 'in', serverIds);
      return present(await Promise.all((await query.orderBy('task.created_at', 'desc').execute()).map(withSteps)));
    },
    /** By type and state; how long they took on average, in milliseconds. */
    stats: (since: number) =>
      db
        .selectFrom('task')
        .select(({ fn, eb }) => [
          'type',
          'state',
          fn.countAll<number>().as('count'),
          fn.avg<number | null>(eb('finished_at', '-', eb.ref('started_at'))).as('averageMs'),
        ])
        .where((eb) => eb.or([eb('created_at', '>=', since), eb('state', 'in', OPEN)]))
        .groupBy(['type', 'state'])
        .execute(),
    oldestQueued: () =>
      db.selectFrom('task').selectAll().where('state', '=', 'queued').orderBy('created_at').orderBy('id').limit(1).executeTakeFirst(),
    askToCancel: (id: string, at: number) =>
      db.updateTable('task').set({ cancel_asked_at: at }).where('id', '=', id).where('state', 'in', OPEN).execute(),
    /** How much log is stored of a task, in characters. */
    logSize: async (id: string): Promise<number> => {
      const { size } = await db
        .selectFrom('task_event')
        .select((eb) => eb.fn.sum<number | null>(eb.fn<number>('length', ['text'])).as('size'))
        .where('task_id', '=', id)
        .where('kind', '=', 'log')
        .executeTakeFirstOrThrow();
      return Number(size ?? 0);
    },
    runOf: (taskId: string, name: string) =>
      db.selectFrom('task_run').selectAll().where('task_id', '=', taskId).where('name', '=', name).executeTakeFirst(),
    runsOfStep: (taskId: string, step: string) =>
      db.selectFrom('task_run').selectAll().where('task_id', '=', taskId).where('step', '=', step).execute(),
    addRun: (run: Insertable<Tables['task_run']>) =>
      db
        .insertInto('task_run')
        .values(run)
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    eventsAfter: (id: string, after: number, limit: number) =>
      db.selectFrom('task_event').selectAll().where('task_id', '=', id).where('seq', '>', after).orderBy('seq').limit(limit).execute(),
    linesAfter: (id: string, after: number, limit: number) =>
      db
        .selectFrom('task_event')
        .selectAll()
        .where('task_id', '=', id)
        .where('kind', '=', 'log')
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(limit)
        .execute(),
    /** Answers the last number, or `undefined` when the task has ended or another process drives it: then nothing was written. */
    write: (id: string, generation: number, batch: Batch) => db.transaction().execute((trx) => writeBatch(trx, id, generation, batch)),
  };
}

const present = <T>(rows: (T | undefined)[]): T[] => rows.filter((row) => row !== undefined);

async function sameKey(trx: Transaction<Tables>, task: Insertable<Tables['task']>) {
  if (task.idempotency_key == null) return undefined;
  const row = await trx
    .selectFrom('task')
    .selectAll()
    .where('created_by', '=', task.created_by)
    .where('idempotency_key', '=', task.idempotency_key)
    .executeTakeFirst();
  return row && { by: 'key' as const, row };
}

async function sameLane(trx: Transaction<Tables>, task: Insertable<Tables['task']>) {
  const row = await trx
    .selectFrom('task')
    .selectAll()
    .where('server_id', '=', task.server_id)
    .where('lane', '=', task.lane)
    .where('state', 'in', OPEN)
    .executeTakeFirst();
  return row && { by: 'lane' as const, row };
}

async function writeBatch(
  trx: Transaction<Tables>,
  id: string,
  generation: number,
  { at, lines = [], step, task, run, forget }: Batch,
): Promise<number | undefined> {
  const row = await trx
    .selectFrom('task')
    .select(['last_seq', 'state'])
    .where('id', '=', id)
    .where('generation', '=', generation)
    .executeTakeFirst();
  if (!row || !OPEN.some((state) => state === row.state)) return undefined;
  let seq = row.last_seq;
  const event = (kind: EventRow['kind'], stepKey: string, text: string): EventRow => ({
    task_id: id,
    seq: ++seq,
    at,
    kind,
    step: stepKey,
    text,
  });
  const events = lines.map(({ step: key, text }) => event('log', key, text));
  if (step) events.push(event('step', step.key, step.state ?? ''));
  if (task) events.push(event('task', '', task.state ?? ''));
  for (let from = 0; from < events.length; from += 200)
    await trx
      .insertInto('task_event')
      .values(events.slice(from, from + 200))
      .execute();
  if (forget) await makeRoom(trx, id, forget);
  if (step) {
    const { key, ...change } = step;
    await trx.updateTable('task_step').set(change).where('task_id', '=', id).where('key', '=', key).execute();
  }
  if (run) {
    const { name, ...change } = run;
    await trx.updateTable('task_run').set(change).where('task_id', '=', id).where('name', '=', name).execute();
  }
  await trx
    .updateTable('task')
    // A run that got on is progress: interruptions are counted from here.
    .set({ ...(run && { interruptions: 0 }), ...task, last_seq: seq })
    .where('id', '=', id)
    .execute();
  return seq;
}

async function makeRoom(trx: Transaction<Tables>, id: string, { from, to, marker }: NonNullable<Batch['forget']>): Promise<void> {
  if (marker !== undefined)
    await trx.updateTable('task_event').set({ text: marker }).where('task_id', '=', id).where('seq', '=', from).execute();
  await trx
    .deleteFrom('task_event')
    .where('task_id', '=', id)
    .where('kind', '=', 'log')
    .where('seq', '>', marker === undefined ? from - 1 : from)
    .where('seq', '<=', to)
    .execute();
}
