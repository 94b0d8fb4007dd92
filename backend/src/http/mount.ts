import express, { type IRouter, type Request, type RequestHandler, type Response } from 'express';
import type { FileAnswer, Route } from '@clawmoor/shared/route.ts';
import type { Caller, RequestContext } from '../lib/caller.ts';
import type { GatewayCall } from '../lib/gateway.ts';
import { Problem } from '../lib/problem.ts';
import type { CheckAccess } from './access.ts';
import { authenticate, type ReadToken } from './authenticate.ts';
import type { Handlers } from './handlers.ts';
import { sendEvents } from './events.ts';
import { forwarding } from './forward.ts';
import { parseBody, parseQuery } from './parse.ts';
import type { Limits } from './rate-limit.ts';
import type { RecordAudit } from './recording.ts';
import { auditing } from './recording.ts';
import { sendFile } from './send-file.ts';

export interface Mounting {
  readToken: ReadToken;
  /** Who holds the one-use ticket in an address. Throws `ticket.invalid`. */
  readTicket: (ticket: string, address: string, options: { peek: boolean }) => Promise<Caller>;
  /** Asks the gateway of a server: what `forwards` means. */
  askGateway: (serverId: string, call: GatewayCall) => Promise<unknown>;
  checkAccess: CheckAccess;
  limits: Limits;
  record: RecordAudit;
  /** Aborted when the process stops: ends the streams. */
  stopping: AbortSignal;
}

type Handle = (input: Record<string, unknown>, context: RequestContext) => unknown;

// The largest body any operation takes is a private key with its passphrase.
const BODY_LIMIT = '256kb';

/** Puts every operation of the table on the router, with its checks in the fixed order: 401, 404 / 403, 400, 409. */
export function mount<Table extends Record<string, Route>>(
  router: IRouter,
  table: Table,
  handlers: Handlers<Table>,
  mounting: Mounting,
): void {
  // Each handler fits its own route, which the type has just made sure of; the loop below can no longer tell which.
  const byName = handlers as unknown as Record<string, Handle>;
  const methodsOf = new Map<string, string[]>();
  const readJson = express.json({ limit: BODY_LIMIT, strict: false });
  for (const [name, route] of Object.entries(table)) {
    const handle = route.forwards === undefined ? byName[name] : forwarding(route.forwards, mounting.askGateway);
    if (!handle) throw new Error(`No handler for ${name}`);
    const methods = route.alsoPost ? [route.method, 'post' as const] : [route.method];
    for (const method of methods) {
      router[method](route.path, ...chain(route, handle, mounting, readJson));
      methodsOf.set(route.path, [...(methodsOf.get(route.path) ?? []), method.toUpperCase()]);
    }
  }
  for (const [path, methods] of methodsOf) router.all(path, otherMethod(methods));
}

/** The rights come before the body is read: a stranger's 10 MB are never parsed. */
function chain(route: Route, handle: Handle, mounting: Mounting, readJson: RequestHandler): RequestHandler[] {
  const limit = route.limit ? [mounting.limits[route.limit]] : [];
  const body = route.body ? [readJson] : [];
  return [auditing(route, mounting.record), identify(route, mounting), ...limit, ...body, answer(route, handle, mounting)];
}

function identify(route: Route, { readToken, readTicket, checkAccess }: Mounting): RequestHandler {
  const { access } = route;
  if (access === 'public') return (_request, _response, next) => next();
  return async (request, _response, next) => {
    const ticket = route.sends && request.headers.authorization === undefined ? one(request.query['ticket']) : undefined;
    request.caller =
      ticket === undefined
        ? await authenticate(request, readToken)
        : await readTicket(ticket, request.url, { peek: request.method === 'HEAD' });
    request.target = await checkAccess({
      access,
      caller: request.caller,
      id: one(request.params['id']),
      serverId: one(request.query['serverId']),
    });
    next();
  };
}

function answer(route: Route, handle: Handle, mounting: Mounting): RequestHandler {
  return async (request, response) => {
    const gone = new AbortController();
    // Only for a reader who left early: an abort without need makes an error object with its stack, for every request.
    response.once('close', () => response.writableFinished || gone.abort());
    const input = {
      ...request.params,
      ...(route.query && parseQuery(route.query, route.sends ? withoutTicket(request.query) : request.query)),
      ...(route.body && { body: parseBody(route.body, request) }),
    };
    const reply = handle(input, contextOf(request, gone.signal));
    if (route.emits) return stream(route, { request, response, reply, gone, mounting });
    const result = await reply;
    // The handler's type says so (`Reply`); the table's values have lost it here.
    if (route.sends) return sendFile(request, response, result as FileAnswer);
    response.setHeader('Cache-Control', 'no-store');
    response.status(route.status ?? 200);
    if (!route.returns) return void response.end();
    // Parsed on the way out as well: a key that the schema does not name cannot leave.
    send(response, route.returns.parse(result));
  };
}

interface StreamParts {
  request: Request;
  response: Response;
  reply: unknown;
  gone: AbortController;
  mounting: Mounting;
}

async function stream(route: Route, { request, response, reply, gone, mounting }: StreamParts): Promise<void> {
  const stop = (): void => gone.abort();
  mounting.stopping.addEventListener('abort', stop, { once: true });
  const recheck = async (): Promise<unknown> => {
    if (route.access === 'public') return undefined;
    const caller = await authenticate(request, mounting.readToken);
    return mounting.checkAccess({ access: route.access, caller, id: one(request.params['id']), serverId: one(request.query['serverId']) });
  };
  try {
    await sendEvents({
      response,
      schemas: route.emits ?? {},
      // The handler's type says so (`Reply`); the table's values have lost it here.
      events: reply as AsyncIterable<{ event: string; id?: number; data: unknown }>,
      recheck,
      stop: gone,
    });
  } finally {
    mounting.stopping.removeEventListener('abort', stop);
  }
}

/** `response.json` would hash an ETag and look at the request again: a third of the cost of a small answer. */
function send(response: Response, body: unknown): void {
  const text = Buffer.from(JSON.stringify(body));
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', text.length);
  response.end(text);
}

const otherMethod =
  (methods: string[]): RequestHandler =>
  (request, response) => {
    const allowed = [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)];
    response.setHeader('Allow', allowed.join(', '));
    throw new Problem('route.method_not_allowed', `${request.method} is not possible here; ${allowed.join(', ')} is`);
  };

const withoutTicket = ({ ticket: _ticket, ...query }: Request['query']): Request['query'] => query;

const one = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/;

function contextOf(request: Request, signal: AbortSignal): RequestContext {
  const idempotencyKey = request.get('idempotency-key');
  if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey)) {
    throw new Problem('request.invalid', 'The header Idempotency-Key must be 1 to 128 visible characters');
  }
  const lastEventId = Number(request.get('last-event-id') ?? Number.NaN);
  return {
    get caller(): Caller {
      if (!request.caller) throw new Error('A public route asked who is signed in');
      return request.caller;
    },
    requestId: request.id,
    ip: request.ip ?? '',
    userAgent: request.get('user-agent')?.slice(0, 200),
    server: request.target,
    idempotencyKey,
    lastEventId: Number.isSafeInteger(lastEventId) && lastEventId >= 0 ? lastEventId : undefined,
    signal,
    note: (audit) => Object.assign(request.auditNote, audit),
  };
}
