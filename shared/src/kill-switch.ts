import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

/** `pause`: the gateway runs, but nothing starts a turn by itself. `service`: the gateway itself is stopped, over SSH. */
export const KillMode = z.enum(['pause', 'service']);
export type KillMode = z.output<typeof KillMode>;

export const KillState = z.object({
  serverId: z.string(),
  /** `stopping`, `resuming`: it was begun and not finished; ask for it again. */
  state: z.enum(['running', 'stopping', 'stopped', 'resuming']),
  mode: z.nullable(KillMode),
  at: z.nullable(Time),
  by: z.nullable(z.string()),
  /** What was running and is stopped now: exactly this comes back with resume, but for turns that were cut off. */
  stopped: z.object({ schedules: z.boolean(), channels: z.array(z.string()), sessions: z.array(z.string()), service: z.boolean() }),
});
export type KillState = z.output<typeof KillState>;

const Verdict = z.object({
  serverId: z.string(),
  ok: z.boolean(),
  code: z.nullable(z.string()),
  message: z.nullable(z.string()),
  fix: z.nullable(z.string()),
  state: z.nullable(KillState),
});
export type KillVerdict = z.output<typeof Verdict>;

const ServerIds = z.array(z.string().check(z.minLength(1), z.maxLength(64))).check(z.maxLength(200));
const Mode = z._default(KillMode, 'pause');
const OF_SERVER = '/servers/:id/openclaw';
const one = { access: 'server:admin', limit: 'submit', method: 'post', returns: KillState } as const;
/** An empty list means none; there is no word for all. */
const many = { access: 'user', limit: 'submit', method: 'post', returns: z.object({ verdicts: z.array(Verdict) }) } as const;

export const killSwitchRoutes = {
  readKillSwitch: route({
    method: 'get',
    path: `${OF_SERVER}/kill`,
    summary: 'Whether the agents of a server were stopped, and what comes back with resume',
    access: 'server:viewer',
    returns: KillState,
  }),
  killServer: route({
    ...one,
    path: `${OF_SERVER}/kill`,
    summary: 'Stop channels, schedules, heartbeats and running turns, or the gateway itself',
    audit: 'kill_switch.stop',
    body: z.strictObject({ mode: Mode }),
  }),
  resumeServer: route({
    ...one,
    path: `${OF_SERVER}/resume`,
    summary: 'Start again exactly what the kill switch stopped',
    audit: 'kill_switch.resume',
    body: z.strictObject({}),
  }),
  killServers: route({
    ...many,
    path: '/kill',
    summary: 'The kill switch on the servers that are named, with a verdict for each',
    audit: 'kill_switch.stop_many',
    body: z.strictObject({ serverIds: ServerIds, mode: Mode }),
  }),
  resumeServers: route({
    ...many,
    path: '/resume',
    summary: 'Resume the servers that are named, with a verdict for each',
    audit: 'kill_switch.resume_many',
    body: z.strictObject({ serverIds: ServerIds }),
  }),
};
