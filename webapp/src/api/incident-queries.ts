import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { incidentRoutes } from '@clawmoor/shared/incidents.ts';
import { monitoringRoutes } from '@clawmoor/shared/monitoring.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const WATCHED = ['monitoring'] as const;
const INCIDENTS = ['incidents'] as const;
const LOOK_AGAIN_MS = 30_000;
const HOUR_MS = 3_600_000;

/** How long back, and how fine. */
export const PERIODS = {
  hour: { ms: HOUR_MS, step: 60 },
  day: { ms: 24 * HOUR_MS, step: 300 },
  week: { ms: 7 * 24 * HOUR_MS, step: 3_600 },
} as const;
export type Period = keyof typeof PERIODS;

/** The last hour and the worst incident of every server, asked for once for all cards. */
export const useWatched = () =>
  useQuery({
    queryKey: WATCHED,
    queryFn: async ({ signal }) =>
      new Map((await call(monitoringRoutes.listWatched, {}, { signal })).servers.map((one) => [one.serverId, one])),
    refetchInterval: LOOK_AGAIN_MS,
  });
export const useMetrics = (id: string, period: Period) =>
  useQuery({
    queryKey: ['metrics', id, period],
    queryFn: ({ signal }) => {
      const { ms, step } = PERIODS[period];
      return call(monitoringRoutes.readMetrics, { id, from: new Date(Date.now() - ms).toISOString(), step }, { signal });
    },
    refetchInterval: 60_000,
  });
/** `live`: the feed says when to ask again. */
export const useIncidents = (serverId: string, live: boolean) =>
  useInfiniteQuery({
    queryKey: [...INCIDENTS, serverId],
    queryFn: ({ signal, pageParam }) =>
      call(incidentRoutes.listServerIncidents, { id: serverId, ...(pageParam !== '' && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: live ? false : LOOK_AGAIN_MS,
  });
export const useTimeline = (id: string, live: boolean) =>
  useQuery({
    queryKey: ['timeline', id],
    queryFn: ({ signal }) => call(incidentRoutes.readTimeline, { id }, { signal }),
    refetchInterval: live ? false : LOOK_AGAIN_MS,
  });
export const useAcknowledge = (id: string) =>
  useChange(() => call(incidentRoutes.acknowledgeIncident, { id, body: {} }), [INCIDENTS, ['timeline', id]]);
