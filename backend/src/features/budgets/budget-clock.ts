import type { Logger } from 'pino';
import type { Budgets } from './budgets.ts';

// A round is spread over its time, but a server is not left hanging for longer than this.
const CHECK_WITHIN_MS = 60_000;

/** Checks all budgets every `everyMs`, one server after the other, spread over that time; 0 never. `stop` waits for the one under way. */
export function startBudgetClock({ budgets, everyMs, log }: { budgets: Pick<Budgets, 'servers' | 'check'>; everyMs: number; log: Logger }) {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let queue: string[] = [];

  async function next(): Promise<number> {
    if (queue.length === 0) queue = await budgets.servers();
    const share = everyMs / Math.max(1, queue.length);
    const [serverId, ...rest] = queue;
    queue = rest;
    if (serverId !== undefined) await budgets.check(serverId, AbortSignal.any([over.signal, AbortSignal.timeout(CHECK_WITHIN_MS)]));
    // The rest of the round is divided anew each time, so that it keeps its length while servers come and go.
    return rest.length === 0 ? Math.max(share, everyMs / 10) : share;
  }

  function schedule(afterMs: number): void {
    if (over.signal.aborted) return;
    timer = setTimeout(() => {
      running = next()
        .catch((error: unknown) => {
          if (!over.signal.aborted) log.warn({ err: error }, 'a budget could not be checked');
          return everyMs / 10;
        })
        .then(schedule);
    }, afterMs).unref();
  }

  if (everyMs > 0) schedule(everyMs / 10);
  return {
    async stop(): Promise<void> {
      over.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
