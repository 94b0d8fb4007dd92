import type { openclawBackupRoutes } from '@clawmoor/shared/openclaw-backups.ts';
import type { OpenclawBackups } from '../features/openclaw-backups/openclaw-backups.ts';
import type { Handlers } from '../http/handlers.ts';

export function openclawBackupHandlers({ openclawBackups }: { openclawBackups: OpenclawBackups }): Handlers<typeof openclawBackupRoutes> {
  return {
    listOpenclawBackups: async ({ id }, { signal }) => ({ backups: await openclawBackups.list(id, signal) }),
    async createOpenclawBackup({ id }, { caller, idempotencyKey, note }) {
      const taskId = await openclawBackups.create(id, { by: caller.userId, idempotencyKey });
      note({ after: { taskId } });
      return { taskId };
    },
    downloadOpenclawBackup({ id, backupId }, { signal, note }) {
      note({ after: { backupId } });
      return openclawBackups.file(id, backupId, signal);
    },
    async verifyOpenclawBackup({ id, backupId }, { caller, idempotencyKey, signal, note }) {
      const taskId = await openclawBackups.submit('verify', id, backupId, { by: caller.userId, idempotencyKey, signal });
      note({ after: { backupId, taskId } });
      return { taskId };
    },
    async stageOpenclawBackup({ id, backupId }, { caller, idempotencyKey, signal, note }) {
      const taskId = await openclawBackups.submit('stage', id, backupId, { by: caller.userId, idempotencyKey, signal });
      note({ after: { backupId, taskId } });
      return { taskId };
    },
    async removeOpenclawBackup({ id, backupId }, { signal, note }) {
      note({ before: { backupId } });
      await openclawBackups.remove(id, backupId, signal);
    },
  };
}
