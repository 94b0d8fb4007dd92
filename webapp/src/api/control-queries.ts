import { useQueries, useQuery } from '@tanstack/react-query';
import { dashboardRoutes } from '@clawmoor/shared/dashboard.ts';
import { killSwitchRoutes, type KillMode } from '@clawmoor/shared/kill-switch.ts';
import { openclawDiagnosisRoutes } from '@clawmoor/shared/openclaw-diagnosis.ts';
import { keys, useChange } from './queries.ts';
import { call } from './session.ts';

const KILL = 'kill';

export const useDashboardLink = (id: string) => useChange(() => call(dashboardRoutes.linkDashboard, { id }), []);
/** Asked anew each time: what an agent does changes from second to second. */
export const usePreflight = (id: string, wanted: boolean) =>
  useQuery({
    queryKey: ['preflight', id],
    queryFn: ({ signal }) => call(openclawDiagnosisRoutes.preflightRestart, { id }, { signal }),
    enabled: wanted,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
/** Looks at the server over SSH: once, and again when a person asks. */
export const useDiagnosis = (id: string) =>
  useQuery({
    queryKey: ['diagnosis', id],
    queryFn: ({ signal }) => call(openclawDiagnosisRoutes.diagnoseGateway, { id }, { signal }),
    refetchOnWindowFocus: false,
    staleTime: 10_000,
  });

const killQuery = (id: string) => ({
  queryKey: [KILL, id],
  queryFn: ({ signal }: { signal: AbortSignal }) => call(killSwitchRoutes.readKillSwitch, { id }, { signal }),
  refetchInterval: 10_000,
});
export const useKillState = (id: string) => useQuery(killQuery(id));
export const useKillStates = (ids: readonly string[]) => useQueries({ queries: ids.map(killQuery) });
export const useKill = (id: string) =>
  useChange((mode: KillMode) => call(killSwitchRoutes.killServer, { id, body: { mode } }), [[KILL], keys.gateway(id)]);
export const useResume = (id: string) => useChange(() => call(killSwitchRoutes.resumeServer, { id, body: {} }), [[KILL], keys.gateway(id)]);
export const useKillMany = () =>
  useChange((body: { serverIds: string[]; mode: KillMode }) => call(killSwitchRoutes.killServers, { body }), [[KILL], ['gateway']]);
export const useResumeMany = () =>
  useChange((serverIds: string[]) => call(killSwitchRoutes.resumeServers, { body: { serverIds } }), [[KILL], ['gateway']]);
