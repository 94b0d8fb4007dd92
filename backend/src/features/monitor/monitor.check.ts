import type { Check } from '../../lib/check.ts';
import type { Monitor } from './monitor.ts';

/** A server that waits longer than this for its look is looked at too late to be of use. */
const LATE_MS = 2 * 60_000;
/** The monitor ticks four times a second: this long without is no load, it hangs. */
const SILENT_MS = 60_000;

/** Whether the watching itself goes on: how many servers, how late, when it was last seen alive. */
export function monitorCheck(monitor: Pick<Monitor, 'standing'>): Check {
  return {
    key: 'monitor',
    look() {
      const { servers, running, longestMs, overdueMs, silentMs, looks, failed, on } = monitor.standing();
      const values = {
        on,
        servers,
        running,
        looks,
        failed,
        latestSeconds: Math.round(longestMs / 1000),
        overdueSeconds: Math.round(overdueMs / 1000),
      };
      if (!on) return { status: 'ok', message: 'Servers are not watched: MONITOR_SECONDS is 0', values };
      if (silentMs > SILENT_MS) {
        return {
          status: 'failing',
          code: 'health.monitor_silent',
          message: `The monitor has stood still for ${Math.round(silentMs / 1000)} s`,
          fix: 'Restart Clawmoor.',
          values,
        };
      }
      if (overdueMs > LATE_MS) {
        return {
          status: 'failing',
          code: 'health.monitor_late',
          message: `A server has waited ${Math.round(overdueMs / 1000)} s for its look`,
          fix: 'Many servers do not answer at once, or this machine is too slow: look at its load and its network.',
          values,
        };
      }
      return { status: 'ok', message: `${servers} servers are watched`, values };
    },
  };
}
