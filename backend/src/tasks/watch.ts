import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { taskRoutes } from '@clawmoor/shared/tasks.ts';
import type { Emitted } from '@clawmoor/shared/route.ts';
import { taskNotFound } from './tasks.problems.ts';
import type { EventRow, TaskWithSteps, tasksStore } from './tasks.store.ts';
import { lineView, taskView } from './view.ts';

const PAGE = 500;
// Further behind than this a reader is better off with the end of the log and a word that something is missing.
const TOO_FAR_BEHIND = 20_000;
const RESYNC_TO = 1_000;
// Rings of the bell within this time are answered together: 14 times less work than line by line.
const BATCH_MS = 50;
// The bell can be missed (another process writes): look by ourselves now and then.
const LOOK_AGAIN_MS = 5_000;

export type TaskEvent = Emitted<(typeof taskRoutes)['watchTask']>;

export interface Watching {
  store: ReturnType<typeof tasksStore>;
  bell: EventEmitter;
  id: string;
  /** The last number that the reader has seen; `undefined`: it has seen nothing. */
  after: number | undefined;
  signal: AbortSignal;
}

/**
 * The whole task first, then everything after `after` in order and without a gap, then what happens, until the task is over.
 * Nothing is kept for a slow reader: it is asked for the next piece when it has taken the last, and the rows wait in the database.
 */
export async function* watchTask({ store, bell, id, after, signal }: Watching): AsyncGenerator<TaskEvent> {
  let task = await store.get(id);
  if (!task) throw taskNotFound();
  let seq = after ?? 0;
  yield { event: 'task', data: taskView(task) };
  if (task.last_seq - seq > TOO_FAR_BEHIND) {
    seq = task.last_seq - RESYNC_TO;
    yield { event: 'resync', id: seq, data: {} };
  }
  while (!signal.aborted) {
    const rung = ring(bell, id, signal); // listened to before looking, or a line written in between would be missed
    try {
      const rows = await store.eventsAfter(id, seq, PAGE);
      const over = rows.length === 0 && isOver(task);
      for await (const event of toEvents(rows, seq, () => store.get(id))) {
        if (event.event === 'task') task = (await store.get(id)) ?? task;
        yield event;
      }
      seq = rows.at(-1)?.seq ?? seq;
      if (over) return yield { event: 'end', data: {} };
      // After its last change the bell is silent: one more look, and the end is said at once.
      if (rows.length === PAGE || (rows.length > 0 && isOver(task))) continue;
      await rung.wait();
      task = (await store.get(id)) ?? task;
    } finally {
      rung.cancel(); // also when the reader has gone in the middle of a page
    }
  }
}

const isOver = (task: TaskWithSteps): boolean => task.state !== 'queued' && task.state !== 'running';

/** Neighbouring lines travel together; changes of state become the whole task, once for neighbours. */
async function* toEvents(rows: EventRow[], before: number, read: () => Promise<TaskWithSteps | undefined>): AsyncGenerator<TaskEvent> {
  let lines: EventRow[] = [];
  let previous = before;
  for (const [index, row] of rows.entries()) {
    if (row.seq !== previous + 1) yield { event: 'resync', data: {} };
    previous = row.seq;
    if (row.kind === 'log') {
      lines.push(row);
      if (rows[index + 1]?.kind === 'log' && rows[index + 1]?.seq === row.seq + 1) continue;
      yield { event: 'log', id: row.seq, data: { lines: lines.map(lineView) } };
      lines = [];
    } else if (rows[index + 1] === undefined || rows[index + 1]?.kind === 'log') {
      const task = await read();
      if (task) yield { event: 'task', id: row.seq, data: taskView(task) };
    }
  }
}

function ring(bell: EventEmitter, id: string, signal: AbortSignal): { wait: () => Promise<void>; cancel: () => void } {
  const woken = new AbortController();
  const wake = (): void => woken.abort();
  bell.once(id, wake);
  const cancel = (): void => void bell.off(id, wake);
  return {
    async wait() {
      await delay(LOOK_AGAIN_MS, undefined, { signal: AbortSignal.any([signal, woken.signal]), ref: false }).catch(() => {});
      if (woken.signal.aborted && !signal.aborted) await delay(BATCH_MS);
    },
    cancel,
  };
}
