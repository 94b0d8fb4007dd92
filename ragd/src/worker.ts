import { setTimeout as delay } from 'node:timers/promises';
import type { Agents } from './agents.ts';
import { embedNext } from './embed/embed-next.ts';
import { readNext } from './ingest/read-next.ts';
import { createPace, type Pace } from './pace.ts';
import { Problem } from './problem.ts';
import { isDiskFull } from './store/database.ts';

/** Why an agent's work does not go on just now. */
export interface Waiting {
  code: string;
  message: string;
  since: string;
}

export interface Worker {
  /** Something may be to do for this agent; what it waited for may be there now. */
  wake: (id: string) => void;
  /** The same, and what is being embedded by what is no longer wanted ends now. */
  restart: (id: string) => void;
  pace: (id: string) => Pace;
  waiting: (id: string) => Waiting | undefined;
  stop: () => Promise<void>;
}

interface Pause {
  since: number;
  pauseMs: number;
  nextAt: number;
  shown: Waiting;
}

/** What an agent has to do: a document to read, and the place that makes its vectors. */
interface Work {
  read: boolean;
  embed: string | undefined;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Reads and embeds whatever waits. Documents are read one at a time; each embedding server gets one batch at a time, from one agent after the
 * other, so that a slow one holds up its own agents only. All state is in the databases: after a kill it goes on where it was.
 */
export function startWorker({ agents, giveUpMs, log }: { agents: Agents; giveUpMs: number; log: (line: string) => void }): Worker {
  const stopping = new AbortController();
  const { signal } = stopping;
  let doorbell = Promise.withResolvers<void>();
  const todo = new Map<string, Work | undefined>(); // who was served last stands last
  const lanes = new Map<string, Promise<void>>();
  const running = new Map<string, AbortController>();
  const pauses = new Map<string, Pause>();
  const paces = new Map<string, Pace>();
  const tried = new Set<string>();

  for (const id of agents.list()) todo.set(id, undefined);
  const whole = run();
  const wake = (id: string): void => {
    pauses.delete(id);
    todo.set(id, undefined);
    doorbell.resolve();
  };
  return {
    wake,
    restart(id) {
      running.get(`embed ${id}`)?.abort();
      wake(id);
    },
    pace: paceOf,
    waiting: (id) => pauses.get(id)?.shown,
    async stop() {
      stopping.abort();
      doorbell.resolve();
      await whole;
      await Promise.all(lanes.values());
    },
  };

  function paceOf(id: string): Pace {
    const pace = paces.get(id) ?? createPace();
    paces.set(id, pace);
    return pace;
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      doorbell = Promise.withResolvers<void>();
      const nextAt = startWhatCan();
      const again = new AbortController();
      const timer = nextAt === undefined ? [] : [delay(Math.max(0, nextAt - performance.now()), undefined, { signal: again.signal })];
      await Promise.race([doorbell.promise, ...timer.map((wait) => wait.catch(() => undefined))]);
      again.abort();
    }
  }

  /** Starts a step in every lane that is free; answers when the next pause ends. */
  function startWhatCan(): number | undefined {
    let soonest: number | undefined;
    for (const [id, known] of todo) {
      const pause = pauses.get(id);
      if (pause && performance.now() < pause.nextAt) {
        soonest = Math.min(soonest ?? Infinity, pause.nextAt);
        continue;
      }
      const work = known ?? look(id);
      if (!work) {
        todo.delete(id);
        pauses.delete(id);
        continue;
      }
      todo.set(id, work);
      if (work.read)
        start('read', {
          id,
          lane: 'read',
          step: async () => paceOf(id).add('files', Number(await readNext(() => agents.get(id), { signal, tried, log }))),
        });
      if (work.embed !== undefined)
        start('embed', {
          id,
          lane: work.embed,
          step: async (until) => paceOf(id).add('chunks', await embedNext(() => agents.get(id), until)),
        });
    }
    return soonest;
  }

  function look(id: string): Work | undefined {
    if (!agents.has(id)) return undefined;
    try {
      const { files, settings } = agents.get(id);
      const read = (files.next('parsing') ?? files.next('queued')) !== undefined;
      const { embedding } = settings();
      const embeds = files.next('embedding') !== undefined;
      const place = embedding.provider === 'none' ? `words of ${id}` : `embed at ${embedding.baseUrl}`;
      return read || embeds ? { read, embed: embeds ? place : undefined } : undefined;
    } catch (error) {
      log(`${id}: ${(error as Error).message}`); // a broken database; its agent says so when it is asked
      return undefined;
    }
  }

  function start(kind: string, { id, lane, step }: { id: string; lane: string; step: (signal: AbortSignal) => Promise<void> }): void {
    const own = `${kind} ${id}`;
    if (lanes.has(lane) || running.has(own)) return;
    const ended = new AbortController();
    running.set(own, ended);
    const work = (async () => {
      try {
        await step(AbortSignal.any([signal, ended.signal]));
        if (kind === 'embed') pauses.delete(id);
      } catch (error) {
        if (!ended.signal.aborted) pause(id, error);
      } finally {
        lanes.delete(lane);
        running.delete(own);
        todo.delete(id);
        todo.set(id, undefined);
        doorbell.resolve();
      }
    })();
    lanes.set(lane, work);
  }

  /** Waits longer each time; what cannot get better by waiting, or did not for long, fails, and the words still answer. */
  function pause(id: string, error: unknown): void {
    if (signal.aborted || !agents.has(id)) return; // the agent was deleted while its document was read
    const problem = problemOf(id, error);
    const now = performance.now();
    const last = pauses.get(id) ?? { since: now, pauseMs: FIRST_PAUSE_MS, shown: { since: new Date().toISOString() } };
    const shown = { code: problem.code, message: problem.message, since: last.shown.since };
    pauses.set(id, { since: last.since, pauseMs: Math.min(last.pauseMs * 2, LONGEST_PAUSE_MS), nextAt: now + last.pauseMs, shown });
    if (problem.code === 'disk.full') return; // nothing can be written, so nothing fails either
    const waits = problem.code === 'embedding.unavailable' || problem.code === 'internal.unexpected';
    if (waits && now - last.since < giveUpMs) return;
    try {
      const { files, target } = agents.get(id);
      const wanted = target();
      if (wanted) files.finish(wanted.id); // came with an archive: it lacks nothing
      files.failAll('embedding', problem);
      pauses.delete(id);
    } catch (cause) {
      log(`${id}: ${(cause as Error).message}`);
    }
  }

  function problemOf(id: string, error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (isDiskFull((error as { errcode?: number }).errcode))
      return new Problem('disk.full', 'The disk of this server is full', { fix: 'Free some space; it goes on by itself.' });
    log(`${id}: ${(error as Error).stack}`);
    return new Problem('internal.unexpected', 'This failed unexpectedly', { fix: 'Look at the log of the service.' });
  }
}
