import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../problem.ts';
import { isDiskFull } from '../store/database.ts';
import { tokenMatches } from '../tokens.ts';
import { PROTOCOL, VERSION } from '../version.ts';
import { agentRoutes } from './agents.ts';
import { fileRoutes } from './files.ts';
import { jobRoutes } from './jobs.ts';
import { questionRoutes } from './questions.ts';
import { Download, type Call, type Route, type World } from './route.ts';
import { transferRoutes } from './transfer.ts';

const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/;
/** An archive of 600 MiB over a tunnel of 10 Mbit/s. */
const REQUEST_WITHIN_MS = 600_000;
/** A connection that is used again just when it is closed fails; through a tunnel it is opened at some cost. */
const KEPT_ALIVE_MS = 60_000;

const health: Route = { method: 'GET', path: '/health', who: 'anyone', handle: () => ({ ok: true, version: VERSION, protocol: PROTOCOL }) };
const routes: readonly Route[] = [health, ...agentRoutes, ...fileRoutes, ...jobRoutes, ...questionRoutes, ...transferRoutes];

/** The service's interface; README.md says what each operation takes and answers. */
export function createService(world: World): Server {
  return createServer(
    { headersTimeout: 10_000, requestTimeout: REQUEST_WITHIN_MS, keepAliveTimeout: KEPT_ALIVE_MS, maxHeaderSize: 8_192 },
    (request, response) => {
      answer(world, { request, response }).catch((error: unknown) => {
        const problem = problemOf(error);
        if (problem !== error) world.log(String((error as Error).stack));
        if (response.headersSent) return void response.destroy(); // a download that breaks off must not look whole
        const { message, code, fix, status } = problem;
        // The rest of a refused upload is not waited for.
        send(response, { status, body: { error: message, code, ...(fix !== undefined && { fix }) }, close: !request.complete });
      });
    },
  );
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, errcode } = error as { code?: string; errcode?: number };
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code ?? '') || isDiskFull(errcode);
  if (full) return new Problem('disk.full', 'The disk of this server is full', { fix: 'Free some space and try again.', cause: error });
  return new Problem('internal.unexpected', 'This failed unexpectedly', { fix: 'Look at the log of the service.', cause: error });
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-ragd-protocol': String(PROTOCOL) };

function send(response: ServerResponse, { status, body, close = false }: { status: number; body: unknown; close?: boolean }): void {
  const headers = { ...HEADERS, 'content-type': 'application/json', ...(close && { connection: 'close' }) };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

async function answer(world: World, { request, response }: { request: IncomingMessage; response: ServerResponse }): Promise<void> {
  const { host, origin } = request.headers;
  // A page in a browser could send the one or the other here; a client of ours sends neither.
  if (!LOOPBACK.test(host ?? '') || origin !== undefined)
    throw new Problem('request.host_not_allowed', 'Only programs on this machine are served');
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { route, id, item } = routeOf(request.method ?? '', url.pathname);
  if (route?.who !== 'anyone') admit(world, { who: route?.who ?? 'admin', id, authorization: request.headers.authorization });
  if (!route) throw new Problem('route.not_found', 'There is no such operation');
  if (world.signal.aborted) throw new Problem('internal.stopping', 'The service is stopping', { fix: 'Try again in a moment.' });
  const left = new AbortController();
  response.once('close', () => left.abort());
  const call: Call = { ...world, signal: AbortSignal.any([world.signal, left.signal]), id, item, query: url.searchParams, request };
  const body = await route.handle(call);
  if (!(body instanceof Download)) return send(response, { status: 200, body });
  response.writeHead(200, { ...HEADERS, 'content-type': body.type });
  try {
    await pipeline(body.content, response);
  } catch (error) {
    if (!left.signal.aborted) throw error; // whoever asked has gone
  }
}

function routeOf(method: string, pathname: string): { route: Route | undefined; id: string; item: string } {
  const parts = pathname.split('/').slice(1);
  const route = routes.find((one) => {
    const wanted = one.path.split('/').slice(1);
    return (
      one.method === method && wanted.length === parts.length && wanted.every((part, at) => part.startsWith(':') || part === parts[at])
    );
  });
  return { route, id: parts[0] === 'agents' ? (parts[1] ?? '') : '', item: parts[3] ?? '' };
}

function admit(world: World, { who, id, authorization }: { who: 'admin' | 'agent'; id: string; authorization: string | undefined }): void {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new Problem('token.required', 'A token is required', { fix: 'Send it as Authorization: Bearer.' });
  if (tokenMatches(join(world.dataFolder, 'admin.sha256'), token)) return;
  // What an agent may not see it cannot tell from what is not there: ids of others answer the same whether they exist or not.
  if (id === '' || !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(id) || !tokenMatches(world.agents.tokenFile(id), token))
    throw new Problem('token.wrong', 'This token does not open this', { fix: 'Connect the agent again for a new token.' });
  if (who === 'admin') throw new Problem('token.admin_only', 'An agent may only ask questions');
}
