import type { openclawUpdateRoutes } from '@clawmoor/shared/openclaw-update.ts';
import type { OpenclawUpdates } from '../features/openclaw-update/openclaw-update.ts';
import type { Rollouts } from '../features/openclaw-update/rollouts.ts';
import type { Handlers } from '../http/handlers.ts';

export interface OpenclawUpdateHandlerParts {
  openclawUpdates: OpenclawUpdates;
  rollouts: Rollouts;
}

export function openclawUpdateHandlers({ openclawUpdates, rollouts }: OpenclawUpdateHandlerParts): Handlers<typeof openclawUpdateRoutes> {
  return {
    readOpenclawUpdate: ({ id, version }, { signal }) => openclawUpdates.look(id, version, signal),
    async updateOpenclaw({ id, body: { version } }, { caller, idempotencyKey, signal, note }) {
      const taskId = await openclawUpdates.start(id, { wanted: version, by: caller.userId, idempotencyKey, signal });
      note({ after: { version, taskId } });
      return { taskId };
    },
    async updateOpenclaws({ body: { serverIds, version, atOnce } }, { caller, signal, note }) {
      note({ after: { serverIds, version, atOnce } });
      const rollout = await rollouts.start({ serverIds, wanted: version, atOnce, by: caller.userId, signal });
      note({ target: rollout.id, after: { serverIds, version: rollout.version, atOnce } });
      return rollout;
    },
    listOpenclawUpdates: async (_input, { caller }) => ({ updates: await rollouts.list(caller.userId) }),
    readOpenclawUpdates: ({ rolloutId }, { caller }) => rollouts.read(rolloutId, caller.userId),
    async stopOpenclawUpdates({ rolloutId }, { caller, note }) {
      const rollout = await rollouts.stop(rolloutId, caller.userId);
      note({ target: rolloutId, after: { servers: rollout.servers.map(({ serverId, state }) => ({ serverId, state })) } });
      return rollout;
    },
  };
}
