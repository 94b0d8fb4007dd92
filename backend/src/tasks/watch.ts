import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { SharedReading } from './shared-reading.ts';
import type { TaskEvent } from './task-events.ts';
import { taskNotFound } from './tasks.problems.ts';
import type { TaskWithSteps } from './tasks.store.ts';
import { taskView } from './view.ts';

// Further behind than this a reader is better off with the end of the log and a word that something is missing.
const TOO_FAR_BEHIND = 20_000;
const RESYNC_TO = 1_000;
// Rings of the bell within this time are answered together: 14 times less work than line by line.
const BATCH_MS = 50;
// The bell can be missed (another process writes): look by ourselves now and then.
const LOOK_AGAIN_MS = 5_000;

export interface Watching {
  reading: SharedReading;
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
export async function* watchTask({ reading, bell, id, after, signal }: Watching): AsyncGenerator<TaskEvent> {
  const leave = reading.enter(id);
  try {
    let task = await reading.task(id);
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
        const { events, lastSeq, isFull } = await reading.page(id, seq);
        const over = lastSeq === undefined && isOver(task);
        for (const event of events) {
          if (event.event === 'task') task = (await reading.task(id)) ?? task;
          yield event;
        }
        seq = lastSeq ?? seq;
        if (over) return yield { event: 'end', data: {} };
        // After its last change the bell is silent: one more look, and the end is said at once.
        if (isFull || (lastSeq !== undefined && isOver(task))) continue;
        await rung.wait();
        task = (await reading.task(id)) ?? task;
      } finally {
        rung.cancel(); // also when the reader has gone in the middle of a page
      }
    }
  } finally {
    leave();
  }
}

const isOver = (task: TaskWithSteps): boolean => task.state !== 'queued' && task.state !== 'running';

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
