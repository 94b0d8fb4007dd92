import { setTimeout as delay } from 'node:timers/promises';
import type { Agent } from '@clawmoor/shared/openclaw.ts';
import type { AgentChange } from '@clawmoor/shared/openclaw-agents.ts';
import type { GatewayCall, Gateways } from '../../lib/gateway.ts';
import { listAgents, untilListed } from './agents.ts';
import { agentNotFound, confirmMismatch } from './openclaw.problems.ts';
import { isRefusal } from './understand.ts';

// For a second or two after an agent was made or changed, the gateway says that it is not there.
const AGAIN_AFTER_MS = [150, 300, 600, 1_000];
const UNLISTED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 200;
const UNKNOWN_AGENT = /agent "[^"]*" not found|unknown agent id/i;

/** A call about one agent, asked again while the gateway may not know it yet. Throws `agent.not_found`. */
export async function askAbout(gateways: Gateways, serverId: string, agentId: string, call: GatewayCall): Promise<unknown> {
  const { signal } = call;
  for (const wait of [...AGAIN_AFTER_MS, undefined]) {
    try {
      return await gateways.request(serverId, { ...call, params: { agentId, ...call.params } });
    } catch (error) {
      if (!isRefusal(error, UNKNOWN_AGENT)) throw error;
      if (wait === undefined) break;
      await delay(wait, undefined, { ...(signal && { signal }) });
    }
  }
  throw agentNotFound(agentId);
}

export async function readAgent(
  gateways: Gateways,
  serverId: string,
  agentId: string,
  as: GatewayCall['as'],
  signal: AbortSignal,
): Promise<Agent> {
  const agent = (await listAgents(gateways, serverId, as, signal)).find(({ id }) => id === agentId);
  if (!agent) throw agentNotFound(agentId);
  return agent;
}

/** Answers the agent before and after, so that the audit can tell. */
export async function updateAgent(
  gateways: Gateways,
  serverId: string,
  { agentId, change, signal }: { agentId: string; change: AgentChange; signal: AbortSignal },
): Promise<{ before: Agent; after: Agent }> {
  const before = await readAgent(gateways, serverId, agentId, 'control', signal);
  if (Object.keys(change).length === 0) return { before, after: before };
  await askAbout(gateways, serverId, agentId, { method: 'agents.update', params: { ...change }, as: 'control', signal });
  const { model, ...shown } = change;
  const isChanged = (agent: Agent): boolean =>
    (shown.name === undefined || agent.name === shown.name) &&
    (shown.emoji === undefined || agent.emoji === shown.emoji) &&
    // `null` becomes the gateway's default, which only the gateway knows.
    (!model || agent.model === model);
  return { before, after: await untilListed(gateways, serverId, agentId, signal, isChanged) };
}

/** `confirm` is the agent's name or id as the person typed it. Answers what was deleted. */
export async function removeAgent(
  gateways: Gateways,
  serverId: string,
  { agentId, confirm, deleteFiles, signal }: { agentId: string; confirm: string; deleteFiles: boolean; signal: AbortSignal },
): Promise<Agent> {
  const agent = await readAgent(gateways, serverId, agentId, 'control', signal);
  if (confirm !== agent.id && confirm !== agent.name) throw confirmMismatch(agent.id);
  await askAbout(gateways, serverId, agentId, { method: 'agents.delete', params: { deleteFiles }, as: 'control', signal });
  // The gateway lists it a little longer; whoever looks at the list next is not to find it there.
  const endAt = performance.now() + UNLISTED_WITHIN_MS;
  const isListed = async (): Promise<boolean> => (await listAgents(gateways, serverId, 'control', signal)).some(({ id }) => id === agentId);
  while ((await isListed()) && performance.now() < endAt) await delay(LOOK_EVERY_MS, undefined, { signal });
  return agent;
}
