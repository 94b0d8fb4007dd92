import type { Clock } from '../../lib/clock.ts';

/** One server in the round. Times are monotonic milliseconds. */
interface Turn {
  dueAt: number;
  running: AbortController | undefined;
  ended: Promise<void> | undefined;
  failures: number;
  isDoubtful: boolean;
}

/** `doubtful`: it was reached, and something is amiss that another look must confirm. */
export type Seen = 'well' | 'doubtful' | 'gone';

export interface RoundsParts {
  clock: Clock;
  everyMs: number;
  /** Looks at one server. Must not throw. */
  visit: (serverId: string, signal: AbortSignal) => Promise<Seen>;
}

const LOOKS_AT_ONCE = 24;
const TICK_MS = 250;
/** A server that is down is visited after 1, 2, 4, 8 and then every 15 intervals of a minute. */
const MOST_BACKOFF = 15;
const JITTER = 0.08;
/** So soon doubt is looked at again: a whole interval later, two looks could take more than two of them. */
const CONFIRM_AFTER = 0.75;
/** So long the latest of the looks is remembered. */
const REMEMBER_MS = 10 * 60_000;

export type Rounds = ReturnType<typeof createRounds>;

/** Visits each server once in `everyMs`, spread over that time, each with a place of its own in it: never all in the same second. */
export function createRounds({ clock, everyMs, visit }: RoundsParts) {
  const turns = new Map<string, Turn>();
  let late = { byMs: 0, at: clock.monotonic() };
  let running = 0;
  let tickedAt = clock.monotonic();
  let timer: NodeJS.Timeout | undefined;

  function start(serverId: string, turn: Turn, dueAt: number): Promise<void> {
    const stop = new AbortController();
    turn.running = stop;
    running += 1;
    const startedAt = clock.monotonic();
    const work = visit(serverId, stop.signal)
      .catch((): Seen => 'gone')
      .then((seen) => {
        running -= 1;
        turn.running = undefined;
        turn.failures = seen === 'gone' ? turn.failures + 1 : 0;
        const isNewDoubt = seen === 'doubtful' && !turn.isDoubtful;
        turn.isDoubtful = seen === 'doubtful';
        // From when it was due, not from when it ended: so its place in the interval stays its own.
        const wait = everyMs * (seen === 'gone' ? Math.min(MOST_BACKOFF, 2 ** Math.max(0, turn.failures - 2)) : 1);
        const next = isNewDoubt ? startedAt + everyMs * CONFIRM_AFTER : dueAt + wait;
        turn.dueAt = Math.max(next, clock.monotonic() + everyMs / 4);
      });
    turn.ended = work;
    return work;
  }

  function tick(): void {
    const now = clock.monotonic();
    tickedAt = now;
    for (const [serverId, turn] of turns) {
      if (running >= LOOKS_AT_ONCE) return;
      if (turn.running || turn.dueAt > now) continue;
      const byMs = now - turn.dueAt;
      if (byMs >= late.byMs || now - late.at > REMEMBER_MS) late = { byMs, at: now };
      // Asked for anew from here on, so that those who waited longest come first when there are too many.
      turns.delete(serverId);
      turns.set(serverId, turn);
      const jitter = (Math.random() - 0.5) * 2 * JITTER * everyMs;
      void start(serverId, turn, turn.dueAt + jitter);
    }
  }

  return {
    /** Who is visited from now on. Those who are new get a random place in the interval; who is gone is not visited any more. */
    setServers(serverIds: readonly string[]): string[] {
      const wanted = new Set(serverIds);
      const gone = [...turns.keys()].filter((serverId) => !wanted.has(serverId));
      for (const serverId of gone) {
        turns.get(serverId)?.running?.abort();
        turns.delete(serverId);
      }
      const now = clock.monotonic();
      for (const serverId of wanted) {
        if (!turns.has(serverId))
          turns.set(serverId, {
            dueAt: now + Math.random() * everyMs,
            running: undefined,
            ended: undefined,
            failures: 0,
            isDoubtful: false,
          });
      }
      return gone;
    },
    has: (serverId: string): boolean => turns.has(serverId),
    /** Now, out of turn; joins a visit that is under way. Nothing where the server is not in the round. */
    async visitNow(serverId: string): Promise<void> {
      const turn = turns.get(serverId);
      if (!turn) return;
      await (turn.running ? turn.ended : start(serverId, turn, clock.monotonic()));
    },
    /** Milliseconds from now. */
    dueIn: (serverId: string): number | undefined => {
      const turn = turns.get(serverId);
      return turn && Math.max(0, turn.dueAt - clock.monotonic());
    },
    begin(): void {
      timer ??= setInterval(tick, TICK_MS).unref();
    },
    tick,
    /** How the rounds go: what waits longer than it should, and when they were last seen alive. */
    standing() {
      const now = clock.monotonic();
      const waiting = [...turns.values()].filter((turn) => !turn.running);
      const overdueMs = Math.max(0, ...waiting.map(({ dueAt }) => now - dueAt));
      const longestMs = Math.max(late.byMs, overdueMs);
      return { servers: turns.size, running, overdueMs, longestMs, silentMs: now - tickedAt };
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      const all = [...turns.values()];
      turns.clear();
      for (const turn of all) turn.running?.abort();
      await Promise.allSettled(all.map(({ ended }) => ended));
    },
  };
}
