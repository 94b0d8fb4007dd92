import type { Clock } from '../lib/clock.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanLine } from './clean-line.ts';
import type { Batch, tasksStore } from './tasks.store.ts';

// One transaction and one ring of the bell per tenth of a second, however fast the lines come.
const FLUSH_MS = 100;
// What is kept in memory between two writes; a flood beyond it is counted, not kept.
const MAX_WAITING = 256 * 1024;
// What is kept in the database of one task: this much of its beginning and this much of its end. With a batch on top of each it is 2 MiB.
const KEEP_EACH = 768 * 1024;
// Another process holds the write lock (a backup, a migration): waited for this often, besides the statement's own 5 s.
const BUSY_TRIES = 6;
const BUSY_PAUSE_MS = 500;
const MARKER = '[… the middle of this log is left out; the whole of it is on the server, in ~/.clawmoor/runs …]';

export interface JournalParts {
  taskId: string;
  generation: number;
  store: ReturnType<typeof tasksStore>;
  clock: Clock;
  secrets: readonly string[];
  /** Rung after every write. */
  changed: () => void;
  /** Called when the task turned out to be ended or driven by another process. */
  superseded: () => void;
}

export type Journal = ReturnType<typeof createJournal>;

/** Writes what happens to one task: lines in batches, changes of state at once and after the lines that came before them. */
export function createJournal({ taskId, generation, store, clock, secrets, changed, superseded }: JournalParts) {
  let waiting: { step: string; text: string }[] = [];
  let waitingSize = 0;
  let dropped = 0;
  let run: Batch['run'];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let failure: unknown;
  const kept: Kept = { head: 0, marked: false, tail: [], tailSize: 0 };

  function take(): Pick<Batch, 'lines' | 'run'> {
    const lines = dropped > 0 ? [...waiting, { step: waiting.at(-1)?.step ?? '', text: `[… ${dropped} lines left out …]` }] : waiting;
    const taken = { lines, ...(run && { run }) };
    waiting = [];
    waitingSize = 0;
    dropped = 0;
    run = undefined;
    clearTimeout(timer);
    timer = undefined;
    return taken;
  }

  async function write(change: Omit<Batch, 'at' | 'lines' | 'run'>): Promise<void> {
    const taken = take();
    if (!taken.lines?.length && !taken.run && !change.step && !change.task) return;
    const lines = taken.lines ?? [];
    const forget = makeRoom(kept);
    const batch = { at: clock.now(), ...taken, lines, ...(forget && { forget }), ...change };
    const seq = await whenFree(() => store.write(taskId, generation, batch));
    if (seq === undefined) return superseded();
    noteSizes(kept, lines, seq - (change.step ? 1 : 0) - (change.task ? 1 : 0));
    changed();
  }

  function enqueue(change: Omit<Batch, 'at' | 'lines' | 'run'>): Promise<void> {
    const next = writing.then(() => write(change));
    writing = next.catch((error: unknown) => void (failure ??= error));
    return next;
  }

  return {
    log(step: string, line: string): void {
      if (waitingSize > MAX_WAITING) dropped += 1;
      else {
        const text = cleanLine(line, secrets);
        waiting.push({ step, text });
        waitingSize += text.length + 1;
      }
      timer ??= setTimeout(() => void enqueue({}).catch(() => {}), FLUSH_MS);
    },
    /** So much of the log is stored by an earlier process. */
    resumeAt(size: number): void {
      kept.head = Math.max(kept.head, Math.min(size, KEEP_EACH));
    },
    /** How far a run's log has been read: stored with the lines that came from there. */
    noteRun(noted: NonNullable<Batch['run']>): void {
      run = { ...(run?.name === noted.name && run), ...noted };
      timer ??= setTimeout(() => void enqueue({}).catch(() => {}), FLUSH_MS);
    },
    /** Writes a change of state; resolves when it is on disk. */
    change: (change: Omit<Batch, 'at' | 'lines' | 'run'>): Promise<void> => enqueue(change),
    /** Everything that waits is on disk. Throws what a write in the background threw. */
    async flush(): Promise<void> {
      await enqueue({});
      if (failure !== undefined) throw failure;
    },
  };
}

interface Kept {
  head: number;
  /** The marker stands between the head and the tail. */
  marked: boolean;
  tail: { seq: number; size: number }[];
  tailSize: number;
}

/** What has to go so that the tail fits again; the first to go makes place for the marker. */
function makeRoom(kept: Kept): Batch['forget'] {
  const first = kept.tail[0];
  let last: Kept['tail'][number] | undefined;
  while (kept.tailSize > KEEP_EACH && kept.tail.length > 0) {
    last = kept.tail.shift();
    kept.tailSize -= last?.size ?? 0;
  }
  if (!first || !last) return undefined;
  const marker = kept.marked ? {} : { marker: MARKER };
  kept.marked = true;
  return { from: first.seq, to: last.seq, ...marker };
}

/** Makes a write again while another process holds the lock. */
async function whenFree<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!/^SQLITE_(BUSY|LOCKED)/.test(code) || attempt >= BUSY_TRIES) throw error;
      await delay(BUSY_PAUSE_MS);
    }
  }
}

function noteSizes(kept: Kept, lines: { text: string }[], lastSeq: number): void {
  for (const [index, { text }] of lines.entries()) {
    const size = text.length + 1;
    if (kept.head < KEEP_EACH) kept.head += size;
    else {
      kept.tail.push({ seq: lastSeq - lines.length + 1 + index, size });
      kept.tailSize += size;
    }
  }
}
