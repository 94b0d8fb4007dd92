import { Cron } from 'croner';
import type { WireJob } from './cron-job.ts';

/** A run that is late by less is not missed: the gateway may be busy, and spreads the runs of a full hour. */
const LATE_MS = 5 * 60_000;
const MOST = 99;

/**
 * How many times of its schedule have passed without a run: since the last run, or since the job was made or changed. The gateway does
 * not tell, because it moves on to the next time after it was down. `croner` is what the gateway itself reads cron lines with.
 */
export function missedRuns({ enabled, schedule, state, createdAtMs, updatedAtMs }: WireJob, now: number): number {
  if (!enabled || typeof state.runningAtMs === 'number') return 0;
  const since = Math.max(state.lastRunAtMs ?? 0, createdAtMs ?? 0, updatedAtMs ?? 0);
  const until = now - LATE_MS;
  if (since === 0 || until <= since) return 0;
  // After failures the gateway waits longer than the schedule says: what lies before the time that it has set is no miss.
  if ((state.consecutiveErrors ?? 0) > 0 && typeof state.nextRunAtMs === 'number' && state.nextRunAtMs > now) return 0;
  if (schedule.kind === 'at') return atMissed(schedule.at, since, until);
  if (schedule.kind === 'every') return everyMissed(schedule.everyMs ?? 0, schedule.anchorMs ?? createdAtMs ?? since, since, until);
  if (schedule.kind === 'cron') return lineMissed(schedule.expr ?? '', schedule.tz ?? undefined, since, until);
  return 0;
}

function atMissed(at: string | null | undefined, since: number, until: number): number {
  const due = Date.parse(at ?? '');
  return due > since && due <= until ? 1 : 0;
}

function everyMissed(everyMs: number, anchor: number, since: number, until: number): number {
  if (everyMs <= 0) return 0;
  const passed = (time: number): number => Math.floor((time - anchor) / everyMs);
  return Math.min(MOST, Math.max(0, passed(until) - passed(since)));
}

function lineMissed(expr: string, timeZone: string | undefined, since: number, until: number): number {
  try {
    const line = new Cron(expr, { paused: true, ...(timeZone !== undefined && { timezone: timeZone }) });
    let count = 0;
    for (let at = line.nextRun(new Date(since)); at && at.getTime() <= until && count < MOST; at = line.nextRun(at)) count++;
    return count;
  } catch {
    return 0; // a line that only the gateway understands
  }
}
