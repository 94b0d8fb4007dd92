import * as z from 'zod/mini';
import { Accepted, QueryInt, Time } from './fields.ts';
import { route } from './route.ts';

export const TaskState = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted']);
export type TaskState = z.output<typeof TaskState>;
/** `skipped`: it was true already. `reconnecting`: the link was lost; the remote work goes on. */
export const StepState = z.enum(['waiting', 'running', 'reconnecting', 'succeeded', 'skipped', 'failed', 'cancelled', 'interrupted']);

/** Why it failed and what to do about it. */
export const TaskError = z.object({ code: z.string(), message: z.string(), fix: z.optional(z.string()) });

export const TaskStep = z.object({
  key: z.string(),
  title: z.string(),
  state: StepState,
  startedAt: z.nullable(Time),
  finishedAt: z.nullable(Time),
  error: z.nullable(TaskError),
});

export const Task = z.object({
  id: z.string(),
  type: z.string(),
  serverId: z.string(),
  lane: z.string(),
  state: TaskState,
  /** A cancel was asked for and is under way. */
  stopping: z.boolean(),
  steps: z.array(TaskStep),
  /** Steps that are done or were done already, of all. */
  progress: z.object({ done: z.number(), total: z.number() }),
  createdBy: z.object({ id: z.string(), firstName: z.string() }),
  createdAt: Time,
  startedAt: z.nullable(Time),
  finishedAt: z.nullable(Time),
  error: z.nullable(TaskError),
  /** The names of secrets that a retry must bring again. */
  secretsNeeded: z.array(z.string()),
  /** The task that this one repeats. */
  retryOf: z.nullable(z.string()),
});
export type Task = z.output<typeof Task>;

export const LogLine = z.object({ seq: z.number(), at: Time, step: z.string(), text: z.string() });
export type LogLine = z.output<typeof LogLine>;

export const taskRoutes = {
  listTasks: route({
    method: 'get',
    path: '/tasks',
    summary: 'Tasks of the servers that the caller may see, newest first',
    access: 'query:viewer',
    query: z.strictObject({
      serverId: z.optional(z.string()),
      cursor: z.optional(z.string()),
      limit: z._default(QueryInt(1, 100), 20),
    }),
    returns: z.object({ tasks: z.array(Task), nextCursor: z.nullable(z.string()) }),
  }),
  readActiveTask: route({
    method: 'get',
    path: '/tasks/active',
    summary: 'The newest open task, on any server that the caller may see or on `?serverId=`',
    access: 'query:viewer',
    query: z.strictObject({ serverId: z.optional(z.string()) }),
    returns: z.object({ task: z.nullable(Task) }),
  }),
  readActiveServer: route({
    method: 'get',
    path: '/tasks/active-server',
    summary: 'The server on which something runs now, with all of its open tasks',
    access: 'query:viewer',
    query: z.strictObject({ serverId: z.optional(z.string()) }),
    returns: z.object({ serverId: z.nullable(z.string()), tasks: z.array(Task) }),
  }),
  readTask: route({ method: 'get', path: '/tasks/:id', summary: 'One task', access: 'task:viewer', returns: Task }),
  watchTask: route({
    method: 'get',
    path: '/tasks/:id/events',
    summary: 'Follow a task live; `Last-Event-ID` (or `?after=`) resumes without a gap',
    access: 'task:viewer',
    query: z.strictObject({ after: z.optional(QueryInt(0, Number.MAX_SAFE_INTEGER)) }),
    /** `task`: its whole state. `log`: new lines. `resync`: lines were left out, read `log`. `end`: it is over. */
    emits: {
      task: Task,
      log: z.object({ lines: z.array(LogLine) }),
      resync: z.object({}),
      end: z.object({}),
    },
  }),
  readTaskLog: route({
    method: 'get',
    path: '/tasks/:id/log',
    summary: 'Log lines after a sequence number, oldest first',
    access: 'task:viewer',
    query: z.strictObject({
      after: z._default(QueryInt(0, Number.MAX_SAFE_INTEGER), 0),
      limit: z._default(QueryInt(1, 1000), 500),
    }),
    returns: z.object({ lines: z.array(LogLine), nextAfter: z.number(), ended: z.boolean() }),
  }),
  cancelTask: route({
    method: 'post',
    path: '/tasks/:id/cancel',
    summary: 'Stop a task: the remote command is ended, earlier steps stay',
    access: 'task:admin',
    audit: 'task.cancel',
    body: z.strictObject({}),
    returns: Task,
    status: 202,
  }),
  retryTask: route({
    method: 'post',
    path: '/tasks/:id/retry',
    summary: 'Repeat a task that has ended: what is true already is skipped',
    access: 'task:admin',
    audit: 'task.retry',
    limit: 'submit',
    idempotent: true,
    body: z.strictObject({ secrets: z._default(z.record(z.string(), z.string().check(z.maxLength(32_768))), {}) }),
    returns: Accepted,
    status: 202,
  }),
};
