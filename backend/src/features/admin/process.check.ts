import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Check } from '../../lib/check.ts';

// The bundle idles below 100 MB; a heap beyond this share of its limit ends in a crash.
const HEAP_WARN_SHARE = 0.85;
const LOOP_WARN_MS = 100;
const LOOP_WINDOW_MS = 60_000;

/** Memory and event loop of this process. `stop` ends the measuring. */
export function processChecks({ heapLimit }: { heapLimit: () => number }): { checks: Check[]; stop: () => void } {
  // With a resolution of 20 ms an idle loop reports about 20; what is above that is delay.
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let last = { p50: 0, p99: 0, max: 0 };
  const take = (): void => {
    last = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
    delay.reset();
  };
  const timer = setInterval(take, LOOP_WINDOW_MS).unref();
  const loop: Check = {
    key: 'event_loop',
    look() {
      if (last.max === 0) last = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
      const values = { p50Ms: last.p50, p99Ms: last.p99, maxMs: last.max };
      if (last.p99 > LOOP_WARN_MS) {
        return {
          status: 'warn',
          code: 'health.answers_slow',
          message: `Requests wait up to ${last.p99} ms before they are looked at`,
          fix: 'Give the process more CPU, or look in the log for what keeps it busy.',
          values,
        };
      }
      return { status: 'ok', message: `Requests are looked at within ${last.p99} ms`, values };
    },
  };
  const memory: Check = {
    key: 'memory',
    look() {
      const { rss, heapUsed } = process.memoryUsage();
      const values = { rssBytes: rss, heapUsedBytes: heapUsed, heapLimitBytes: heapLimit(), uptimeSeconds: Math.round(process.uptime()) };
      const message = `${Math.round(rss / 1_048_576)} MiB in use`;
      if (heapUsed > heapLimit() * HEAP_WARN_SHARE) {
        return {
          status: 'warn',
          code: 'health.memory_full',
          message,
          fix: 'Restart Clawmoor at a quiet moment; if it grows again, report it.',
          values,
        };
      }
      return { status: 'ok', message, values };
    },
  };
  return { checks: [memory, loop], stop: () => (clearInterval(timer), delay.disable()) };
}

const ms = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? Math.max(0, Math.round(nanoseconds / 1e5) / 10 - 20) : 0);
