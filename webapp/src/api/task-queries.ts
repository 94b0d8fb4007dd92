import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { taskRoutes } from '@clawmoor/shared/tasks.ts';
import { keys, once, useChange } from './queries.ts';
import { call } from './session.ts';

export const useTasks = (serverId: string) =>
  useQuery({
    queryKey: keys.tasks(serverId),
    queryFn: async ({ signal }) => (await call(taskRoutes.listTasks, { serverId, limit: 3 }, { signal })).tasks,
    refetchInterval: 10_000,
  });
/** All of them, a page at a time. */
export const useTaskPages = (serverId: string) =>
  useInfiniteQuery({
    queryKey: [...keys.tasks(serverId), 'pages'],
    queryFn: ({ pageParam, signal }) =>
      call(taskRoutes.listTasks, { serverId, limit: 20, ...(pageParam !== '' && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
export const useCancelTask = (id: string) => useChange(() => call(taskRoutes.cancelTask, { id, body: {} }), [['tasks']]);
export const useRetryTask = (id: string) =>
  useChange((secrets: Record<string, string>) => call(taskRoutes.retryTask, { id, body: { secrets } }, once()), [['tasks'], keys.servers]);
