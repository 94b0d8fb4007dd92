import type { backupRoutes } from '@clawmoor/shared/backups.ts';
import { backupNotFound } from '../features/backups/backups.problems.ts';
import type { Backups } from '../features/backups/backups.ts';
import type { Handlers } from '../http/handlers.ts';
import { iso } from '../lib/clock.ts';

export function backupHandlers({ backups }: { backups: Backups }): Handlers<typeof backupRoutes> {
  return {
    listBackups: async () => ({ backups: await backups.list() }),
    async runBackup(_input, { note }) {
      // Not the caller's signal: a copy that is half made is finished also when the page was closed.
      const backup = await backups.run('person');
      note({ target: backup.filename, after: { size: backup.size, sha256: backup.sha256 } });
      return backup;
    },
    async rehearseBackup(_input, { note }) {
      const result = await backups.rehearse();
      if (!result) throw backupNotFound();
      const { at, filename, ok, message } = result;
      note({ target: filename, after: { ok: ok === 1, message } });
      return { at: iso(at), filename, ok: ok === 1, message };
    },
    async downloadBackup({ filename }, { note }) {
      note({ target: filename.slice(0, 128) });
      return backups.open(filename);
    },
    async deleteBackup({ filename }, { note }) {
      note({ target: filename.slice(0, 128) });
      await backups.remove(filename);
    },
  };
}
