import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Agents } from './agents.ts';
import { writeWhole } from './files.ts';
import { limits } from './limits.ts';
import { Problem } from './problem.ts';
import { query } from './retrieve/query.ts';
import { Settings, shownSettings } from './settings.ts';
import { hasToken, issueToken, revokeToken, tokenMatches } from './tokens.ts';
import { PROTOCOL, VERSION } from './version.ts';
import type { Worker } from './worker.ts';

const Query = z.object({
  query: z.string().check(z.minLength(1), z.maxLength(limits.queryChars)),
  limit: z._default(z.int().check(z.gte(1), z.lte(20)), 8),
  mode: z._default(z.enum(['hybrid', 'vector', 'keyword']), 'hybrid'),
});
const FileName = z.string().check(z.minLength(1), z.maxLength(255));
const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

interface World {
  agents: Agents;
  worker: Worker;
  dataFolder: string;
  signal: AbortSignal;
  log: (line: string) => void;
}

/** The service's interface; README.md says what each operation takes and answers. */
export function createService(world: World): Server {
  return createServer({ headersTimeout: 10_000, requestTimeout: 120_000, maxHeaderSize: 8_192 }, (request, response) => {
    answer(world, request).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const problem = error instanceof Problem ? error : new Problem('internal.unexpected', 'This failed unexpectedly');
        if (problem !== error) world.log(String((error as Error).stack));
        // The rest of a refused upload is not waited for.
        send(
          response,
          problem.status,
          { error: problem.message, code: problem.code, ...(problem.fix !== undefined && { fix: problem.fix }) },
          !request.complete,
        );
      },
    );
  });
}

function send(response: ServerResponse, status: number, body: unknown, close = false): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-ragd-protocol': String(PROTOCOL) };
  response.writeHead(status, close ? { ...headers, connection: 'close' } : headers).end(JSON.stringify(body));
}

async function answer(world: World, request: IncomingMessage): Promise<unknown> {
  const { host, origin } = request.headers;
  // A page in a browser could send the one or the other here; a client of ours sends neither.
  if (!LOOPBACK.test(host ?? '') || origin !== undefined)
    throw new Problem('request.host_not_allowed', 'Only programs on this machine are served');
  if (world.signal.aborted) throw new Problem('internal.stopping', 'The service is stopping', { fix: 'Try again in a moment.' });
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [area, id, noun, item] = url.pathname.split('/').slice(1);
  const call = `${request.method} ${noun ?? ''}${item === undefined ? '' : '/:id'}`;
  if (area === 'health') return { ok: true, version: VERSION, protocol: PROTOCOL };
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new Problem('token.required', 'A token is required');
  const isAdmin = tokenMatches(join(world.dataFolder, 'admin.sha256'), token);
  if (area !== 'agents') throw new Problem('route.not_found', 'There is no such operation');
  if (!isAdmin && !(id !== undefined && tokenMatches(world.agents.tokenFile(id), token)))
    throw new Problem('token.wrong', 'This token does not open this');
  if (id === undefined) return { agents: world.agents.list().map((agent) => view(world, agent)) };
  if (call === 'POST query') return ask(world, { id, body: await jsonBody(request) });
  if (!isAdmin) throw new Problem('token.admin_only', 'An agent may only ask questions');
  return administer(world, { id, call, item, url, request });
}

function ask({ agents, signal }: World, { id, body }: { id: string; body: unknown }) {
  return query(() => agents.get(id), { ...parsed(Query, body), signal });
}

async function administer(
  world: World,
  { id, call, item = '', url, request }: { id: string; call: string; item: string | undefined; url: URL; request: IncomingMessage },
): Promise<unknown> {
  const { agents, worker } = world;
  switch (call) {
    case 'GET ':
      return view(world, id);
    case 'PUT ': {
      const settings = parsed(Settings, await jsonBody(request));
      const { files, saveSettings } = agents.create(id);
      saveSettings(settings);
      files.awaitVectors();
      worker.wake();
      return view(world, id);
    }
    case 'DELETE ':
      return { removed: agents.remove(id) };
    case 'POST token':
      agents.get(id);
      return { token: issueToken(agents.tokenFile(id)) };
    case 'DELETE token':
      return (revokeToken(agents.tokenFile(id)), { revoked: true });
    case 'GET files':
      return { files: agents.get(id).files.list() };
    case 'PUT files':
      return upload(world, {
        id,
        name: parsed(FileName, url.searchParams.get('name')),
        job: url.searchParams.get('job') ?? undefined,
        request,
      });
    case 'GET files/:id':
      return { passages: agents.get(id).chunks.page(item, { after: Number(url.searchParams.get('after') ?? -1), limit: 50 }) };
    case 'DELETE files/:id': {
      const collection = agents.get(id);
      if (!collection.files.byId(item)) throw new Problem('file.not_found', 'There is no such file');
      return { removed: collection.removeFile(item) };
    }
    case 'POST reindex': {
      const { files, jobs } = agents.get(id);
      const all = files.list();
      for (const file of all) files.queue(file.id);
      const jobId = jobs.add({ kind: 'reindex', fileIds: all.map((file) => file.id) });
      worker.wake();
      return { job: jobs.get(jobId, agents.get(id).vectors.list().at(-1)?.id) };
    }
    case 'GET jobs':
      return { jobs: agents.get(id).jobs.list(agents.get(id).vectors.list().at(-1)?.id) };
    case 'GET jobs/:id': {
      const job = agents.get(id).jobs.get(item, agents.get(id).vectors.list().at(-1)?.id);
      if (!job) throw new Problem('job.not_found', 'There is no such job');
      return { job };
    }
    default:
      throw new Problem('route.not_found', 'There is no such operation');
  }
}

function view({ agents }: World, id: string) {
  const { files, chunks, vectors, settings } = agents.get(id);
  return {
    id,
    ...files.totals(),
    chunks: chunks.total(),
    vectors: vectors.count(),
    diskBytes: agents.bytes(id),
    hasToken: hasToken(agents.tokenFile(id)),
    settings: shownSettings(settings()),
  };
}

async function upload(
  { agents, worker }: World,
  { id, name, job, request }: { id: string; name: string; job: string | undefined; request: IncomingMessage },
) {
  agents.get(id);
  const bytes = await read(request, limits.fileBytes);
  const { files, jobs, blob } = agents.get(id);
  const [known, totals] = [files.byName(name), files.totals()];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (known?.sha256 === sha256 && known.state !== 'failed')
    return { file: known, unchanged: true, jobId: jobs.add({ id: job, kind: 'ingest', fileIds: [known.id] }) };
  if (totals.bytes - (known?.size ?? 0) + bytes.length > limits.agentBytes || (!known && totals.files >= limits.agentFiles))
    throw new Problem('agent.limit_reached', `An agent may have ${limits.agentFiles} documents and 500 MiB`, {
      fix: 'Delete documents that are not used any more.',
    });
  if (!existsSync(blob(sha256))) {
    try {
      writeWhole(blob(sha256), bytes);
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOSPC')
        throw new Problem('disk.full', 'The disk of this server is full', { fix: 'Free some space and upload it again.' });
      throw error;
    }
  }
  const file = files.put({ name, sha256, size: bytes.length });
  worker.wake();
  return { file, unchanged: false, jobId: jobs.add({ id: job, kind: 'ingest', fileIds: [file.id] }) };
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await read(request, limits.jsonBytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Problem('request.invalid', 'The body is no JSON');
  }
}

async function read(request: IncomingMessage, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  const tooLarge = (): Problem =>
    new Problem('request.too_large', `More than ${most} bytes are not taken`, { fix: 'Split the document into parts.' });
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge();
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > most) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function parsed<Schema extends z.core.$ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Problem('request.invalid', `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not right'}`.trim());
}
