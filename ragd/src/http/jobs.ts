import * as z from 'zod/mini';
import { nextEpoch } from '../collection.ts';
import { Problem } from '../problem.ts';
import { chunkerOf } from '../settings.ts';
import { transaction } from '../store/database.ts';
import type { Job } from '../store/jobs.store.ts';
import { jobView } from '../view.ts';
import { body } from './body.ts';
import { opened, type Call, type Route } from './route.ts';

const Reindex = z.strictObject({ full: z._default(z.boolean(), false) });

/** The work of an agent's documents. */
export const jobRoutes: readonly Route[] = [
  { method: 'POST', path: '/agents/:id/reindex', who: 'admin', handle: reindex },
  { method: 'GET', path: '/agents/:id/jobs', who: 'admin', handle: list },
  { method: 'GET', path: '/agents/:id/jobs/:job', who: 'admin', handle: (call) => ({ job: shown(call, call.item) }) },
  { method: 'DELETE', path: '/agents/:id/jobs/:job', who: 'admin', handle: cancel },
];

function shown(call: Call, jobId: string) {
  const { jobs, target } = opened(call)();
  const job = jobs.get(jobId, target()?.id);
  if (!job) throw new Problem('job.not_found', 'There is no such job', { fix: 'Only the last 50 are kept; look at the list of files.' });
  return jobView(call, { id: call.id, job });
}

function list(call: Call) {
  const { jobs, target } = opened(call)();
  return { jobs: jobs.list(target()?.id).map((job: Job) => jobView(call, { id: call.id, job })) };
}

async function reindex(call: Call) {
  const { full } = await body(call.request, Reindex);
  const collection = opened(call)();
  const { db, files, jobs, settings, saveEpoch, target } = collection;
  const jobId = transaction(db, () => {
    if (full) saveEpoch(nextEpoch(collection));
    const queued = full ? files.list().map(({ id }) => id) : files.queueOutdated({ chunker: chunkerOf(settings()), failed: true });
    if (full) for (const id of queued) files.queue(id);
    const awaiting = settings().embedding.provider === 'none' ? [] : files.awaitVectors(target()?.id);
    return jobs.add({ kind: 'reindex', fileIds: [...queued, ...awaiting] });
  });
  call.worker.wake(call.id);
  return { job: shown(call, jobId) };
}

function cancel(call: Call) {
  const { state } = shown(call, call.item);
  const { db, files, jobs, vectors } = opened(call)();
  if (state === 'queued' || state === 'running') {
    const problem = new Problem('job.cancelled', 'This was cancelled before it was done', { fix: 'Reindex to take it up again.' });
    transaction(db, () => {
      for (const id of jobs.cancel(call.item)) files.cancel(id, { generation: vectors.active()?.id, problem });
    });
  }
  return { job: shown(call, call.item) };
}
