import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';
import { transaction } from '../store/database.ts';
import type { StoredFile } from '../store/files.store.ts';
import { draft, parsed } from './body.ts';
import { opened, type Call, type Route } from './route.ts';

const FileName = z.string().check(z.minLength(1), z.maxLength(255));
const JobName = z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)));
const Page = z._default(z.int().check(z.gte(-1)), -1);
const PAGE = 50;

/** The documents of an agent. */
export const fileRoutes: readonly Route[] = [
  { method: 'PUT', path: '/agents/:id/files', who: 'admin', handle: upload },
  { method: 'GET', path: '/agents/:id/files', who: 'admin', handle: (call) => ({ files: opened(call)().files.list().map(fileView) }) },
  { method: 'GET', path: '/agents/:id/files/:file', who: 'admin', handle: passages },
  { method: 'DELETE', path: '/agents/:id/files/:file', who: 'admin', handle: remove },
];

/** How it is told inside is nobody's business: which content the passages come from, how often it was tried. */
function fileView({ indexedSha256: _content, chunker: _chunker, tries: _tries, ...shown }: StoredFile) {
  return shown;
}

function found(call: Call): StoredFile {
  const file = opened(call)().files.byId(call.item);
  if (!file) throw new Problem('file.not_found', 'There is no such document', { fix: 'Load the list again; it may have been deleted.' });
  return file;
}

async function upload(call: Call) {
  const { agents, worker, id, query, request } = call;
  const name = parsed(FileName, query.get('name') ?? '');
  const job = parsed(JobName, query.get('job') ?? undefined);
  const { blob } = agents.get(id);
  const written = await draft(request, { folder: dirname(blob('x')), most: limits.fileBytes });
  let undo: () => void = () => undefined;
  try {
    const { db, files, jobs, sweepBlobs } = agents.get(id);
    undo = sweepBlobs;
    const known = files.byName(name);
    const add = (fileId: string): string => jobs.add({ id: job, kind: 'ingest', fileIds: [fileId] });
    if (known?.sha256 === written.sha256 && known.state !== 'failed')
      return { file: fileView(known), unchanged: true, jobId: add(known.id) };
    const totals = files.totals();
    if (totals.bytes - (known?.size ?? 0) + written.size > limits.agentBytes || (!known && totals.files >= limits.agentFiles))
      throw new Problem(
        'agent.limit_reached',
        `An agent may have ${limits.agentFiles} documents and ${limits.agentBytes / 1024 ** 2} MiB`,
        {
          fix: 'Delete documents that are not used any more.',
        },
      );
    if (!existsSync(blob(written.sha256))) renameSync(written.path, blob(written.sha256));
    const { file, jobId } = transaction(db, () => {
      const put = files.put({ name, sha256: written.sha256, size: written.size });
      return { file: put, jobId: add(put.id) };
    });
    worker.wake(id);
    return { file: fileView(file), unchanged: false, jobId };
  } catch (error) {
    undo(); // the original whose row could not be written
    throw error;
  } finally {
    rmSync(written.path, { force: true });
  }
}

function passages(call: Call) {
  const file = found(call);
  const after = parsed(Page, call.query.has('after') ? Number(call.query.get('after')) : undefined);
  const page = opened(call)().chunks.page(file.id, { after, limit: PAGE });
  return { file: fileView(file), passages: page.map(({ seq, heading, text, position }) => ({ seq, heading, text, position })) };
}

function remove(call: Call) {
  const { id } = found(call);
  const removed = opened(call)().removeFile(id);
  call.worker.wake(call.id); // others may have waited for this one
  return { removed };
}
