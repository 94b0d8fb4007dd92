import type { taskRoutes } from '@clawmoor/shared/tasks.ts';
import type { Emitted } from '@clawmoor/shared/route.ts';
import type { EventRow, TaskWithSteps } from './tasks.store.ts';
import { lineView, taskView } from './view.ts';

export type TaskEvent = Emitted<(typeof taskRoutes)['watchTask']>;

/** Neighbouring lines travel together; changes of state become the whole task, once for neighbours. */
export async function toEvents(
  rows: readonly EventRow[],
  before: number,
  read: () => Promise<TaskWithSteps | undefined>,
): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  let lines: EventRow[] = [];
  let previous = before;
  for (const [index, row] of rows.entries()) {
    if (row.seq !== previous + 1) events.push({ event: 'resync', data: {} });
    previous = row.seq;
    if (row.kind === 'log') {
      lines.push(row);
      if (rows[index + 1]?.kind === 'log' && rows[index + 1]?.seq === row.seq + 1) continue;
      events.push({ event: 'log', id: row.seq, data: { lines: lines.map(lineView) } });
      lines = [];
    } else if (rows[index + 1] === undefined || rows[index + 1]?.kind === 'log') {
      const task = await read();
      if (task) events.push({ event: 'task', id: row.seq, data: taskView(task) });
    }
  }
  return events;
}
