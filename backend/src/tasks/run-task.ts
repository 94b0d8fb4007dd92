import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { HostPool } from '../lib/host.ts';
import { createJournal, type Journal } from './journal.ts';
import type { AnyPlan } from './plan.ts';
import { runStep } from './run-step.ts';
import { isStop } from './stop.ts';
import { cancelUnconfirmed, failureOf, interrupted, unexpectedFailure, type TaskFailure } from './tasks.problems.ts';
import type { TaskWithSteps, tasksStore } from './tasks.store.ts';

// A stopped task is over within 15 s also when its server cannot be reached: so long for the step to come to its end …
const SETTLE_WITHIN_MS = 6_000;
// … and so long to end what runs detached on the server, TERM and KILL included.
const END_RUNS_WITHIN_MS = 8_000;

export interface TaskRun {
  task: TaskWithSteps;
  plan: AnyPlan | undefined;
  secrets: Record<string, unknown>;
  hosts: HostPool;
  store: ReturnType<typeof tasksStore>;
  clock: Clock;
  log: Logger;
  stop: AbortController;
  changed: () => void;
}

/** Drives one task from where it stands to a final state, or until the process stops. Never throws. */
export async function runTask(run: TaskRun): Promise<void> {
  const { task, store, clock, changed, stop, log } = run;
  const secretTexts = textsOf(run.secrets);
  const journal = createJournal({
    taskId: task.id,
    generation: task.generation,
    store,
    clock,
    secrets: secretTexts,
    changed,
    superseded: () => stop.abort(),
  });
  try {
    if (task.last_seq > 0) journal.resumeAt(await store.logSize(task.id));
    if (task.interruptions > MAX_INTERRUPTIONS) throw interrupted();
    await settleWithin(driveSteps(run, journal), stop.signal);
    await end(run, journal, { state: 'succeeded' });
  } catch (error) {
    if (isStop(stop.signal.reason, 'stopping')) return void (await leave(run, journal).catch(() => {}));
    const failure = failureOf(error);
    if (!failure && !stop.signal.aborted) log.error({ err: error, taskId: task.id }, 'a task failed unexpectedly');
    await conclude(run, journal, { error, failure: failure ?? unexpectedFailure }).catch((cause: unknown) => {
      log.error({ err: cause, taskId: task.id }, 'the end of a task could not be written');
    });
  }
}

export const MAX_INTERRUPTIONS = 5;

/** A stop in good order is no interruption: the one that the next start counts is taken off beforehand. */
async function leave({ task, store }: TaskRun, journal: Journal): Promise<void> {
  await journal.flush();
  const counted = (await store.get(task.id))?.interruptions ?? 0;
  await journal.change({ task: { interruptions: counted - 1 } });
}

async function driveSteps({ task, plan, secrets, hosts, store, clock, stop }: TaskRun, journal: Journal): Promise<void> {
  if (!plan) throw new Error(`There is no plan called ${task.type}`);
  const input: unknown = plan.input.parse(JSON.parse(task.input));
  const parsed: unknown = plan.secrets.parse(secrets);
  const rows = new Map(task.steps.map((row) => [row.key, row]));
  for (const step of plan.steps(input)) {
    stop.signal.throwIfAborted();
    const row = rows.get(step.key);
    if (!row || row.state === 'succeeded' || row.state === 'skipped') continue;
    await runStep({
      taskId: task.id,
      serverId: task.server_id,
      step,
      row,
      input,
      secrets: parsed,
      hosts,
      store,
      journal,
      clock,
      signal: stop.signal,
    });
    await journal.change({ task: { interruptions: 0 } });
  }
}

/** Waits for the steps; once the task is being stopped, not longer than it may take. */
function settleWithin(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const limit = (): void => void (timer = setTimeout(() => reject(cancelUnconfirmed()), SETTLE_WITHIN_MS));
    if (signal.aborted) limit();
    else signal.addEventListener('abort', limit, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', limit);
    });
  });
}

interface Conclusion {
  error: unknown;
  failure: TaskFailure;
}

async function conclude(run: TaskRun, journal: Journal, { failure }: Conclusion): Promise<void> {
  const { store, task, stop } = run;
  const cancelled = isStop(stop.signal.reason, 'cancelled');
  // What was given up must not go on beside the retry that a person starts.
  const isGivenUp = failure.code === 'task.deadline' || failure.code === 'task.interrupted';
  const runsEnded = cancelled || isGivenUp ? await endRuns(run) : true;
  // A step that did not come to its end in time may have left a plain command running.
  const confirmed = runsEnded && failure.code !== 'task.cancel_unconfirmed';
  const state = cancelled ? 'cancelled' : failure.code === 'task.interrupted' ? 'interrupted' : 'failed';
  const shown = cancelled ? (confirmed ? undefined : failureOf(cancelUnconfirmed())) : failure;
  const fresh = await store.get(task.id);
  const open =
    fresh?.steps.find((step) => step.state === 'running' || step.state === 'reconnecting') ??
    (cancelled ? undefined : fresh?.steps.find((step) => step.state === 'waiting'));
  if (open) {
    await journal.change({ step: { key: open.key, state, finished_at: run.clock.now(), error: shown ? JSON.stringify(shown) : null } });
  }
  await end(run, journal, { state, ...(shown && { failure: shown }) });
}

/** Ends what the task left running on the server; `false` when that could not be made sure of in time. */
async function endRuns({ task, store, hosts }: TaskRun): Promise<boolean> {
  const fresh = await store.get(task.id);
  const running = fresh?.steps.find((step) => step.state === 'running' || step.state === 'reconnecting');
  if (!running) return true;
  const runs = (await store.runsOfStep(task.id, running.key)).filter(({ exit_code }) => exit_code === null);
  if (runs.length === 0) return true;
  const signal = AbortSignal.timeout(END_RUNS_WITHIN_MS);
  const ended = hosts.with(
    task.server_id,
    async (host) => (await Promise.all(runs.map(({ name }) => host.runs.cancel(name)))).every(Boolean),
    { signal },
  );
  const late = new Promise<boolean>((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }));
  return Promise.race([ended.catch(() => false), late]);
}

/** The one place where a task reaches a final state: its secrets go with it. */
async function end(
  { clock }: TaskRun,
  journal: Journal,
  { state, failure }: { state: 'succeeded' | 'failed' | 'cancelled' | 'interrupted'; failure?: TaskFailure },
): Promise<void> {
  await journal.flush();
  await journal.change({
    task: { state, finished_at: clock.now(), secrets: null, error: failure ? JSON.stringify(failure) : null, lease_until: null },
  });
}

/** Every line of every string inside the secrets: what must not appear in the log. */
const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? value.split(/\r?\n/)
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];
