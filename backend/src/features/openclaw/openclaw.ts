import type { Agent, GatewayStatus, NewAgent } from '@clawmoor/shared/openclaw.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { Diagnosis } from '@clawmoor/shared/openclaw-diagnosis.ts';
import { createAgent, listAgents } from './agents.ts';
import { diagnose } from './diagnosis.ts';
import { RESTART } from './restart.plan.ts';

export interface OpenclawParts {
  gateways: Gateways;
  hosts: HostPool;
  tasks: Tasks;
}

export type Openclaw = ReturnType<typeof createOpenclaw>;

/** What a person does with the gateway of a server. */
export function createOpenclaw({ gateways, hosts, tasks }: OpenclawParts) {
  return {
    status: (serverId: string, signal: AbortSignal): Promise<GatewayStatus> => gateways.status(serverId, { signal }),
    diagnose: (serverId: string, signal: AbortSignal): Promise<Diagnosis> => diagnose({ gateways, hosts }, serverId, signal),
    agents: (serverId: string, role: Role, signal: AbortSignal): Promise<Agent[]> => listAgents(gateways, serverId, role, signal),
    createAgent: (serverId: string, body: NewAgent, signal: AbortSignal): Promise<Agent> =>
      createAgent({ gateways, hosts }, serverId, body, signal),
    /** Answers the id of the task that restarts the gateway. */
    async restart(serverId: string, { by, idempotencyKey }: { by: string; idempotencyKey: string | undefined }): Promise<string> {
      const bootId = (await gateways.bootOf(serverId, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)) ?? null;
      return tasks.start({ serverId, type: RESTART, input: { bootId }, by, idempotencyKey });
    },
  };
}
