import * as z from 'zod/mini';
import { Name, QueryInt, Time } from './fields.ts';
import { route } from './route.ts';
import { AgentId } from './setup.ts';

/** When a job runs. `other`: a kind that only OpenClaw's own tools make; it can be watched, switched and deleted here, not written. */
const Every = z.strictObject({ kind: z.literal('every'), everyMs: z.int().check(z.minimum(1_000), z.maximum(366 * 86_400_000)) });
const At = z.strictObject({ kind: z.literal('at'), at: z.iso.datetime({ offset: true }) });
const CronLine = z.strictObject({
  kind: z.literal('cron'),
  expr: z.string().check(z.trim(), z.minLength(5), z.maxLength(120), z.regex(/^[\w\s*,/?#+-]+$/, 'not a cron line')),
  timeZone: z.optional(z.string().check(z.maxLength(64), z.regex(/^[\w+/-]+$/, 'not a time zone'))),
});
const Schedule = z.discriminatedUnion('kind', [Every, At, CronLine]);
export type Schedule = z.output<typeof Schedule>;

export const CronRun = z.object({
  at: z.nullable(Time),
  status: z.enum(['ok', 'error', 'skipped', 'unknown']),
  durationMs: z.nullable(z.number()),
  error: z.nullable(z.string()),
  /** Whether what the agent said reached its channel: `delivered`, `not-delivered`, `not-requested`, … */
  delivery: z.nullable(z.string()),
});
export type CronRun = z.output<typeof CronRun>;

export const CronJob = z.object({
  id: z.string(),
  name: z.string(),
  description: z.nullable(z.string()),
  agentId: z.nullable(z.string()),
  enabled: z.boolean(),
  /** OpenClaw's own, such as an agent's heartbeat: it may run and be read here, but OpenClaw refuses edits. */
  managed: z.boolean(),
  schedule: z.union([Schedule, z.object({ kind: z.literal('other'), name: z.string() })]),
  session: z.string(),
  message: z.nullable(z.string()),
  model: z.nullable(z.string()),
  nextRunAt: z.nullable(Time),
  running: z.boolean(),
  lastRun: z.nullable(CronRun),
  failuresInARow: z.number(),
  /** Times that have passed since the last run, or since the job was made or changed, without a run. At most 99. */
  missed: z.number(),
});
export type CronJob = z.output<typeof CronJob>;

const Message = z.string().check(z.trim(), z.minLength(1), z.maxLength(20_000));
const Model = z.string().check(z.trim(), z.minLength(1), z.maxLength(200), z.regex(/^[\w.:/@+-]+$/, 'not a model name'));

export const NewCronJob = z.strictObject({
  name: Name,
  description: z.optional(z.string().check(z.trim(), z.maxLength(500))),
  agentId: z.optional(AgentId),
  enabled: z._default(z.boolean(), true),
  schedule: Schedule,
  /** `isolated`: the agent answers the message in a session of its own. `main`: it is a note to the agent's main session. */
  session: z._default(z.enum(['isolated', 'main']), 'isolated'),
  message: Message,
  model: z.optional(Model),
});
export type NewCronJob = z.output<typeof NewCronJob>;

export const CronChange = z
  .strictObject({
    name: z.optional(Name),
    description: z.optional(z.string().check(z.trim(), z.maxLength(500))),
    enabled: z.optional(z.boolean()),
    schedule: z.optional(Schedule),
    message: z.optional(Message),
    model: z.optional(z.nullable(Model)),
  })
  .check(z.refine((change) => Object.keys(change).length > 0, 'nothing to change'));
export type CronChange = z.output<typeof CronChange>;

const JOBS = '/servers/:id/openclaw/cron';

export const cronRoutes = {
  listCronJobs: route({
    method: 'get',
    path: JOBS,
    summary: 'The scheduled jobs of the gateway, with what they missed and how often they failed in a row',
    access: 'server:viewer',
    /** `enabled`: whether the gateway runs schedules at all. */
    returns: z.object({ jobs: z.array(CronJob), enabled: z.boolean() }),
  }),
  createCronJob: route({
    method: 'post',
    path: JOBS,
    summary: 'Create a scheduled job',
    access: 'server:admin',
    limit: 'submit',
    audit: 'cron.create',
    body: NewCronJob,
    returns: CronJob,
    status: 201,
  }),
  changeCronJob: route({
    method: 'put',
    path: `${JOBS}/:jobId`,
    summary: 'Change a scheduled job, switch it on or off',
    access: 'server:admin',
    limit: 'submit',
    audit: 'cron.change',
    body: CronChange,
    returns: CronJob,
  }),
  removeCronJob: route({
    method: 'delete',
    path: `${JOBS}/:jobId`,
    summary: 'Delete a scheduled job',
    access: 'server:admin',
    limit: 'submit',
    audit: 'cron.remove',
    status: 204,
  }),
  runCronJob: route({
    method: 'post',
    path: `${JOBS}/:jobId/run`,
    summary: 'Run a scheduled job now, whatever its schedule says',
    access: 'server:admin',
    limit: 'submit',
    audit: 'cron.run',
    body: z.strictObject({}),
    returns: z.object({ runId: z.nullable(z.string()) }),
  }),
  listCronRuns: route({
    method: 'get',
    path: `${JOBS}/:jobId/runs`,
    summary: 'The last runs of a scheduled job, newest first',
    access: 'server:viewer',
    query: z.strictObject({ limit: z._default(QueryInt(1, 100), 20), offset: z._default(QueryInt(0, 100_000), 0) }),
    returns: z.object({ runs: z.array(CronRun), nextOffset: z.nullable(z.number()) }),
  }),
};
