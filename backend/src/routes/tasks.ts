import type { taskRoutes } from '@clawmoor/shared/tasks.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';
import type { Tasks } from '../tasks/tasks.ts';

export interface TaskHandlerParts {
  tasks: Tasks;
  /** The servers that a person may see. */
  serversOf: (userId: string) => Promise<string[]>;
}

export function taskHandlers({ tasks, serversOf }: TaskHandlerParts): Handlers<typeof taskRoutes> {
  /** The one server that the query names (its access was checked), or all that the caller may see. */
  const visible = async ({ caller, server }: RequestContext): Promise<string[]> => (server ? [server.id] : serversOf(caller.userId));
  return {
    listTasks: async ({ cursor, limit }, context) => tasks.list({ serverIds: await visible(context), cursor, limit }),
    readActiveTask: async (_query, context) => ({ task: (await tasks.active(await visible(context)))[0] ?? null }),
    readActiveServer: async (_query, context) => {
      const open = await tasks.active(await visible(context));
      const serverId = open[0]?.serverId ?? null;
      return { serverId, tasks: open.filter((task) => task.serverId === serverId) };
    },
    readTask: ({ id }) => tasks.get(id),
    watchTask: ({ id, after }, { lastEventId, signal }) => tasks.watch(id, lastEventId ?? after, signal),
    readTaskLog: ({ id, after, limit }) => tasks.logAfter(id, after, limit),
    cancelTask: ({ id }) => tasks.cancel(id),
    retryTask: async ({ id, body }, { caller, idempotencyKey, note }) => {
      const taskId = await tasks.retry(id, { secrets: body.secrets, by: caller.userId, idempotencyKey });
      note({ after: { taskId } });
      return { taskId };
    },
  };
}
