import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { HostPool } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import type { Ragd } from '../../lib/ragd.ts';
import type { AnyPlan, Plan, StepContext } from '../../tasks/plan.ts';
import { isStop } from '../../tasks/stop.ts';
import type { RagAccess } from './access.ts';
import { FollowInput, NoSecrets, ReindexInput } from './inputs.ts';
import { nothingUnderstood } from './rag.problems.ts';
import { JobsWire, JobWire } from './wire.ts';

export const FOLLOW = 'rag.read-documents';
export const REINDEX = 'rag.reindex';

const LOOK_EVERY_MS = 700;
// A model on two cores takes a second for a passage: a whole collection is a night.
const DEADLINE_MS = 48 * 60 * 60_000;
const TELL_EVERY_MS = 15_000;

export interface JobPlanParts {
  access: RagAccess;
  hosts: HostPool;
}

/** Work that the document search does by itself, shown as tasks: cancelled there when it is cancelled here, and outliving Clawmoor. */
export const jobPlans = (parts: JobPlanParts): AnyPlan[] => [followPlan(parts), reindexPlan(parts)];

const followPlan = (parts: JobPlanParts): Plan<FollowInput, object> => ({
  type: FOLLOW,
  // Several may go on beside one another; the server does them one by one.
  lane: ({ jobId }) => `rag-job:${jobId}`,
  input: FollowInput,
  secrets: NoSecrets,
  steps: () => [
    {
      key: 'read',
      title: 'Read and embed the documents',
      deadlineMs: DEADLINE_MS,
      done: async ({ signal }) => over.has(signal),
      apply: (context) => follow(parts, context, async () => context.input.jobId),
    },
  ],
});

const reindexPlan = (parts: JobPlanParts): Plan<ReindexInput, object> => ({
  type: REINDEX,
  lane: ({ agentId }) => `rag-index:${agentId}`,
  input: ReindexInput,
  identity: ({ agentId, full }) => [agentId, full],
  secrets: NoSecrets,
  steps: () => [
    {
      key: 'reindex',
      title: 'Read and embed the documents anew',
      deadlineMs: DEADLINE_MS,
      done: async ({ signal }) => over.has(signal),
      apply: (context) => follow(parts, context, (ragd) => begun(ragd, context.input)),
    },
  ],
});

const over = new WeakSet<AbortSignal>();

/** The job of this task: taken up where an earlier process of ours has begun it. */
async function begun(ragd: Ragd, { agentId, full, newest }: ReindexInput): Promise<string> {
  const { jobs } = await ragd.ask({ method: 'GET', path: `/agents/${agentId}/jobs`, answers: JobsWire });
  const known = jobs.findIndex(({ id }) => id === newest);
  const since = known === -1 ? jobs : jobs.slice(0, known);
  const mine = since.find(({ kind }) => kind === 'reindex');
  if (mine) return mine.id;
  const started = await ragd.ask({
    method: 'POST',
    path: `/agents/${agentId}/reindex`,
    body: { full },
    answers: z.object({ job: JobWire }),
  });
  return started.job.id;
}

type Context = StepContext<{ agentId: string }, object>;

async function follow({ access, hosts }: JobPlanParts, context: Context, jobOf: (ragd: Ragd) => Promise<string>): Promise<void> {
  const { host, serverId, input, signal } = context;
  const ragd = await access.open(host, serverId, signal);
  const jobId = await jobOf(ragd);
  const path = `/agents/${input.agentId}/jobs/${jobId}`;
  try {
    await watch(ragd, path, context);
  } catch (error) {
    if (isStop(signal.reason, 'cancelled')) await cancelThere({ access, hosts }, serverId, path);
    throw error;
  }
  over.add(signal);
}

async function watch(ragd: Ragd, path: string, context: Context): Promise<void> {
  const tell = teller(context.log);
  for (;;) {
    const job = await read(ragd, path);
    if (!job) return context.log('It is done; the server does not remember it in detail any more.');
    context.progress(percentOf(job));
    tell(job);
    if (job.state === 'done') return context.log(summary(job));
    if (job.state === 'cancelled') throw new Problem('task.cancelled', 'It was cancelled on the server');
    if (job.state === 'failed') throw nothingUnderstood(summary(job));
    await delay(LOOK_EVERY_MS, undefined, { signal: context.signal });
  }
}

/** Only the last 50 are kept. */
async function read(ragd: Ragd, path: string): Promise<JobWire | undefined> {
  try {
    return (await ragd.ask({ method: 'GET', path, answers: z.object({ job: JobWire }) })).job;
  } catch (error) {
    if (error instanceof Problem && error.code === 'rag.job_gone') return undefined;
    throw error;
  }
}

const CANCEL_WITHIN_MS = 10_000;

/** The step's own connection has ended with it. */
async function cancelThere({ access, hosts }: JobPlanParts, serverId: string, path: string): Promise<void> {
  const signal = AbortSignal.timeout(CANCEL_WITHIN_MS);
  const cancel = { method: 'DELETE', path, answers: z.object({}) } as const;
  await hosts.with(serverId, async (host) => (await access.open(host, serverId, signal)).ask(cancel), { signal }).catch(() => {});
}

/** A document counts as half read when its words are known, and whole with its vectors. */
export function percentOf({ files, chunks }: JobWire): number {
  if (files.total === 0) return 100;
  const embedded = chunks.total === 0 ? 0 : chunks.embedded / chunks.total;
  return ((files.done + files.failed + files.embedding * (0.5 + embedded / 2)) / files.total) * 100;
}

/** Says how far it is when that is news, and not more than four times a minute. */
function teller(log: (line: string) => void): (job: JobWire) => void {
  let [said, at] = ['', Number.NEGATIVE_INFINITY];
  return ({ files, chunks, rate, etaSeconds, waiting }) => {
    const line = waiting
      ? `Waiting: ${waiting.message.slice(0, 300)}`
      : `${files.done + files.failed} of ${files.total} documents, ${chunks.embedded} of ${chunks.total} passages embedded` +
        (rate ? `; ${rate.perSecond} ${rate.unit === 'chunks' ? 'passages' : 'documents'} a second` : '') +
        (etaSeconds === null ? '' : `, about ${timeLeft(etaSeconds)} left`);
    if (line === said || performance.now() - at < TELL_EVERY_MS) return;
    [said, at] = [line, performance.now()];
    log(line);
  };
}

const timeLeft = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;

const summary = ({ files }: JobWire): string =>
  files.failed === 0 ? `${files.done} documents are read.` : `${files.done} documents are read, ${files.failed} could not be.`;
