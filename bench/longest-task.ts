/** What a trace must hold for `longestTask`. */
export const TRACED = ['blink.user_timing', 'toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] as const;

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  /** Microseconds of the thread's processor. */
  tdur?: number;
}

/** The longest task of the page's main thread after a mark that it set, in milliseconds of its processor. */
export function longestTask(trace: string, mark: string): number {
  const { traceEvents: events } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const start = events.find(({ name }) => name === mark);
  if (!start) throw new Error(`The trace does not say where ${mark} was`);
  const tasks = events.filter(
    ({ name, pid, tid, ts }) => name.endsWith('RunTask') && pid === start.pid && tid === start.tid && ts > start.ts,
  );
  return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur), 0) / 1000;
}
