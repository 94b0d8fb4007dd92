import * as z from 'zod/mini';
import { GivenTime, QueryInt, Time } from './fields.ts';
import { NOTICE_KINDS, SEVERITIES } from './notice.ts';
import { route } from './route.ts';

const enabled = z.boolean();
const Percent = z.int().check(z.minimum(1), z.maximum(100));
/** So many looks in a row must agree before people are told. */
const Looks = z.int().check(z.minimum(1), z.maximum(60));
const Hours = z.int().check(z.minimum(1), z.maximum(8_760));

/** What can be set for each kind of trouble that a look can see. */
const settings = {
  unreachable: { enabled, looks: Looks },
  gateway_down: { enabled, looks: Looks },
  /** So many restarts within 10 minutes. */
  crash_loop: { enabled, restarts: z.int().check(z.minimum(2), z.maximum(100)) },
  /** Of the space and of the inodes of each disk. */
  disk: { enabled, warning: Percent, critical: Percent },
  memory: { enabled, percent: Percent, looks: Looks },
  out_of_memory: { enabled },
  host_key: { enabled },
  model_auth: { enabled, warningHours: Hours, criticalHours: Hours },
  channel: { enabled, looks: Looks },
  cron: { enabled, failures: z.int().check(z.minimum(1), z.maximum(100)) },
  stuck_session: { enabled, minutes: z.int().check(z.minimum(1), z.maximum(10_080)) },
  budget: { enabled },
  update: { enabled },
  security_update: { enabled },
  approval: { enabled },
};

export const WatchedRules = z.object({
  unreachable: z.object(settings.unreachable),
  gateway_down: z.object(settings.gateway_down),
  crash_loop: z.object(settings.crash_loop),
  disk: z.object(settings.disk),
  memory: z.object(settings.memory),
  out_of_memory: z.object(settings.out_of_memory),
  host_key: z.object(settings.host_key),
  model_auth: z.object(settings.model_auth),
  channel: z.object(settings.channel),
  cron: z.object(settings.cron),
  stuck_session: z.object(settings.stuck_session),
  budget: z.object(settings.budget),
  update: z.object(settings.update),
  security_update: z.object(settings.security_update),
  approval: z.object(settings.approval),
});
export type WatchedRules = z.output<typeof WatchedRules>;
export type WatchedKind = keyof WatchedRules;

/** What is left out stays. */
export const ChangedRules = z.strictObject({
  unreachable: z.optional(z.partial(z.strictObject(settings.unreachable))),
  gateway_down: z.optional(z.partial(z.strictObject(settings.gateway_down))),
  crash_loop: z.optional(z.partial(z.strictObject(settings.crash_loop))),
  disk: z.optional(z.partial(z.strictObject(settings.disk))),
  memory: z.optional(z.partial(z.strictObject(settings.memory))),
  out_of_memory: z.optional(z.partial(z.strictObject(settings.out_of_memory))),
  host_key: z.optional(z.partial(z.strictObject(settings.host_key))),
  model_auth: z.optional(z.partial(z.strictObject(settings.model_auth))),
  channel: z.optional(z.partial(z.strictObject(settings.channel))),
  cron: z.optional(z.partial(z.strictObject(settings.cron))),
  stuck_session: z.optional(z.partial(z.strictObject(settings.stuck_session))),
  budget: z.optional(z.partial(z.strictObject(settings.budget))),
  update: z.optional(z.partial(z.strictObject(settings.update))),
  security_update: z.optional(z.partial(z.strictObject(settings.security_update))),
  approval: z.optional(z.partial(z.strictObject(settings.approval))),
});
export type ChangedRules = z.output<typeof ChangedRules>;

export const Monitoring = z.object({
  /** Off: the server is not looked at, and nothing about it is told. */
  enabled: z.boolean(),
  rules: WatchedRules,
  lookedAt: z.nullable(Time),
  /** Why the last look came to nothing. */
  problem: z.nullable(z.object({ code: z.string(), message: z.string() })),
  /** When the next look is due; a server that is down is looked at less and less often, every 15 minutes at least. */
  nextLookAt: z.nullable(Time),
});
export type Monitoring = z.output<typeof Monitoring>;

const column = z.array(z.nullable(z.number()));
/** One number for each step; `null` where nothing was measured. */
export const Metrics = z.object({
  /** The beginning of the first step. */
  from: Time,
  to: Time,
  stepSeconds: z.number(),
  /** The load of one minute. */
  load: column,
  loadMax: column,
  /** In percent, like all that follow. */
  cpu: column,
  cpuMax: column,
  memory: column,
  memoryMax: column,
  swap: column,
  swapMax: column,
  /** The fullest disk, and the fullest table of inodes. */
  disk: column,
  diskMax: column,
  inodes: column,
  inodesMax: column,
  /** How much of the looks found the gateway answering. */
  gateway: column,
});
export type Metrics = z.output<typeof Metrics>;

export const WatchedServer = z.object({
  serverId: z.string(),
  /** The last hour in steps of 5 minutes, the newest last. */
  cpu: column,
  memory: column,
  /** Of the last look. */
  disk: z.nullable(z.number()),
  /** How many incidents are open, and the worst of them. */
  open: z.number(),
  worst: z.nullable(z.object({ id: z.string(), kind: z.enum(NOTICE_KINDS), severity: z.enum(SEVERITIES) })),
});
export type WatchedServer = z.output<typeof WatchedServer>;

export const MOST_POINTS = 1_500;

export const monitoringRoutes = {
  listWatched: route({
    method: 'get',
    path: '/monitoring',
    summary: 'The last hour and the worst incident of every server that the caller may see, for the cards of a list',
    access: 'user',
    returns: z.object({ servers: z.array(WatchedServer) }),
  }),
  readMetrics: route({
    method: 'get',
    path: '/servers/:id/metrics',
    summary: `What was measured on a server, in columns of at most ${MOST_POINTS} points; the step grows as far as that takes`,
    access: 'server:viewer',
    query: z.strictObject({
      from: z.optional(GivenTime),
      to: z.optional(GivenTime),
      /** Seconds; whole minutes, rounded up. */
      step: z.optional(QueryInt(60, 31_536_000)),
    }),
    returns: Metrics,
  }),
  readMonitoring: route({
    method: 'get',
    path: '/servers/:id/monitoring',
    summary: 'Whether a server is watched, what its incidents open at, and how the last look went',
    access: 'server:viewer',
    returns: Monitoring,
  }),
  changeMonitoring: route({
    method: 'put',
    path: '/servers/:id/monitoring',
    summary: 'Switch the watching of a server, or change what its incidents open at, whole or in part',
    access: 'server:admin',
    limit: 'submit',
    audit: 'monitoring.change',
    body: z.strictObject({ enabled: z.optional(enabled), rules: z.optional(ChangedRules) }),
    returns: Monitoring,
  }),
};
