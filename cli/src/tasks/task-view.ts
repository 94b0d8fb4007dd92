import type { Emitted } from '@clawmoor/shared/route.ts';
import type { LogLine, Task, taskRoutes } from '@clawmoor/shared/tasks.ts';
import type { Output } from '../terminal/output.ts';
import { plain } from '../terminal/plain.ts';
import { createStepLines } from './step-lines.ts';

export type TaskEvent = Emitted<(typeof taskRoutes)['watchTask']>;

export interface TaskViewParts {
  out: Output;
  /** Lines of the log are shown as well. */
  log: boolean;
  /** The lines after one, oldest first, a page at a time; empty at the end. */
  readLog: (after: number) => Promise<LogLine[]>;
  /** A failure while left-out lines were read. */
  onGap: () => void;
}

/** Shows the events of a task in their order: JSON as they come, or each step and line once. */
export function createTaskView({ out, log, readLog, onGap }: TaskViewParts) {
  const showSteps = createStepLines(out);
  let task: Task | undefined;
  let seen = 0;
  // One after the other: what comes while left-out lines are read waits for them.
  let shown: Promise<unknown> = Promise.resolve();
  const show = (next: () => unknown): void => void (shown = shown.then(next).catch(onGap));

  const showLines = (lines: readonly LogLine[]): void => {
    for (const { seq, text } of lines) {
      if (seq <= seen) continue;
      seen = seq;
      out.say(`    ${out.style('dim', plain(text))}`);
    }
  };
  async function catchUp(): Promise<void> {
    for (let lines; (lines = await readLog(seen)).length > 0;) showLines(lines);
  }

  return {
    take(event: TaskEvent): void {
      out.event(event);
      if (event.event === 'task') task = event.data;
      if (event.event === 'task') show(() => showSteps(event.data));
      if (out.json || !log) return;
      if (event.event === 'log') show(() => showLines(event.data.lines));
      if (event.event === 'resync') show(catchUp);
    },
    task: (): Task | undefined => task,
    /** Resolves when all that was taken is shown. */
    settled: async (): Promise<void> => void (await shown),
  };
}
