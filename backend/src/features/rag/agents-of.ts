import * as z from 'zod/mini';
import type { Gateways } from '../../lib/gateway.ts';
import { askGateway } from '../../lib/gateway-answer.ts';

const Agents = z.object({
  agents: z.array(
    z.object({
      id: z.string(),
      name: z.optional(z.nullable(z.string())),
      workspace: z.optional(z.nullable(z.string())),
      identity: z.optional(z.nullable(z.looseObject({ name: z.optional(z.string()) }))),
    }),
  ),
});

export interface GatewayAgent {
  id: string;
  name: string;
  workspace: string | null;
}

/** The agents of a gateway. Throws `gateway.*`. */
export async function agentsOf(gateways: Gateways, serverId: string, signal: AbortSignal): Promise<GatewayAgent[]> {
  const { agents } = await askGateway(gateways, serverId, { method: 'agents.list', as: 'viewer', signal, answers: Agents });
  return agents.map(({ id, name, identity, workspace }) => ({
    id,
    name: (identity?.name ?? name ?? id).slice(0, 128),
    workspace: workspace?.startsWith('/') ? workspace : null,
  }));
}
