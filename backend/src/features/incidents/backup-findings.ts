import type { Finding } from './rule.ts';

const HOUR_MS = 3_600_000;
const ALERT_AFTER_HOURS = 26;

export interface BackupStanding {
  lastGood: { created_at: number } | undefined;
  failure: { message: string } | undefined;
  rehearsal: { ok: 0 | 1 } | undefined;
}

/** The installation's own backups: the last one failed, the last good one is too old, or a rehearsal could not restore it. */
export function backupFindings(
  { lastGood, failure, rehearsal }: BackupStanding,
  { now, startedAt }: { now: number; startedAt: number },
): Finding[] {
  const hours = Math.floor((now - (lastGood?.created_at ?? startedAt)) / HOUR_MS);
  const of = (reason: string): Finding[] => [{ about: '', severity: 'critical', stage: reason, facts: { reason, hours } }];
  if (failure) return of('failed');
  if (rehearsal?.ok === 0) return of('rehearsal_failed');
  return hours >= ALERT_AFTER_HOURS ? of(lastGood ? 'too_old' : 'none') : [];
}
