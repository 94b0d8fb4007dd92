import { useQuery } from '@tanstack/react-query';
import { monitoringRoutes } from '@clawmoor/shared/monitoring.ts';
import type { Sent } from '@clawmoor/shared/route.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const keyOf = (id: string) => ['monitoring', id] as const;

export const useMonitoring = (id: string) =>
  useQuery({
    queryKey: keyOf(id),
    queryFn: ({ signal }) => call(monitoringRoutes.readMonitoring, { id }, { signal }),
    refetchInterval: 30_000,
  });
export const useChangeMonitoring = (id: string) =>
  useChange(
    (body: Sent<typeof monitoringRoutes.changeMonitoring>['body']) => call(monitoringRoutes.changeMonitoring, { id, body }),
    [keyOf(id)],
  );
