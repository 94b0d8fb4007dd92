import type { openclawDiagnosisRoutes } from '@clawmoor/shared/openclaw-diagnosis.ts';
import type { openclawRoutes } from '@clawmoor/shared/openclaw.ts';
import type { Openclaw } from '../features/openclaw/openclaw.ts';
import type { Handlers } from '../http/handlers.ts';

export function openclawHandlers({ openclaw }: { openclaw: Openclaw }): Handlers<typeof openclawRoutes & typeof openclawDiagnosisRoutes> {
  return {
    diagnoseGateway: ({ id }, { signal }) => openclaw.diagnose(id, signal),
    readGatewayStatus: ({ id }, { signal }) => openclaw.status(id, signal),
    async restartGateway({ id }, { caller, idempotencyKey, note }) {
      const taskId = await openclaw.restart(id, { by: caller.userId, idempotencyKey });
      note({ after: { taskId } });
      return { taskId };
    },
    listAgents: async ({ id }, { server, signal }) => ({ agents: await openclaw.agents(id, server?.role ?? 'viewer', signal) }),
    async createAgent({ id, body }, { signal, note }) {
      note({ after: body });
      return openclaw.createAgent(id, body, signal);
    },
  };
}
