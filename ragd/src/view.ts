import type { Agents } from './agents.ts';
import { profileOf } from './embed/profiles.ts';
import { shownSettings } from './settings.ts';
import type { Job } from './store/jobs.store.ts';
import { hasToken } from './tokens.ts';
import type { Worker } from './worker.ts';

interface Shown {
  agents: Agents;
  worker: Worker;
}

/** What an admin sees of an agent. */
export function agentView({ agents, worker }: Shown, id: string) {
  const { files, chunks, vectors, settings, target } = agents.get(id);
  const now = settings();
  const [active, wanted, total] = [vectors.active(), target(), chunks.total()];
  const building = wanted && wanted.id !== active?.id ? wanted : undefined;
  return {
    id,
    ...files.totals(),
    chunks: total,
    vectors: vectors.count(),
    pendingVectors: now.embedding.provider === 'none' ? 0 : total - (active ? vectors.count(active.id) : 0),
    diskBytes: agents.bytes(id),
    connected: hasToken(agents.tokenFile(id)),
    settings: shownSettings(now),
    profileWeight: profileOf(now.embedding.model).weight,
    index: active ? { model: active.source.model, dimensions: active.dimensions, quantised: active.quantised } : null,
    building: building ? { model: building.source.model, embedded: vectors.count(building.id), total } : null,
    waiting: worker.waiting(id) ?? null,
  };
}

/** A job with its rate and what is left of it; only one that runs has them. */
export function jobView({ agents, worker }: Shown, { id, job }: { id: string; job: Job }) {
  const runs = job.state === 'running' || job.state === 'queued';
  const pace = worker.pace(id);
  // While documents are still to be read nobody knows how many passages they will be.
  const unit = job.files.queued + job.files.parsing > 0 || agents.get(id).settings().embedding.provider === 'none' ? 'files' : 'chunks';
  const left = unit === 'chunks' ? job.chunks.total - job.chunks.embedded : job.files.queued + job.files.parsing;
  const perSecond = runs ? pace.perSecond(unit) : undefined;
  return {
    ...job,
    rate: perSecond === undefined ? null : { unit, perSecond: Math.round(perSecond * 100) / 100 },
    etaSeconds: perSecond === undefined || perSecond === 0 ? null : Math.ceil(left / perSecond),
    waiting: (runs && worker.waiting(id)) || null,
  };
}
