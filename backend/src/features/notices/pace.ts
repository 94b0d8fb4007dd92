import type { Clock } from '../../lib/clock.ts';

export interface Pace {
  /** Between two messages to one chat. */
  chatGapMs: number;
  /** Between two messages to anybody. */
  gapMs: number;
  /** So many pings a minute to one person; what is more becomes one summary. */
  pingsPerMinute: number;
  /** After a first failure; doubled with each one that follows. */
  againAfterMs: { first: number; most: number };
  /** What is held, and who is to be rung, is looked at so often. */
  lookEveryMs: number;
}

// Telegram's own numbers are about one message a second to a chat and 30 a second in all; what counts is what `retry_after` says.
export const PACE: Pace = {
  chatGapMs: 1_000,
  gapMs: 40,
  pingsPerMinute: 5,
  againAfterMs: { first: 2_000, most: 5 * 60_000 },
  lookEveryMs: 20_000,
};

/** Gives out the moments at which something may be sent: to one chat, and at all. Real time: it is about the network. */
export function createTurnstile({ chatGapMs, gapMs }: Pace, clock: Clock) {
  const lastTo = new Map<string, number>();
  let next = 0;
  return {
    /** Milliseconds to wait before something may leave for this chat; the moment is taken. */
    take(userId: string): number {
      const now = clock.monotonic();
      const at = Math.max(now, next, (lastTo.get(userId) ?? Number.NEGATIVE_INFINITY) + chatGapMs);
      next = Math.max(next, now) + gapMs;
      if (lastTo.size > 10_000) lastTo.clear();
      lastTo.set(userId, at);
      return at - now;
    },
    /** Nothing leaves for so long. */
    close(ms: number): void {
      next = Math.max(next, clock.monotonic() + ms);
    },
    closedForMs: (): number => Math.max(0, next - clock.monotonic()),
  };
}
