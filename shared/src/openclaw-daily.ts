import * as z from 'zod/mini';
import { QueryInt, Time } from './fields.ts';
import { route } from './route.ts';

/** At most that much of what a gateway says: the rest is cut off. */
const Clipped = (most: number) => z.string().check(z.overwrite((text) => text.slice(0, most)));
// The most milliseconds that are a time at all.
const FARTHEST_MS = 8.64e15;
/** A time of the gateway, which counts milliseconds, as the API writes it. */
const Millis = z.union([
  Time,
  z.pipe(
    z.number().check(z.minimum(0), z.maximum(FARTHEST_MS)),
    z.pipe(
      z.transform((ms: number) => new Date(ms).toISOString()),
      Time,
    ),
  ),
]);

export const LogLine = z.object({
  at: z.nullable(Time),
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'unknown']),
  subsystem: z.nullable(z.string()),
  /** Secrets are replaced by `[secret]`, control characters are spelled out. */
  message: z.string(),
});
export type LogLine = z.output<typeof LogLine>;

export const LogPage = z.object({
  /** `gateway`: it answered itself. Else it is down, and these are the last lines of its service or of its log file, read over SSH. */
  source: z.enum(['gateway', 'journal', 'file']),
  /** Why the gateway could not say it itself. */
  because: z.nullable(z.string()),
  lines: z.array(LogLine),
  /** Pass it back to get what came since; `null` where the source has no such place. */
  cursor: z.nullable(z.string()),
  /** The file is another one than at the cursor: the lines start anew. */
  reset: z.boolean(),
  /** Older lines were left out. */
  truncated: z.boolean(),
});
export type LogPage = z.output<typeof LogPage>;

const DEVICES = '/servers/:id/openclaw/devices';
const device = { access: 'server:admin', limit: 'submit' } as const;

const Device = z.object({
  deviceId: Clipped(128),
  displayName: z.nullish(Clipped(128)),
  platform: z.nullish(Clipped(64)),
  clientId: z.nullish(Clipped(64)),
  clientMode: z.nullish(Clipped(64)),
  role: z.nullish(Clipped(32)),
  roles: z.nullish(z.array(Clipped(32))),
  scopes: z.nullish(z.array(Clipped(64))),
  remoteIp: z.nullish(Clipped(64)),
});

export const deviceRoutes = {
  listDevices: route({
    ...device,
    limit: 'read',
    method: 'get',
    path: DEVICES,
    summary: 'The devices that are paired with the gateway, and those that ask to be',
    forwards: { method: 'device.pair.list', as: 'control' },
    returns: z.object({
      pending: z.array(z.extend(Device, { requestId: Clipped(128), ts: z.nullish(Millis), isRepair: z.nullish(z.boolean()) })),
      paired: z.array(
        z.extend(Device, {
          /** What people here call it, instead of the name that it gave itself. */
          operatorLabel: z.nullish(Clipped(64)),
          approvedVia: z.nullish(Clipped(32)),
          createdAtMs: z.nullish(Millis),
          approvedAtMs: z.nullish(Millis),
        }),
      ),
    }),
  }),
  approveDevice: route({
    ...device,
    method: 'post',
    path: `${DEVICES}/requests/:requestId/approve`,
    summary: 'Let a device in that asks to be paired',
    audit: 'device.approve',
    forwards: { method: 'device.pair.approve', as: 'control' },
    status: 204,
  }),
  rejectDevice: route({
    ...device,
    method: 'post',
    path: `${DEVICES}/requests/:requestId/reject`,
    summary: 'Turn a device away that asks to be paired',
    audit: 'device.reject',
    forwards: { method: 'device.pair.reject', as: 'control' },
    status: 204,
  }),
  renameDevice: route({
    ...device,
    method: 'put',
    path: `${DEVICES}/:deviceId`,
    summary: 'Give a paired device a name',
    audit: 'device.rename',
    forwards: { method: 'device.pair.rename', as: 'control' },
    body: z.strictObject({
      label: z.string().check(z.trim(), z.minLength(1), z.maxLength(64), z.regex(/^[^\p{Cc}]*$/u, 'no control characters')),
    }),
    status: 204,
  }),
  removeDevice: route({
    ...device,
    method: 'delete',
    path: `${DEVICES}/:deviceId`,
    summary: 'Unpair a device; its tokens end',
    audit: 'device.remove',
    forwards: { method: 'device.pair.remove', as: 'control' },
    status: 204,
  }),
  revokeDevice: route({
    ...device,
    method: 'post',
    path: `${DEVICES}/:deviceId/revoke`,
    summary: 'End the token of a device for one role; the device stays paired',
    audit: 'device.revoke',
    forwards: { method: 'device.token.revoke', as: 'control' },
    body: z.strictObject({ role: z.enum(['operator', 'node']) }),
    status: 204,
  }),
};

const Cost = { costUsd: z.number(), tokens: z.number() };

export const Usage = z.object({
  from: z.string(),
  to: z.string(),
  /** `false`: the gateway still counts; ask again in some seconds. */
  complete: z.boolean(),
  total: z.object({ ...Cost, input: z.number(), output: z.number(), cacheRead: z.number(), cacheWrite: z.number() }),
  /** Answers for whose model no price is known: they are not in the cost. */
  unpriced: z.number(),
  byAgent: z.array(z.object({ agentId: z.string(), ...Cost })),
  byModel: z.array(z.object({ provider: z.nullable(z.string()), model: z.nullable(z.string()), answers: z.number(), ...Cost })),
  byDay: z.array(z.object({ date: z.string(), ...Cost })),
});
export type Usage = z.output<typeof Usage>;

export const dailyRoutes = {
  readLogs: route({
    method: 'get',
    path: '/servers/:id/openclaw/logs',
    summary: 'The end of the log of the gateway, or what came since a cursor; also when the gateway is down',
    access: 'server:viewer',
    limit: 'read',
    query: z.strictObject({
      limit: z._default(QueryInt(1, 500), 200),
      cursor: z.optional(z.string().check(z.regex(/^\d{1,15}$/, 'not a cursor'))),
    }),
    returns: LogPage,
  }),
  readUsage: route({
    method: 'get',
    path: '/servers/:id/openclaw/usage',
    summary: 'Tokens and cost by agent, model and day; days are UTC',
    access: 'server:viewer',
    limit: 'read',
    query: z.strictObject({ days: z._default(QueryInt(1, 366), 30) }),
    returns: Usage,
  }),
  ...deviceRoutes,
};
