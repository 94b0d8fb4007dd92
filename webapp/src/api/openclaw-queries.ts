import { useQuery } from '@tanstack/react-query';
import { openclawRoutes, type NewAgent } from '@clawmoor/shared/openclaw.ts';
import { keys, once, useChange } from './queries.ts';
import { call } from './session.ts';

export const useGateway = (id: string, enabled = true) =>
  useQuery({
    enabled,
    queryKey: keys.gateway(id),
    queryFn: ({ signal }) => call(openclawRoutes.readGatewayStatus, { id }, { signal }),
    refetchInterval: 20_000,
  });
export const useRestart = (id: string) =>
  useChange(() => call(openclawRoutes.restartGateway, { id, body: {} }, once()), [keys.tasks(id), keys.gateway(id)]);
export const useAgents = (id: string, enabled = true) =>
  useQuery({
    enabled,
    queryKey: keys.agents(id),
    queryFn: async ({ signal }) => (await call(openclawRoutes.listAgents, { id }, { signal })).agents,
  });
export const useCreateAgent = (id: string) =>
  useChange((body: NewAgent) => call(openclawRoutes.createAgent, { id, body }), [keys.agents(id), keys.gateway(id)]);
