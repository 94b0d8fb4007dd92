import type { Clock } from '../../backend/src/lib/clock.ts';

/** A clock that shows the real time and more, as much as a test has stepped it on; `jump` moves the wall clock alone, as an operator or NTP does. */
export function stepClock(): Clock & { step: (ms: number) => void; jump: (ms: number) => void } {
  let ahead = 0;
  let wall = 0;
  return {
    now: () => Date.now() + ahead + wall,
    monotonic: () => performance.now() + ahead,
    step: (ms) => void (ahead += ms),
    jump: (ms) => void (wall += ms),
  };
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
