import { Problem } from '../../lib/problem.ts';

export const backupNotFound = (): Problem =>
  new Problem('backup.not_found', 'There is no such backup', { fix: 'GET /admin/backups lists those that there are.' });

export const backupRunning = (): Problem =>
  new Problem('backup.running', 'A backup is being made already', { fix: 'Wait until it is in the list.', retryAfter: 10 });

export const lastGoodBackup = (): Problem =>
  new Problem('backup.last_good', 'This is the only good backup', { fix: 'Make another one first.' });

export const wrongKey = (): Problem =>
  new Problem('backup.wrong_key', 'ENCRYPTION_KEY does not open what this copy holds', {
    fix: 'Add the key that was in use when the copy was made to ENCRYPTION_KEY, by comma.',
  });
