import * as z from 'zod/mini';
import { setTimeout as delay } from 'node:timers/promises';
import type { Agent, NewAgent } from '@clawmoor/shared/openclaw.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { sh } from '../../lib/sh.ts';
import { agentExists, notListed, otherId } from './openclaw.problems.ts';
import { clip, understand } from './understand.ts';

// A new agent shows up in the list 0.9–1.5 s after it was created.
const LISTED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 300;
// A gateway is one person's or one team's; more than this is no list for a phone.
const MOST_AGENTS = 1_000;

const Model = z.union([z.string(), z.looseObject({ primary: z.optional(z.string()) })]);
const WireAgent = z.object({
  id: z.string(),
  name: z.optional(z.nullable(z.string())),
  workspace: z.optional(z.nullable(z.string())),
  model: z.optional(z.nullable(Model)),
  isDefault: z.optional(z.boolean()),
  default: z.optional(z.boolean()),
  identity: z.optional(z.nullable(z.looseObject({ name: z.optional(z.string()), emoji: z.optional(z.string()) }))),
});
const AgentsList = z.object({ agents: z.array(WireAgent), defaultId: z.optional(z.nullable(z.string())) });
const Created = z.looseObject({ agentId: z.optional(z.string()), id: z.optional(z.string()) });

export interface AgentsParts {
  gateways: Gateways;
  hosts: HostPool;
}

/** The agents of a gateway, in our shape: what else it says is dropped. */
export async function listAgents(gateways: Gateways, serverId: string, as: Role | 'control', signal?: AbortSignal): Promise<Agent[]> {
  const payload = await gateways.request(serverId, { method: 'agents.list', as, ...(signal && { signal }) });
  const { agents, defaultId } = understand(AgentsList, payload, 'a list of agents');
  return agents.slice(0, MOST_AGENTS).map((agent) => ({
    id: agent.id.slice(0, 128),
    name: clip(agent.identity?.name ?? agent.name, 128) ?? agent.id.slice(0, 128),
    model: clip(typeof agent.model === 'string' ? agent.model : agent.model?.primary, 256),
    workspace: clip(agent.workspace, 1024),
    emoji: clip(agent.identity?.emoji, 16),
    isDefault: agent.isDefault ?? agent.default ?? agent.id === defaultId,
  }));
}

/**
 * Creates an agent and waits until it is listed. The gateway derives an id from the name, so the name is the id at first; and
 * without a workspace of its own it would put the agent inside the default agent's.
 */
export async function createAgent({ gateways, hosts }: AgentsParts, serverId: string, body: NewAgent, signal: AbortSignal): Promise<Agent> {
  const { id, name, model } = body;
  const before = await listAgents(gateways, serverId, 'control', signal);
  if (before.some((agent) => agent.id === id)) throw agentExists(id);
  const workspace = await absolute(hosts, serverId, body.workspace ?? `~/.openclaw/workspace-${id}`, signal);
  const call = (method: string, params: Record<string, unknown>) => gateways.request(serverId, { method, params, as: 'control', signal });
  const asked = { name: id, workspace, ...(model !== undefined && { model }) };
  const created = Created.safeParse(await call('agents.create', asked).catch((error: unknown) => explain(error, id)));
  const given = created.success ? (created.data.agentId ?? created.data.id) : undefined;
  if (given !== undefined && given !== id) throw otherId(id, given.slice(0, 128));
  await untilListed(gateways, serverId, id, signal);
  if (name !== undefined && name !== id) await call('agents.update', { agentId: id, name });
  // The list lags behind a change of name too, and whoever reads it next must not see the old one.
  return untilListed(gateways, serverId, id, signal, (agent) => name === undefined || agent.name === name);
}

/** Somebody else was quicker: then the gateway itself says that it exists. */
function explain(error: unknown, id: string): never {
  throw error instanceof Problem && error.code === 'gateway.refused' && /already exists/i.test(error.message) ? agentExists(id) : error;
}

export async function untilListed(
  gateways: Gateways,
  serverId: string,
  id: string,
  signal: AbortSignal,
  as: (agent: Agent) => boolean = () => true,
): Promise<Agent> {
  const endAt = performance.now() + LISTED_WITHIN_MS;
  for (;;) {
    const agent = (await listAgents(gateways, serverId, 'control', signal)).find((one) => one.id === id);
    if (agent && as(agent)) return agent;
    if (performance.now() > endAt) throw notListed(id);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function absolute(hosts: HostPool, serverId: string, path: string, signal: AbortSignal): Promise<string> {
  if (!path.startsWith('~/')) return path;
  const { stdout: home } = await hosts.with(serverId, (host) => host.run(sh`printf '%s' "$HOME"`, { signal }), { signal });
  return `${home}/${path.slice(2)}`;
}
