import { useQuery } from '@tanstack/react-query';
import { agentRoutes, type AgentChange, type CloneAgent, type ImportAgent } from '@clawmoor/shared/openclaw-agents.ts';
import { modelRoutes } from '@clawmoor/shared/openclaw-models.ts';
import type { Agent } from '@clawmoor/shared/openclaw.ts';
import { keys, queryClient, useChange } from './queries.ts';
import { call } from './session.ts';

const one = (id: string, agentId: string) => [...keys.agents(id), agentId] as const;
const files = (id: string, agentId: string) => [...one(id, agentId), 'files'] as const;

export const useAgent = (id: string, agentId: string) =>
  useQuery({
    queryKey: one(id, agentId),
    queryFn: ({ signal }) => call(agentRoutes.readAgent, { id, agentId }, { signal }),
    // The list has shown it already: its page stands at once.
    placeholderData: () => queryClient.getQueryData<Agent[]>(keys.agents(id))?.find((agent) => agent.id === agentId),
  });
export const useModels = (id: string) =>
  useQuery({
    queryKey: ['models', id],
    queryFn: async ({ signal }) => (await call(modelRoutes.listModels, { id }, { signal })).models,
    staleTime: 60_000,
  });
export const useChangeAgent = (id: string, agentId: string) =>
  useChange((body: AgentChange) => call(agentRoutes.updateAgent, { id, agentId, body }), [keys.agents(id)]);
export const useRemoveAgent = (id: string, agentId: string) =>
  useChange(
    async (confirm: string) => {
      await call(agentRoutes.removeAgent, { id, agentId, confirm });
      // Not asked for again here: the page of the agent that is gone would ask too.
      queryClient.setQueryData<Agent[]>(keys.agents(id), (all) => all?.filter((agent) => agent.id !== agentId));
      await queryClient.invalidateQueries({ queryKey: keys.agents(id), exact: true, refetchType: 'none' });
    },
    [keys.gateway(id)],
  );
export const usePreviewImport = (id: string) =>
  useChange((archive: string) => call(agentRoutes.previewAgentImport, { id, body: { archive } }), []);
export const useImportAgent = (id: string) =>
  useChange((body: ImportAgent) => call(agentRoutes.importAgent, { id, body }), [keys.agents(id), keys.gateway(id)]);
export const useCopyAgent = (id: string, agentId: string, toServerId: string) =>
  useChange((body: CloneAgent) => call(agentRoutes.cloneAgent, { id, agentId, body }), [keys.agents(toServerId), keys.gateway(toServerId)]);

export const useAgentFiles = (id: string, agentId: string) =>
  useQuery({
    queryKey: files(id, agentId),
    queryFn: async ({ signal }) => (await call(agentRoutes.listAgentFiles, { id, agentId }, { signal })).files,
  });
/** Read once: what a person edits must not change under their hands. */
export const useAgentFile = (id: string, agentId: string, name: string) =>
  useQuery({
    queryKey: [...files(id, agentId), name],
    queryFn: ({ signal }) => call(agentRoutes.readAgentFile, { id, agentId, name }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
export const useWriteAgentFile = (id: string, agentId: string, name: string) =>
  useChange((body: { content: string; baseHash: string | null }) => call(agentRoutes.writeAgentFile, { id, agentId, name, body }), []);
/** As it stands now, past everything that is remembered. */
export const readAgentFile = (of: { id: string; agentId: string; name: string }) => call(agentRoutes.readAgentFile, of);
