import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { cronRoutes as routes } from '@clawmoor/shared/openclaw-cron.ts';
import type { Sent } from '@clawmoor/shared/route.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const cron = (id: string) => ['cron', id] as const;

export const useCron = (id: string) =>
  useQuery({
    queryKey: cron(id),
    queryFn: ({ signal }) => call(routes.listCronJobs, { id }, { signal }),
    refetchInterval: 10_000,
  });
export const useCronRuns = (id: string, jobId: string) =>
  useInfiniteQuery({
    queryKey: [...cron(id), jobId, 'runs'],
    queryFn: ({ pageParam, signal }) => call(routes.listCronRuns, { id, jobId, limit: 20, offset: pageParam }, { signal }),
    initialPageParam: 0,
    getNextPageParam: ({ nextOffset }) => nextOffset,
    refetchInterval: 10_000,
  });
export const useCreateJob = (id: string) =>
  useChange((body: Sent<typeof routes.createCronJob>['body']) => call(routes.createCronJob, { id, body }), [cron(id)]);
export const useChangeJob = (id: string, jobId: string) =>
  useChange((body: Sent<typeof routes.changeCronJob>['body']) => call(routes.changeCronJob, { id, jobId, body }), [cron(id)]);
export const useRemoveJob = (id: string, jobId: string) => useChange(() => call(routes.removeCronJob, { id, jobId }), [cron(id)]);
export const useRunJob = (id: string, jobId: string) => useChange(() => call(routes.runCronJob, { id, jobId, body: {} }), [cron(id)]);
