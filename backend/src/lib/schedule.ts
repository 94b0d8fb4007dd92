/** Something that is done by the clock. */
export interface Job {
  name: string;
  cron: string;
  /** Its failure is logged and shown in the detailed health. */
  run: (signal: AbortSignal) => Promise<unknown>;
}

export interface JobState {
  name: string;
  cron: string;
  dueAt?: number | undefined;
  startedAt?: number | undefined;
  endedAt?: number | undefined;
  /** Why the last run failed. */
  failure?: string | undefined;
}

export interface Schedule {
  /** Begins to run them; what was missed meanwhile runs once, now. */
  start(jobs: readonly Job[]): Promise<void>;
  states(): (JobState & { running: boolean })[];
  [Symbol.asyncDispose](): Promise<void>;
}
