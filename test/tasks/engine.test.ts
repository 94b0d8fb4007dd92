import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Task } from '@clawmoor/shared/tasks.ts';
import type { Step } from '../../backend/src/tasks/plan.ts';
import { CommandFailed } from '../../backend/src/lib/host.ts';
import { forEver, isEnded, planOf, startTasks, stepOf, type TestTasks } from '../support/tasks.ts';

const CANARY = 'canary-s3cret-value';
let applied: string[] = [];
let release = (): void => {};
let gate = Promise.resolve();
let t: TestTasks;

const always: Step = {
  key: 'always',
  title: 'True already',
  done: async () => true,
  apply: async () => applied.push('always'),
};
const plans = [
  planOf(
    'two',
    always,
    stepOf('one', () => applied.push('one')),
    stepOf('two', () => applied.push('two')),
  ),
  planOf(
    'gate',
    stepOf('gate', () => gate),
  ),
  planOf(
    'ever',
    always,
    stepOf('ever', forEver),
    stepOf('after', () => applied.push('after')),
  ),
  planOf('vain', { key: 'vain', title: 'In vain', done: async () => false, apply: async () => {} }),
  planOf(
    'bug',
    stepOf('bug', () => Promise.reject(new TypeError('a bug that says too much'))),
  ),
  planOf(
    'command',
    stepOf('command', () => Promise.reject(new CommandFailed('x', { exitCode: 3, stdout: '', stderr: 'first\nno such thing' }))),
  ),
  planOf('slow', { ...stepOf('slow', forEver), deadlineMs: 60 }),
  planOf(
    'chatty',
    stepOf('chatty', ({ log, secrets }) => log(`the key is ${(secrets as { key: string }).key}!`)),
    stepOf('ever', forEver),
  ),
];

const begin = (type: string, more: object = {}): Promise<string> => t.tasks.start({ serverId: 'srv_1', type, input: {}, by: '1', ...more });
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'nothing was thrown',
    (error: { code?: string }) => error.code ?? String(error),
  );

beforeEach(async () => {
  applied = [];
  gate = new Promise((resolve) => (release = resolve));
  t = await startTasks({ plans });
});
afterEach(() => t[Symbol.asyncDispose]());

it('skips what is true, makes the rest true in order, and records every change as an event', async () => {
  const id = await begin('two');
  const task = await t.until(id);
  expect(task).toMatchObject({ state: 'succeeded', progress: { done: 3, total: 3 }, error: null, createdBy: { firstName: 'Ann' } });
  expect(task.steps.map(({ state }) => state)).toEqual(['skipped', 'succeeded', 'succeeded']);
  expect(applied).toEqual(['one', 'two']);
  const events = await t.db.selectFrom('task_event').selectAll().where('task_id', '=', id).orderBy('seq').execute();
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  expect(events.filter(({ kind }) => kind === 'step').map(({ step, text }) => `${step} ${text}`)).toEqual([
    'always running',
    'always skipped',
    'one running',
    'one succeeded',
    'two running',
    'two succeeded',
  ]);
  expect(events.at(-1)).toMatchObject({ kind: 'task', text: 'succeeded' });
});

it('says that a feed is over together with its last change, not only when it looks by itself again', async () => {
  const id = await begin('gate');
  await t.until(id, ({ state }) => state === 'running');
  const said: string[] = [];
  // It looks by itself every 5 s; who waits for that hears no end here.
  for await (const { event, data } of t.tasks.watch(id, undefined, AbortSignal.timeout(4_000))) {
    said.push(event === 'task' ? (data as Task).state : event);
    release();
  }
  expect(said.slice(-2)).toEqual(['succeeded', 'end']);
});

it('R4: fifty starts at once with one Idempotency-Key are one task, and the work is done once', async () => {
  const ids = await Promise.all(Array.from({ length: 50 }, () => begin('two', { idempotencyKey: 'k1' })));
  expect(new Set(ids).size).toBe(1);
  await t.until(ids[0] ?? '');
  expect(applied).toEqual(['one', 'two']);
  expect(await begin('two', { idempotencyKey: 'k1' })).toBe(ids[0]); // after its end too
});

it('R4: the same key with something else is refused; the same key of another person is another request', async () => {
  const id = await begin('two', { idempotencyKey: 'k1' });
  expect(await codeOf(begin('two', { idempotencyKey: 'k1', input: { other: true } }))).toBe('task.idempotency_key_reused');
  expect(await codeOf(begin('two', { idempotencyKey: 'k1', serverId: 'srv_2' }))).toBe('task.idempotency_key_reused');
  await t.until(id);
  expect(await begin('two', { idempotencyKey: 'k1', by: '2' })).not.toBe(id);
});

it('R5: of twenty starts at once in one lane one wins, the others are told which task and whose it is', async () => {
  const starts = await Promise.allSettled(Array.from({ length: 20 }, () => begin('gate')));
  const won = starts.filter((start) => start.status === 'fulfilled');
  expect(won).toHaveLength(1);
  for (const start of starts) {
    if (start.status === 'fulfilled') continue;
    expect(start.reason).toMatchObject({ code: 'task.lane_busy', taskId: won[0]?.value, message: expect.stringContaining('Ann') });
  }
  const other = await begin('gate', { input: { lane: 'rag:main' } });
  await t.until(other, ({ state }) => state === 'running'); // lanes run side by side
  release();
  await t.until(won[0]?.value ?? '');
  expect(await codeOf(begin('two'))).toBe('nothing was thrown');
});

it('R6: a running task is cancelled at once: its step too, later steps wait for ever, the lane is free', async () => {
  const id = await begin('ever');
  await t.until(id, ({ steps }) => steps[1]?.state === 'running');
  expect(await t.tasks.cancel(id)).toMatchObject({ stopping: true });
  const task = await t.until(id, isEnded, 2_000);
  expect(task).toMatchObject({ state: 'cancelled', error: null, stopping: false });
  expect(task.steps.map(({ state }) => state)).toEqual(['skipped', 'cancelled', 'waiting']);
  expect(applied).toEqual([]);
  expect(await codeOf(t.tasks.cancel(id))).toBe('task.already_ended');
  expect(await codeOf(begin('two'))).toBe('nothing was thrown');
});

it('R6: a task that still waits for its turn is cancelled without ever having run', async () => {
  for (let at = 1; at <= 50; at++) await begin('gate', { serverId: `srv_${at}` });
  const id = await begin('two', { serverId: 'srv_51' });
  const next = await begin('two', { serverId: 'srv_52' });
  expect((await t.tasks.get(id)).state).toBe('queued');
  expect((await t.tasks.cancel(id)).state).toBe('cancelled');
  release();
  expect((await t.until(next)).state).toBe('succeeded');
  expect((await t.tasks.get(id)).startedAt).toBeNull();
  expect(applied).toEqual(['one', 'two']);
});

it('R6: cancelling twice, or while it ends, leaves one final state that nothing changes any more', async () => {
  const id = await begin('ever');
  await Promise.allSettled([t.tasks.cancel(id), t.tasks.cancel(id), t.tasks.cancel(id)]);
  const task = await t.until(id);
  expect(task.state).toBe('cancelled');
  const finals = await t.db.selectFrom('task_event').selectAll().where('task_id', '=', id).where('kind', '=', 'task').execute();
  expect(finals.filter(({ text }) => text === 'cancelled')).toHaveLength(1);
  expect(await t.tasks.get(id)).toEqual(task);
});

it('says why a task failed: in vain, a command, a limit, a bug (whose details are for the log alone)', async () => {
  const failed = async (type: string): Promise<unknown> => (await t.until(await begin(type))).error;
  expect(await failed('vain')).toMatchObject({ code: 'task.step_ineffective', message: expect.stringContaining('In vain') });
  expect(await failed('command')).toMatchObject({ code: 'ssh.command_failed', message: expect.stringContaining('no such thing') });
  expect(await failed('slow')).toMatchObject({ code: 'task.deadline' });
  const bug = await failed('bug');
  expect(bug).toMatchObject({ code: 'internal.unexpected' });
  expect(JSON.stringify(bug)).not.toContain('too much');
  expect(t.logged()).toContain('a bug that says too much');
});

it('keeps secrets sealed while a task is open, out of its log always, and wipes them at its end', async () => {
  const id = await begin('chatty', { secrets: { key: CANARY } });
  await t.until(id, ({ steps }) => steps[1]?.state === 'running');
  const stored = async (): Promise<string | null | undefined> =>
    (await t.db.selectFrom('task').select('secrets').where('id', '=', id).executeTakeFirst())?.secrets;
  expect(await stored()).toMatch(/^v1\.k1\./);
  expect(await t.linesOf(id)).toEqual(['the key is [secret]!']);
  await t.tasks.cancel(id);
  await t.until(id);
  expect(await stored()).toBeNull();
  const everything = JSON.stringify([
    await t.db.selectFrom('task').selectAll().execute(),
    await t.db.selectFrom('task_event').selectAll().execute(),
  ]);
  expect(everything + t.logged()).not.toContain(CANARY);
});

it('R7: a retry is a new task that asks for the secrets again; what succeeded or is open is not repeated', async () => {
  const id = await begin('chatty', { secrets: { key: CANARY }, input: { size: 3 } });
  expect(await codeOf(t.tasks.retry(id, { secrets: {}, by: '2' }))).toBe('task.not_ended');
  await t.tasks.cancel(id);
  await t.until(id);
  const refused = await t.tasks.retry(id, { secrets: {}, by: '2' }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'task.secrets_needed', issues: [{ path: 'secrets.key' }] });
  const again = await t.tasks.retry(id, { secrets: { key: CANARY, other: 'not asked for' }, by: '2' });
  expect(await t.tasks.get(again)).toMatchObject({ retryOf: id, createdBy: { id: '2' }, secretsNeeded: ['key'], type: 'chatty' });
  expect((await t.db.selectFrom('task').select('input').where('id', '=', again).executeTakeFirstOrThrow()).input).toBe('{"size":3}');
  await t.tasks.cancel(again);
  const good = await begin('two', { serverId: 'srv_2' });
  await t.until(good);
  expect(await codeOf(t.tasks.retry(good, { secrets: {}, by: '1' }))).toBe('task.not_ended');
});

it('lists page by page, newest first, without one twice or left out, and only of the servers that were asked for', async () => {
  const ids: string[] = [];
  for (let at = 1; at <= 7; at++) ids.push(await begin('gate', { serverId: `srv_${at}` }));
  await begin('gate', { serverId: 'srv_9' });
  const serverIds = ids.map((_, at) => `srv_${at + 1}`);
  const seen: string[] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await t.tasks.list({ serverIds, cursor, limit: 3 });
    seen.push(...page.tasks.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
    more = cursor !== undefined;
  }
  expect(seen.toSorted()).toEqual(ids.toSorted());
  expect((await t.tasks.list({ serverIds: [], limit: 3 })).tasks).toEqual([]);
  expect(await t.tasks.active(['srv_2'])).toHaveLength(1);
  release();
});

it('ends everything on a server that is about to be forgotten', async () => {
  const ids = [await begin('ever'), await begin('ever', { input: { lane: 'b' } })];
  await t.tasks.endAllOf('srv_1');
  for (const id of ids) expect((await t.tasks.get(id)).state).toBe('cancelled');
});
