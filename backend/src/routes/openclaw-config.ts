import type { openclawConfigRoutes } from '@clawmoor/shared/openclaw-config.ts';
import type { Applied, OpenclawConfig } from '../features/openclaw-config/openclaw-config.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';

export function openclawConfigHandlers({ openclawConfig }: { openclawConfig: OpenclawConfig }): Handlers<typeof openclawConfigRoutes> {
  /** Differences hold no secret; what was asked for may, so that only its paths are noted, and before anything is done. */
  const noted = async (note: RequestContext['note'], paths: string[], apply: Promise<Applied>): Promise<Applied> => {
    note({ after: { paths } });
    const applied = await apply;
    const { differences, changeId, taskId } = applied;
    note({
      before: Object.fromEntries(differences.map(({ path, before = null }) => [path, before])),
      after: { changeId, taskId, ...Object.fromEntries(differences.map(({ path, after = null }) => [path, after])) },
    });
    return applied;
  };
  return {
    readConfig: ({ id }, { signal }) => openclawConfig.read(id, signal),
    readConfigSchema: ({ id, path }, { signal }) => openclawConfig.schema(id, path, signal),
    previewConfig({ id, body: { changes } }, { signal, note }) {
      note({ after: { paths: changes.map(({ path }) => path) } });
      return openclawConfig.preview(id, changes, signal);
    },
    changeConfig: ({ id, body }, { caller, signal, note }) =>
      noted(
        note,
        body.changes.map(({ path }) => path),
        openclawConfig.change(id, body, caller.userId, signal),
      ),
    listConfigHistory: async ({ id }) => ({ changes: await openclawConfig.history(id) }),
    undoConfigChange: ({ id, changeId }, { caller, signal, note }) =>
      noted(note, [changeId], openclawConfig.undo(id, changeId, caller.userId, signal)),
  };
}
