import * as z from 'zod/mini';
import { TaskError, type LogLine, type Task } from '@clawmoor/shared/tasks.ts';
import { iso } from '../lib/clock.ts';
import type { EventRow, StepRow, TaskWithSteps } from './tasks.store.ts';

const DONE = new Set(['succeeded', 'skipped']);

const time = (at: number | null): string | null => (at === null ? null : iso(at));
const errorOf = (text: string | null) => (text === null ? null : TaskError.parse(JSON.parse(text)));

/** A task as the API shows it. */
export const taskView = (row: TaskWithSteps): Task => ({
  id: row.id,
  type: row.type,
  serverId: row.server_id,
  lane: row.lane,
  state: row.state,
  stopping: row.cancel_asked_at !== null && (row.state === 'running' || row.state === 'queued'),
  steps: row.steps.map(stepView),
  progress: { done: row.steps.filter(({ state }) => DONE.has(state)).length, total: row.steps.length },
  createdBy: { id: row.created_by, firstName: row.first_name ?? '' },
  createdAt: iso(row.created_at),
  startedAt: time(row.started_at),
  finishedAt: time(row.finished_at),
  error: errorOf(row.error),
  secretsNeeded: z.array(z.string()).parse(JSON.parse(row.secret_names)),
  retryOf: row.retry_of,
});

const stepView = (row: StepRow): Task['steps'][number] => ({
  key: row.key,
  title: row.title,
  state: row.state,
  startedAt: time(row.started_at),
  finishedAt: time(row.finished_at),
  error: errorOf(row.error),
});

export const lineView = ({ seq, at, step, text }: EventRow): LogLine => ({ seq, at: iso(at), step, text });
