import { Problem } from '../../lib/problem.ts';

export const backupNotFound = (): Problem =>
  new Problem('openclaw_backup.not_found', 'There is no such backup on the server', { fix: 'Look at the list again.' });

export const backupFailed = (said: string): Problem =>
  new Problem('openclaw_backup.failed', `OpenClaw could not make the backup: ${said}`, {
    fix: 'The log says more. Check the free space of the disk, then retry.',
  });

export const backupDamaged = (said: string): Problem =>
  new Problem('openclaw_backup.damaged', `The archive is not whole any more: ${said}`, { fix: 'Delete it, and make a new one.' });
