import type { Clock } from '../lib/clock.ts';
import type { HostPool } from '../lib/host.ts';
import { createDetached } from './detached.ts';
import type { Journal } from './journal.ts';
import type { Step, StepContext } from './plan.ts';
import { withReconnect, type Reconnecting } from './reconnect.ts';
import { deadlinePassed, ineffective } from './tasks.problems.ts';
import type { StepRow, tasksStore } from './tasks.store.ts';
import { hostOfServer } from './task-host.ts';

const DEADLINE_MS = 15 * 60_000;

export interface StepRun {
  taskId: string;
  serverId: string;
  step: Step;
  row: StepRow;
  input: unknown;
  secrets: unknown;
  hosts: HostPool;
  store: ReturnType<typeof tasksStore>;
  journal: Journal;
  clock: Clock;
  /** Aborted with the reason why the task stops. */
  signal: AbortSignal;
}

/** Makes one thing true, or finds that it is. Throws why not; what it leaves in the database are the step's states. */
export async function runStep(run: StepRun): Promise<void> {
  const { step, row, journal, clock } = run;
  const resumed = row.state !== 'waiting';
  const deadlineMs = step.deadlineMs ?? DEADLINE_MS;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(deadlinePassed(Math.round(deadlineMs / 60_000))), deadlineMs);
  const signal = AbortSignal.any([run.signal, late.signal]);
  const change = (state: StepRow['state'], extra: Partial<StepRow> = {}): Promise<void> =>
    journal.change({ step: { key: step.key, state, ...extra } });
  try {
    await change('running', resumed ? {} : { started_at: clock.now() });
    const { context, reconnecting } = contextOf(run, signal);
    const state = await reach(run, { context, reconnecting, resumed });
    await journal.flush();
    await change(state, { finished_at: clock.now(), error: null });
  } finally {
    clearTimeout(timer);
  }
}

interface Reaching {
  context: StepContext;
  reconnecting: Reconnecting;
  resumed: boolean;
}

async function reach({ taskId, step, store }: StepRun, { context, reconnecting, resumed }: Reaching): Promise<'skipped' | 'succeeded'> {
  const again = <T>(call: () => Promise<T>): Promise<T> => withReconnect(call, reconnecting);
  // A run that is under way on the server is followed first: asking what is true in the middle of it would mislead.
  const underWay = resumed && (await store.runsOfStep(taskId, step.key)).some(({ exit_code }) => exit_code === null);
  if (!underWay && (await again(() => step.done(context)))) return resumed ? 'succeeded' : 'skipped';
  await again(() => step.apply(context));
  if (!(await again(() => step.done(context)))) throw ineffective(step.title);
  return 'succeeded';
}

function contextOf(run: StepRun, signal: AbortSignal): Pick<Reaching, 'context' | 'reconnecting'> {
  const { taskId, serverId, step, input, secrets, hosts, store, journal, clock } = run;
  let reached = false;
  let lost = false;
  const show = (state: 'running' | 'reconnecting'): void => void journal.change({ step: { key: step.key, state } }).catch(() => {});
  const reconnecting: Reconnecting = {
    signal,
    monotonic: clock.monotonic,
    reached: () => reached,
    onLost: () => {
      if (!lost) {
        journal.log(step.key, 'The connection to the server was lost; connecting again …');
        show('reconnecting');
      }
      lost = true;
    },
  };
  const onReached = (): void => {
    reached = true;
    if (!lost) return;
    lost = false;
    journal.log(step.key, 'Connected again.');
    show('running');
  };
  const host = hostOfServer(hosts, serverId, signal, onReached);
  const log = (line: string): void => journal.log(step.key, line);
  const progress = progressOf(run);
  const detached = createDetached({ taskId, stepKey: step.key, store, journal, host, reconnecting, progress });
  return { reconnecting, context: { serverId, input, secrets, host, signal, log, progress, detached } };
}

/** Whole percents, each written once: a hundred writes at most while it only grows. */
function progressOf({ step, row, journal }: StepRun): StepContext['progress'] {
  let shown = row.percent;
  return (percent) => {
    const whole = Math.max(0, Math.min(100, Math.floor(percent)));
    if (!Number.isFinite(whole) || whole === shown) return;
    shown = whole;
    journal.change({ step: { key: step.key, percent: whole } }).catch(() => {});
  };
}
