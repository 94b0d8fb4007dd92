/** Time, injected so that tests can step it. `now` is wall-clock milliseconds, `monotonic` is for durations. */
export interface Clock {
  now(): number;
  monotonic(): number;
}

export const systemClock: Clock = { now: Date.now, monotonic: () => performance.now() };

/** Milliseconds since the epoch as the API writes times: ISO 8601, UTC. */
export const iso = (ms: number): string => new Date(ms).toISOString();
