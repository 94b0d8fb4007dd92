import type { HealthTrouble } from '@clawmoor/shared/admin.ts';
import type { Check, CheckResult } from '../../lib/check.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { Backups } from './backups.ts';

const ALERT_AFTER_HOURS = 26;
const HOUR_MS = 3_600_000;
const AGAIN = 'Make one now: POST /admin/backups/run, or the button on the admin page.';

/** Whether a restore would find something good: age, last failure, off-site copy, rehearsal. */
export function backupsCheck({ backups, clock, startedAt }: { backups: Backups; clock: Clock; startedAt: number }): Check {
  return {
    key: 'backups',
    async look() {
      const standing = await backups.standing();
      const { lastGood, rehearsal, failure, missing, uploads } = standing;
      const ageHours = lastGood ? Math.round((clock.now() - lastGood.created_at) / (HOUR_MS / 10)) / 10 : null;
      const values = {
        count: standing.count,
        missing,
        ageHours,
        lastGoodAt: lastGood ? iso(lastGood.created_at) : null,
        lastGoodBytes: lastGood?.size ?? null,
        encrypted: lastGood ? lastGood.encrypted === 1 : null,
        offsiteAt: lastGood?.uploaded_at ? iso(lastGood.uploaded_at) : null,
        rehearsalAt: rehearsal ? iso(rehearsal.at) : null,
        rehearsalOk: rehearsal ? rehearsal.ok === 1 : null,
        rehearsal: rehearsal?.message ?? null,
      };
      const warn = (code: HealthTrouble, message: string, fix: string): CheckResult => ({ status: 'warn', code, message, fix, values });
      const failing = (code: HealthTrouble, message: string): CheckResult => ({ status: 'failing', code, message, fix: AGAIN, values });
      if (rehearsal?.ok === 0) return failing('health.rehearsal_failed', `The last restore rehearsal failed: ${rehearsal.message}`);
      if (failure) return failing('health.backup_failed', `The last backup failed: ${failure.message}`);
      // A new installation has a day's time for its first one.
      const waitingHours = ageHours ?? (clock.now() - startedAt) / HOUR_MS;
      if (waitingHours > ALERT_AFTER_HOURS) {
        return lastGood
          ? failing('health.backup_old', `The last good backup is ${ageHours} hours old`)
          : failing('health.backup_none', 'There is no backup yet');
      }
      if (missing > 0)
        return warn(
          'health.backup_files_gone',
          `${missing} backups are listed whose files are gone or cut short`,
          'Look who removes files from the backups folder.',
        );
      if (uploads && lastGood?.upload_error)
        return warn(
          'health.offsite_missing',
          `The off-site copy is missing: ${lastGood.upload_error}`,
          'Check the BACKUP_S3 settings; the next backup tries again.',
        );
      return {
        status: 'ok',
        message: lastGood ? `The last good backup is ${ageHours} hours old` : 'The first backup is still to come',
        values,
      };
    },
  };
}
