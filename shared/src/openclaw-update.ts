import * as z from 'zod/mini';
import { Accepted, Time } from './fields.ts';
import { route } from './route.ts';
import { PrereqItem, Verdict, Version } from './setup.ts';

export const OpenclawUpdate = z.object({
  /** The worst of the items; `block` means that an update would not be begun. */
  verdict: Verdict,
  /** `null`: the registry cannot be asked, so nobody knows. */
  updateAvailable: z.nullable(z.boolean()),
  installed: z.nullable(z.string()),
  /** The version behind `?version=`, a dist-tag or a version. */
  target: z.nullable(z.string()),
  /** What this release of Clawmoor was tested with. */
  tested: z.object({ from: z.string(), to: z.string() }),
  items: z.array(PrereqItem),
  /** What the changelogs between the two versions call breaking. */
  breaking: z.array(z.object({ version: z.string(), text: z.string() })),
  /** What the update does, in words. */
  changes: z.array(z.string()),
  /** The version before that is still kept on the server. */
  kept: z.nullable(z.string()),
});
export type OpenclawUpdate = z.output<typeof OpenclawUpdate>;

export const RolloutServer = z.object({
  serverId: z.string(),
  state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'skipped']),
  taskId: z.nullable(z.string()),
  code: z.nullable(z.string()),
  message: z.nullable(z.string()),
});

export const Rollout = z.object({
  id: z.string(),
  version: z.string(),
  /** `stopped`: one failed, or a person stopped it; what had begun came to its end. */
  state: z.enum(['running', 'succeeded', 'stopped']),
  createdAt: Time,
  finishedAt: z.nullable(Time),
  /** In order: the first goes alone, the others after its success. */
  servers: z.array(RolloutServer),
});
export type Rollout = z.output<typeof Rollout>;

const Wanted = z._default(Version, 'latest');
const ServerIds = z.array(z.string().check(z.minLength(1), z.maxLength(64))).check(z.minLength(1), z.maxLength(200));

export const openclawUpdateRoutes = {
  readOpenclawUpdate: route({
    method: 'get',
    path: '/servers/:id/openclaw/update',
    summary: 'Whether there is a newer OpenClaw for a server, what an update would change, and whether it fits',
    access: 'server:admin',
    query: z.strictObject({ version: Wanted }),
    returns: OpenclawUpdate,
  }),
  updateOpenclaw: route({
    method: 'post',
    path: '/servers/:id/openclaw/update',
    summary: 'Update OpenClaw with a backup before and a check after; whatever fails, the version before runs again with its data',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.update',
    idempotent: true,
    body: z.strictObject({ version: Wanted }),
    returns: Accepted,
    status: 202,
  }),
  updateOpenclaws: route({
    method: 'post',
    path: '/openclaw/updates',
    summary: 'Update several servers: the first alone, after its success the others; the first failure stops what has not begun',
    access: 'user',
    limit: 'submit',
    audit: 'openclaw.update_many',
    body: z.strictObject({
      serverIds: ServerIds,
      version: Wanted,
      /** How many at once after the first. */
      atOnce: z._default(z.int().check(z.minimum(1), z.maximum(8)), 2),
    }),
    returns: Rollout,
    status: 201,
  }),
  listOpenclawUpdates: route({
    method: 'get',
    path: '/openclaw/updates',
    summary: 'The updates of several servers that the caller has begun, newest first',
    access: 'user',
    returns: z.object({ updates: z.array(Rollout) }),
  }),
  readOpenclawUpdates: route({
    method: 'get',
    path: '/openclaw/updates/:rolloutId',
    summary: 'Where an update of several servers stands, with the task of each',
    access: 'user',
    returns: Rollout,
  }),
  stopOpenclawUpdates: route({
    method: 'post',
    path: '/openclaw/updates/:rolloutId/stop',
    summary: 'Begin no further server; what is under way comes to its end',
    access: 'user',
    audit: 'openclaw.update_many_stop',
    body: z.strictObject({}),
    returns: Rollout,
  }),
};
