import * as z from 'zod/mini';
import { askGateway } from '../../lib/gateway-answer.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';

const MOST = 200;

const Sessions = z.object({
  sessions: z.array(z.object({ key: z.string(), agentId: z.nullish(z.string()), hasActiveRun: z.nullish(z.boolean()) })),
});

/** Ends the turns that run now, and what waits behind them. Answers the keys of their sessions. */
export async function abortSessions(gateways: Gateways, serverId: string, signal: AbortSignal): Promise<string[]> {
  const params = { activeOnly: true, limit: MOST };
  const list = await askGateway(gateways, serverId, { method: 'sessions.list', params, as: 'control', answers: Sessions, signal });
  const running = list.sessions.filter(({ hasActiveRun }) => hasActiveRun).slice(0, MOST);
  for (const { key, agentId } of running) {
    const abort = { key, clearQueued: true, ...(agentId && { agentId }) };
    await gateways.request(serverId, { method: 'sessions.abort', params: abort, as: 'control', signal }).catch((error: unknown) => {
      // It has ended by itself meanwhile.
      if (!(error instanceof Problem) || error.code !== 'gateway.refused') throw error;
    });
  }
  return running.map(({ key }) => key.slice(0, 256));
}
