import { CommandFailed, type Host } from '../lib/host.ts';
import { createTail } from './tail.ts';
import type { Journal } from './journal.ts';
import type { StepContext } from './plan.ts';
import { withReconnect, type Reconnecting } from './reconnect.ts';
import { runLost } from './tasks.problems.ts';
import type { tasksStore } from './tasks.store.ts';

export interface DetachedParts {
  taskId: string;
  stepKey: string;
  store: ReturnType<typeof tasksStore>;
  journal: Journal;
  host: Host;
  reconnecting: Reconnecting;
  progress: StepContext['progress'];
}

/** The name of a run's folder on the server; it holds the task's id, so no two tasks can meet in one. */
export const runName = (taskId: string, stepKey: string, name: string): string => `${taskId}-${stepKey}-${name}`;

/** `context.detached`: starts the run unless it has been started, follows it from where its log was left, answers its end. */
export function createDetached({ taskId, stepKey, store, journal, host, reconnecting, progress }: DetachedParts): StepContext['detached'] {
  return async ({ name, script, secrets, root, percentOf }) => {
    const run = runName(taskId, stepKey, name);
    const tail = createTail();
    const before = await store.runOf(taskId, run);
    if (before?.exit_code != null) return concluded(script, before.exit_code, tail.text());
    // Before the start: after a crash in between, the row leads back to the folder.
    await store.addRun({ task_id: taskId, name: run, step: stepKey, exit_code: null });
    let offset = before?.offset ?? 0;
    const { signal } = reconnecting;
    const end = await withReconnect(async () => {
      await host.runs.start(run, { script, ...(secrets && { secrets }), ...(root && { root }) }, { signal });
      return host.runs.follow(run, {
        offset,
        signal,
        onLines: (lines, next) => {
          offset = next;
          for (const line of lines) {
            const percent = percentOf?.(line);
            if (percent !== undefined) {
              progress(percent);
              continue;
            }
            tail.push(line);
            journal.log(stepKey, line);
          }
          journal.noteRun({ name: run, offset });
        },
      });
    }, reconnecting);
    if (end.exitCode === null) throw runLost();
    journal.noteRun({ name: run, offset, exit_code: end.exitCode });
    await journal.flush();
    return concluded(script, end.exitCode, tail.text());
  };
}

function concluded(script: string, exitCode: number, tail: string): { tail: string } {
  if (exitCode === 0) return { tail };
  throw new CommandFailed(script.trim().split('\n')[0] ?? '', { exitCode, stdout: tail, stderr: '' });
}
