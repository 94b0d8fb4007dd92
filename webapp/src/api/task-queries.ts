import { useQuery } from '@tanstack/react-query';
import { taskRoutes } from '@clawmoor/shared/tasks.ts';
import { keys, once, useChange } from './queries.ts';
import { call } from './session.ts';

export const useTasks = (serverId: string) =>
  useQuery({
    queryKey: keys.tasks(serverId),
    queryFn: async ({ signal }) => (await call(taskRoutes.listTasks, { serverId, limit: 10 }, { signal })).tasks,
    refetchInterval: 10_000,
  });
export const useCancelTask = (id: string) => useChange(() => call(taskRoutes.cancelTask, { id, body: {} }), [['tasks']]);
export const useRetryTask = (id: string) =>
  useChange((secrets: Record<string, string>) => call(taskRoutes.retryTask, { id, body: { secrets } }, once()), [['tasks'], keys.servers]);
