import { statfsSync } from 'node:fs';
import * as z from 'zod/mini';
import { applySettings } from '../collection.ts';
import { digestOf } from '../embed/client.ts';
import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';
import { EmbeddingSource, Settings } from '../settings.ts';
import { issueToken, revokeToken } from '../tokens.ts';
import { PROTOCOL, VERSION } from '../version.ts';
import { agentView } from '../view.ts';
import { body } from './body.ts';
import { opened, type Call, type Route } from './route.ts';

const PROBED_TEXTS = ['A test of the embedding model.'];

/** Agents: their settings, tokens and end; and the state of the service. */
export const agentRoutes: readonly Route[] = [
  { method: 'GET', path: '/status', who: 'admin', handle: status },
  { method: 'POST', path: '/probe', who: 'admin', handle: probe },
  { method: 'GET', path: '/agents', who: 'admin', handle: list },
  { method: 'GET', path: '/agents/:id', who: 'admin', handle: (call) => agentView(call, call.id) },
  { method: 'PUT', path: '/agents/:id', who: 'admin', handle: configure },
  { method: 'DELETE', path: '/agents/:id', who: 'admin', handle: ({ agents, id }) => ({ removed: agents.remove(id) }) },
  {
    method: 'POST',
    path: '/agents/:id/token',
    who: 'admin',
    handle: ({ agents, id }) => (agents.get(id), { token: issueToken(agents.tokenFile(id)) }),
  },
  {
    method: 'DELETE',
    path: '/agents/:id/token',
    who: 'admin',
    handle: ({ agents, id }) => (agents.get(id), revokeToken(agents.tokenFile(id)), { revoked: true }),
  },
  { method: 'POST', path: '/agents/:id/disconnect', who: 'admin', handle: disconnect },
];

function status({ agents, dataFolder, startedAt }: Call) {
  const total = { files: 0, chunks: 0, vectors: 0, diskBytes: 0 };
  const ids = agents.list();
  for (const id of ids) {
    total.diskBytes += agents.bytes(id);
    try {
      const { files, chunks, vectors } = agents.get(id);
      total.files += files.totals().files;
      total.chunks += chunks.total();
      total.vectors += vectors.count();
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // a broken one; the list of agents says which
    }
  }
  const { bavail, bsize } = statfsSync(dataFolder);
  const { fileBytes, agentBytes, agentFiles, agents: most, archiveBytes } = limits;
  return {
    version: VERSION,
    protocol: PROTOCOL,
    startedAt: startedAt.toISOString(),
    agents: ids.length,
    ...total,
    diskFreeBytes: bavail * bsize,
    rssBytes: process.memoryUsage.rss(),
    limits: { fileBytes, agentBytes, agentFiles, agents: most, archiveBytes },
  };
}

/** Asks the model once, so that an owner hears of a wrong address or key before anything depends on it. */
async function probe({ request, ask, signal }: Call) {
  const { embedding } = await body(request, z.object({ embedding: EmbeddingSource }));
  if (embedding.provider === 'none') throw new Problem('request.invalid', 'embedding.provider has nothing to try');
  const startedAt = performance.now();
  const digest = await digestOf(embedding, signal);
  const [vector] = await ask(embedding, { texts: PROBED_TEXTS, signal });
  return { dimensions: vector?.length, digest, ms: Math.round(performance.now() - startedAt) };
}

function list(call: Call) {
  return {
    agents: call.agents.list().map((id) => {
      try {
        return agentView(call, id);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return { id, broken: error.message };
      }
    }),
  };
}

async function configure(call: Call) {
  const { agents, worker, id, request } = call;
  const settings = await body(request, Settings);
  const collection = agents.create(id);
  const waiting = applySettings(collection, keepKey(collection.settings(), settings));
  const jobId = waiting.length === 0 ? undefined : collection.jobs.add({ kind: 'reindex', fileIds: waiting });
  worker.restart(id);
  return { ...agentView(call, id), ...(jobId !== undefined && { jobId }) };
}

/** A key that is not given again stays, but only for the server that it was given for. */
function keepKey({ embedding: before }: Settings, settings: Settings): Settings {
  const { embedding } = settings;
  if (embedding.provider !== 'openai-compatible' || embedding.apiKey !== undefined) return settings;
  if (before.provider !== 'openai-compatible' || before.baseUrl !== embedding.baseUrl || before.apiKey === undefined) return settings;
  return { ...settings, embedding: { ...embedding, apiKey: before.apiKey } };
}

function disconnect(call: Call) {
  const { files, chunks, vectors } = opened(call)();
  revokeToken(call.agents.tokenFile(call.id));
  return { kept: { files: files.totals().files, chunks: chunks.total(), vectors: vectors.count(), bytes: call.agents.bytes(call.id) } };
}
