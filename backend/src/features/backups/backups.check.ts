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
      const warn = (message: string, fix: string): CheckResult => ({ status: 'warn', message, fix, values });
      if (rehearsal?.ok === 0) {
        return { status: 'failing', message: `The last restore rehearsal failed: ${rehearsal.message}`, fix: AGAIN, values };
      }
      if (failure) return { status: 'failing', message: `The last backup failed: ${failure.message}`, fix: AGAIN, values };
      // A new installation has a day's time for its first one.
      const waitingHours = ageHours ?? (clock.now() - startedAt) / HOUR_MS;
      if (waitingHours > ALERT_AFTER_HOURS) {
        const message = lastGood ? `The last good backup is ${ageHours} hours old` : 'There is no backup yet';
        return { status: 'failing', message, fix: AGAIN, values };
      }
      if (missing > 0)
        return warn(`${missing} backups are listed whose files are gone or cut short`, 'Look who removes files from the backups folder.');
      if (uploads && lastGood?.upload_error)
        return warn(`The off-site copy is missing: ${lastGood.upload_error}`, 'Check the BACKUP_S3 settings; the next backup tries again.');
      return {
        status: 'ok',
        message: lastGood ? `The last good backup is ${ageHours} hours old` : 'The first backup is still to come',
        values,
      };
    },
  };
}
