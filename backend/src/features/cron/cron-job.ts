import * as z from 'zod/mini';
import type { CronJob, CronRun, Schedule } from '@clawmoor/shared/openclaw-cron.ts';
import { iso } from '../../lib/clock.ts';
import { clip } from '../../lib/gateway-answer.ts';
import { missedRuns } from './missed.ts';

const text = z.nullish(z.string());
const ms = z.nullish(z.number());

const WireSchedule = z.looseObject({ kind: z.string(), at: text, everyMs: ms, anchorMs: ms, expr: text, tz: text });
export type WireSchedule = z.output<typeof WireSchedule>;

export const WireJob = z.object({
  id: z.string(),
  name: text,
  displayName: text,
  description: text,
  declarationKey: text,
  agentId: text,
  effectiveAgentId: text,
  enabled: z.boolean(),
  createdAtMs: ms,
  updatedAtMs: ms,
  schedule: WireSchedule,
  sessionTarget: text,
  payload: z.looseObject({ kind: z.string(), message: text, text, model: text }),
  state: z.looseObject({
    nextRunAtMs: ms,
    runningAtMs: ms,
    lastRunAtMs: ms,
    lastRunStatus: text,
    lastDurationMs: ms,
    lastError: text,
    lastDeliveryStatus: text,
    consecutiveErrors: ms,
  }),
});
export type WireJob = z.output<typeof WireJob>;

export const WireRun = z.object({
  status: text,
  runAtMs: ms,
  ts: ms,
  durationMs: ms,
  error: text,
  deliveryStatus: text,
});

const MOST_TEXT = 20_000;

/** A job as people see it, with what it has missed until `now`. */
export function jobOf(job: WireJob, now: number): CronJob {
  const { state } = job;
  return {
    id: job.id.slice(0, 128),
    name: clip(job.displayName ?? job.name, 128) ?? job.id.slice(0, 128),
    description: clip(job.description, 500),
    agentId: clip(job.effectiveAgentId ?? job.agentId, 128),
    enabled: job.enabled,
    managed: Boolean(job.declarationKey) || (job.description ?? '').startsWith('[managed-by='),
    schedule: scheduleOf(job.schedule),
    session: clip(job.sessionTarget, 128) ?? 'isolated',
    message: clip(job.payload.message ?? job.payload.text, MOST_TEXT),
    model: clip(job.payload.model, 200),
    nextRunAt: time(state.nextRunAtMs),
    running: typeof state.runningAtMs === 'number',
    lastRun:
      typeof state.lastRunAtMs === 'number'
        ? runOf({
            status: state.lastRunStatus,
            runAtMs: state.lastRunAtMs,
            durationMs: state.lastDurationMs,
            error: state.lastError,
            deliveryStatus: state.lastDeliveryStatus,
          })
        : null,
    failuresInARow: state.consecutiveErrors ?? 0,
    missed: missedRuns(job, now),
  };
}

export const runOf = ({ status, runAtMs, ts, durationMs, error, deliveryStatus }: z.output<typeof WireRun>): CronRun => ({
  at: time(runAtMs ?? ts),
  status: status === 'ok' || status === 'error' || status === 'skipped' ? status : 'unknown',
  durationMs: durationMs ?? null,
  error: clip(error, 2_000),
  delivery: clip(deliveryStatus, 32),
});

function scheduleOf({ kind, at, everyMs, expr, tz }: WireSchedule): CronJob['schedule'] {
  if (kind === 'every' && typeof everyMs === 'number') return { kind, everyMs };
  if (kind === 'at' && at) return { kind, at };
  if (kind === 'cron' && expr) return { kind, expr, ...(tz && { timeZone: tz }) };
  return { kind: 'other', name: kind.slice(0, 32) };
}

/** A schedule as the gateway takes it. */
export function wireSchedule(schedule: Schedule): object {
  if (schedule.kind !== 'cron') return schedule;
  const { kind, expr, timeZone } = schedule;
  return { kind, expr, ...(timeZone !== undefined && { tz: timeZone }) };
}

// Dates beyond this are no dates to JavaScript.
const LAST_MS = 8.64e15;
const time = (at: number | null | undefined): string | null => (typeof at === 'number' && Math.abs(at) <= LAST_MS ? iso(at) : null);
