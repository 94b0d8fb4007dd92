import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

export const Approval = z.object({
  id: z.string(),
  serverId: z.string(),
  /** What an agent wants to run. Written by a model: control and invisible characters are spelled out as `\u{…}`. */
  command: z.string(),
  /** The command is longer than what is shown: look at it on the server before you allow it. */
  clipped: z.boolean(),
  cwd: z.nullable(z.string()),
  agentId: z.nullable(z.string()),
  sessionKey: z.nullable(z.string()),
  warnings: z.array(z.string()),
  createdAt: z.nullable(Time),
  expiresAt: z.nullable(Time),
  decisions: z.array(z.enum(['allow-once', 'deny'])),
});
export type Approval = z.output<typeof Approval>;

/** Whether Clawmoor stays connected, so that commands wait for an answer; while it is not, OpenClaw denies them at once. */
const Watch = z.enum(['off', 'connecting', 'connected']);

const ServerVerdict = z.object({
  serverId: z.string(),
  name: z.string(),
  ok: z.boolean(),
  code: z.nullable(z.string()),
  message: z.nullable(z.string()),
  watch: Watch,
});

const OF_SERVER = '/servers/:id/openclaw/approvals';
const admin = { access: 'server:admin', limit: 'submit' } as const;

export const approvalRoutes = {
  listAllApprovals: route({
    method: 'get',
    path: '/approvals',
    summary: 'The commands that wait for an answer, on all servers of which you are admin or owner',
    access: 'user',
    limit: 'read',
    returns: z.object({ approvals: z.array(Approval), servers: z.array(ServerVerdict) }),
  }),
  listApprovals: route({
    method: 'get',
    path: OF_SERVER,
    summary: 'The commands of a server that wait for an answer',
    access: 'server:admin',
    limit: 'read',
    returns: z.object({ approvals: z.array(Approval), watch: Watch }),
  }),
  watchApprovals: route({
    ...admin,
    method: 'put',
    path: `${OF_SERVER}/watch`,
    summary: 'Stay connected, so that commands wait for an answer instead of being denied at once',
    audit: 'approval.watch',
    body: z.strictObject({ enabled: z.boolean() }),
    returns: z.object({ enabled: z.boolean() }),
  }),
  resolveApproval: route({
    ...admin,
    method: 'post',
    path: `${OF_SERVER}/:approvalId`,
    summary: 'Allow a command once, or deny it; the first answer counts',
    audit: 'approval.resolve',
    body: z.strictObject({ decision: z.enum(['allow-once', 'deny']) }),
    returns: z.object({ decision: z.enum(['allow-once', 'deny']) }),
  }),
};
