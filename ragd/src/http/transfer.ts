import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';
import { exportArchive } from '../transfer/export.ts';
import { importArchive } from '../transfer/import.ts';
import type { Settings } from '../settings.ts';
import { agentView } from '../view.ts';
import { Download, opened, type Call, type Route } from './route.ts';

/** Moving an agent's documents to another server, or keeping them elsewhere. */
export const transferRoutes: readonly Route[] = [
  { method: 'GET', path: '/agents/:id/export', who: 'admin', handle: download },
  { method: 'POST', path: '/agents/:id/import', who: 'admin', handle: take },
];

function download(call: Call): Download {
  const { id, agents } = call;
  opened(call)(); // answers 404 before anything is sent
  return new Download('application/gzip', exportArchive({ id, folder: agents.folder(id), withVectors: call.query.get('vectors') !== '0' }));
}

async function take(call: Call) {
  const { agents, id, request, signal, worker } = call;
  if (Number(request.headers['content-length'] ?? 0) > limits.archiveBytes)
    throw new Problem('request.too_large', `An archive may have ${limits.archiveBytes} bytes`, {
      fix: 'Export it without its vectors (vectors=0).',
    });
  agents.folder(id); // an id that is none is refused here
  if (!agents.has(id)) agents.checkRoom();
  const isEmpty = (): boolean => !agents.has(id) || agents.get(id).files.totals().files === 0;
  const notEmpty = (): Problem =>
    new Problem('archive.not_empty', `The agent ${id} has documents already`, { fix: 'Delete them first, or import under another id.' });
  if (!isEmpty()) throw notEmpty();
  const prepared = await importArchive(request, { id, root: agents.root, settings: ownSettings(call), signal });
  try {
    if (!isEmpty()) throw notEmpty(); // one was uploaded meanwhile
    agents.adopt(id, prepared.folder);
  } finally {
    prepared.dispose();
  }
  worker.wake(id);
  const { files, jobs } = agents.get(id);
  const jobId = jobs.add({ kind: 'import', fileIds: files.list().map((file) => file.id) });
  return { imported: prepared.imported, jobId, agent: agentView(call, id) };
}

/** An agent that has a model here keeps it: the address and key of the other server would be wrong. */
function ownSettings({ agents, id }: Call): Settings | undefined {
  const settings = agents.has(id) ? agents.get(id).settings() : undefined;
  return settings?.embedding.provider === 'none' ? undefined : settings;
}
