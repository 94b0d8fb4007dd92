import type { Check } from '../../lib/check.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { Schedule } from '../../lib/schedule.ts';

// A tick may be late by this much before the clock itself is suspected.
const LATE_MS = 5 * 60_000;

/** What is done by the clock: when it is due, and why the last run failed. */
export function scheduleCheck({ schedule, clock }: { schedule: Schedule; clock: Clock }): Check {
  return {
    key: 'scheduler',
    look() {
      const states = schedule.states();
      const failed = states.filter(({ failure }) => failure !== undefined);
      const late = states.filter(({ dueAt, running }) => !running && dueAt !== undefined && dueAt + LATE_MS < clock.now());
      const dueAt = states.map((state) => [`${state.name}DueAt`, state.dueAt === undefined ? null : iso(state.dueAt)] as const);
      const values = { jobs: states.length, failed: failed.length, late: late.length, ...Object.fromEntries(dueAt) };
      const [first] = failed;
      if (first)
        return {
          status: 'warn',
          code: 'health.job_failed',
          message: `${first.name} failed: ${first.failure}`,
          fix: 'The log has the details; it runs again at its next time.',
          values,
        };
      if (late.length > 0) {
        return {
          status: 'failing',
          code: 'health.job_late',
          message: `${late.map(({ name }) => name).join(', ')} did not run in time`,
          fix: 'Restart Clawmoor.',
          values,
        };
      }
      return { status: 'ok', message: `${states.length} jobs run in time`, values };
    },
  };
}
