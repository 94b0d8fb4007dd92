import { createTask, type ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import type { Clock } from '../../lib/clock.ts';
import type { Job, JobState, Schedule } from '../../lib/schedule.ts';

export interface ScheduleParts {
  clock: Clock;
  log: Logger;
  /** When a job is due next, kept over a restart: that is how a missed run is noticed. */
  memory: { read: (name: string) => Promise<string | undefined>; write: (name: string, value: string) => Promise<unknown> };
}

interface Entry {
  job: Job;
  task: ScheduledTask;
  state: JobState;
  running: Promise<void> | undefined;
}

/** node-cron would write to the console by itself; what it says of an overlap is worth a line of ours. */
const linesTo = (log: Logger) => ({
  info: (message: string) => log.debug(message),
  debug: (message: string | Error) => log.debug(String(message)),
  warn: (message: string) => log.warn(message),
  error: (message: string | Error, err?: Error) => log.error({ err }, String(message)),
});

/** Runs jobs by cron lines: never one twice at a time, and a run that was missed once, however many were. */
export function createSchedule({ clock, log, memory }: ScheduleParts): Schedule {
  const entries: Entry[] = [];
  const stopping = new AbortController();

  const remember = async ({ job, task, state }: Entry): Promise<void> => {
    state.dueAt = task.getNextRun()?.getTime();
    if (state.dueAt !== undefined) await memory.write(job.name, `${state.dueAt} ${job.cron}`);
  };

  function runNow(entry: Entry): Promise<void> {
    entry.running ??= runOnce(entry).finally(() => (entry.running = undefined));
    return entry.running;
  }

  async function runOnce(entry: Entry): Promise<void> {
    const { job, state } = entry;
    if (stopping.signal.aborted) return;
    state.startedAt = clock.now();
    try {
      await remember(entry);
      await job.run(stopping.signal);
      state.failure = undefined;
    } catch (error) {
      if (stopping.signal.aborted) return;
      state.failure = error instanceof Error ? error.message : String(error);
      log.error({ err: error, job: job.name }, 'a scheduled job failed');
    } finally {
      state.endedAt = clock.now();
    }
  }

  async function missed({ job }: Entry): Promise<boolean> {
    const [dueAt, ...cron] = ((await memory.read(job.name)) ?? '').split(' ');
    return cron.join(' ') === job.cron && Number(dueAt) < clock.now();
  }

  return {
    async start(jobs) {
      for (const job of jobs) {
        const run = (): Promise<void> => runNow(entry);
        const task = createTask(job.cron, run, {
          name: job.name,
          noOverlap: true,
          suppressMissedWarning: true,
          unref: true,
          logger: linesTo(log),
        });
        const entry: Entry = { job, task, state: { name: job.name, cron: job.cron }, running: undefined };
        entries.push(entry);
        // The machine slept, or the loop was held up, over the tick.
        task.on('execution:missed', () => void runNow(entry));
        await task.start();
        const late = await missed(entry);
        await remember(entry);
        if (late) {
          log.warn({ job: job.name }, 'a scheduled run was missed while Clawmoor did not run; it runs now');
          void runNow(entry);
        }
      }
    },
    states: () => entries.map(({ state, running }) => ({ ...state, running: running !== undefined })),
    /** Waits for what runs: each job ends early when it is told to stop. */
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('Clawmoor stops'));
      await Promise.allSettled(entries.map(({ task }) => task.destroy()));
      await Promise.allSettled(entries.map(({ running }) => running));
    },
  };
}
