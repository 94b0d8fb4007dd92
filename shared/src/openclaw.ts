import * as z from 'zod/mini';
import { Accepted, Name, Time } from './fields.ts';
import { AgentId } from './setup.ts';
import { route } from './route.ts';

/** One word for where we stand with a gateway. */
export const GatewayState = z.enum(['connecting', 'ready', 'auth_failed', 'gateway_down', 'unreachable', 'incompatible', 'not_set_up']);

export const GatewayStatus = z.object({
  state: GatewayState,
  /** Why it is not ready, as a problem's code. */
  code: z.nullable(z.string()),
  message: z.nullable(z.string()),
  fix: z.nullable(z.string()),
  version: z.nullable(z.string()),
  /** A version that this release was not tested with. */
  newerThanTested: z.boolean(),
  protocol: z.nullable(z.number()),
  port: z.nullable(z.number()),
  /** `bridge`: the server forbids TCP forwarding, an SSH command carries the bytes. */
  via: z.nullable(z.enum(['forward', 'bridge'])),
  agents: z.nullable(z.number()),
  /** Since when we are connected. */
  connectedAt: z.nullable(Time),
});
export type GatewayStatus = z.output<typeof GatewayStatus>;

export const Agent = z.object({
  id: z.string(),
  name: z.string(),
  model: z.nullable(z.string()),
  workspace: z.nullable(z.string()),
  emoji: z.nullable(z.string()),
  isDefault: z.boolean(),
});
export type Agent = z.output<typeof Agent>;

export const ModelId = z.string().check(z.trim(), z.minLength(1), z.maxLength(200), z.regex(/^[\w.:/@+-]+$/, 'not a model name'));
// Absolute, or below the home folder; no "..", no control characters.
const Workspace = z
  .string()
  .check(z.trim(), z.maxLength(1024), z.regex(/^(~?\/)(?!.*(^|\/)\.\.(\/|$))[^\p{Cc}]+$/u, 'an absolute path, or one that starts with ~/'));

export const NewAgent = z.strictObject({
  id: AgentId,
  name: z.optional(Name),
  model: z.optional(ModelId),
  workspace: z.optional(Workspace),
});
export type NewAgent = z.output<typeof NewAgent>;

export const openclawRoutes = {
  readGatewayStatus: route({
    method: 'get',
    path: '/servers/:id/openclaw/status',
    summary: 'Where the gateway stands',
    access: 'server:viewer',
    returns: GatewayStatus,
  }),
  restartGateway: route({
    method: 'post',
    path: '/servers/:id/openclaw/restart',
    summary: 'Restart the gateway and wait until it answers again',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.restart',
    idempotent: true,
    body: z.strictObject({}),
    returns: Accepted,
    status: 202,
  }),
  listAgents: route({
    method: 'get',
    path: '/servers/:id/openclaw/agents',
    summary: 'The agents of the gateway',
    access: 'server:viewer',
    returns: z.object({ agents: z.array(Agent) }),
  }),
  createAgent: route({
    method: 'post',
    path: '/servers/:id/openclaw/agents',
    summary: 'Create an agent',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.agent_create',
    body: NewAgent,
    returns: Agent,
    status: 201,
  }),
};
