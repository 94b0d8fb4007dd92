import express, { type IRouter, type Request, type RequestHandler, type Response } from 'express';
import type { FileAnswer, Route } from '@clawmoor/shared/route.ts';
import type { Caller, RequestContext } from '../lib/caller.ts';
import type { GatewayCall } from '../lib/gateway.ts';
import { Problem } from '../lib/problem.ts';
import type { RightsBell } from '../lib/rights-bell.ts';
import type { CheckAccess } from './access.ts';
import { authenticate, type ReadToken } from './authenticate.ts';
import { Context } from './context.ts';
import type { Handlers } from './handlers.ts';
import { sendEvents } from './events.ts';
import { forwarding } from './forward.ts';
import { parseBody, parseQuery } from './parse.ts';
import type { Limits } from './rate-limit.ts';
import type { RecordAudit } from './recording.ts';
import { auditing, recordDenied } from './recording.ts';
import { checkScope } from './scope.ts';
import { sendFile, sendPage } from './send-file.ts';
import { demandStepUp, type RedeemStepUp } from './step-up.ts';

export interface Mounting {
  readToken: ReadToken;
  /** Who holds the one-use ticket in an address. Throws `ticket.invalid`. */
  readTicket: (ticket: string, address: string, options: { peek: boolean }) => Promise<Caller>;
  /** Asks the gateway of a server: what `forwards` means. */
  askGateway: (serverId: string, call: GatewayCall) => Promise<unknown>;
  checkAccess: CheckAccess;
  redeemStepUp: RedeemStepUp;
  /** Rings when somebody's rights have changed: their streams ask again. */
  rights: RightsBell;
  limits: Limits;
  record: RecordAudit;
  /** How many live feeds are open now. */
  feeds: { open: number };
  /** Aborted when the process stops: ends the streams. */
  stopping: AbortSignal;
}

type Handle = (input: Record<string, unknown>, context: RequestContext) => unknown;

// Enough for a private key with its passphrase; what takes more says so (`bodyBytes`).
const BODY_BYTES = 256 * 1024;

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
  for (const [name, route] of Object.entries(table)) {
    const handle = route.forwards === undefined ? byName[name] : forwarding(route.forwards, mounting.askGateway);
    if (!handle) throw new Error(`No handler for ${name}`);
    if (!isAccess(route.access)) throw new Error(`${name} does not say who may call it`);
    const methods = route.alsoPost ? [route.method, 'post' as const] : [route.method];
    for (const method of methods) {
      router[method](route.path, ...chain(route, handle, mounting));
      methodsOf.set(route.path, [...(methodsOf.get(route.path) ?? []), method.toUpperCase()]);
    }
  }
  for (const [path, methods] of methodsOf) router.all(path, otherMethod(methods));
}

/** The rights come before the body is read: a stranger's 10 MB are never parsed. */
function chain(route: Route, handle: Handle, mounting: Mounting): RequestHandler[] {
  const limit = route.limit ? [mounting.limits[route.limit]] : [];
  const body = route.body ? [express.json({ limit: route.bodyBytes ?? BODY_BYTES, strict: false })] : [];
  return [...auditing(route, mounting.record), ...identify(route, mounting), ...limit, ...body, answer(route, handle, mounting)];
}

function identify(route: Route, { readToken, readTicket, checkAccess, redeemStepUp, record }: Mounting): RequestHandler[] {
  const { access } = route;
  if (access === 'public') return [];
  const denied = recordDenied(record);
  const handler: RequestHandler = async (request, _response, next) => {
    const ticket = route.sends === 'file' && request.headers.authorization === undefined ? one(request.query['ticket']) : undefined;
    request.caller =
      ticket === undefined
        ? await authenticate(request, readToken)
        : await readTicket(ticket, request.url, { peek: request.method === 'HEAD' });
    const question = { access, caller: request.caller, id: one(request.params['id']), serverId: one(request.query['serverId']) };
    try {
      request.target = await checkAccess(question);
    } catch (error) {
      await denied(request, route, error);
      throw error;
    }
    checkScope(route, request.caller);
    if (route.stepUp) await demandStepUp(request, redeemStepUp, { peek: true });
    next();
  };
  return [handler];
}

function answer(route: Route, handle: Handle, mounting: Mounting): RequestHandler {
  return async (request, response) => {
    const context = new Context(request, response, mounting.redeemStepUp);
    const input = {
      ...request.params,
      ...(route.query && parseQuery(route.query, route.sends === 'file' ? withoutTicket(request.query) : request.query)),
      ...(route.body && { body: parseBody(route.body, request) }),
    };
    if (route.stepUp) await demandStepUp(request, mounting.redeemStepUp);
    const reply = handle(input, context);
    if (route.emits) return stream(route, { request, response, reply, gone: context.gone, mounting });
    let result: unknown;
    try {
      result = await reply;
    } catch (error) {
      // Who asked has left, and the work was given up for that: nobody is there to be answered, and nothing went wrong.
      if (context.signal.aborted && isAbort(error)) return void response.destroy();
      throw error;
    }
    // The handler's type says so (`Reply`); the table's values have lost it here.
    if (route.sends === 'file') return sendFile(request, response, result as FileAnswer);
    if (route.sends === 'page') return sendPage(request, response, result as FileAnswer);
    response.setHeader('Cache-Control', 'no-store');
    response.status(route.status ?? 200);
    if (!route.returns) return void response.end();
    // Parsed on the way out as well: a key that the schema does not name cannot leave.
    const parsed = route.returns.safeParse(result);
    if (!parsed.success) throw route.forwards === undefined ? parsed.error : strangeAnswer(parsed.error);
    send(response, parsed.data);
  };
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** What the gateway answered is not what it should: its fault, not ours. */
const strangeAnswer = (cause: unknown): Problem =>
  new Problem('gateway.bad_answer', 'The gateway answered something that cannot be understood', {
    fix: 'Update OpenClaw, or Clawmoor.',
    cause,
  });

interface StreamParts {
  request: Request;
  response: Response;
  reply: unknown;
  gone: AbortController;
  mounting: Mounting;
}

async function stream(route: Route, { request, response, reply, gone, mounting }: StreamParts): Promise<void> {
  const stop = (): void => gone.abort();
  mounting.feeds.open += 1;
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
      onRightsChanged: (ask) => (request.caller ? mounting.rights.listen(request.caller.userId, ask) : () => {}),
      stop: gone,
    });
  } finally {
    mounting.feeds.open -= 1;
    mounting.stopping.removeEventListener('abort', stop);
  }
}

/** `response.json` would hash an ETag and look at the request again: a third of the cost of a small answer. */
function send(response: Response, body: unknown): void {
  const text = JSON.stringify(body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  // A text leaves in one write with the head; a buffer would take two.
  response.end(text, 'utf8');
}

const otherMethod =
  (methods: string[]): RequestHandler =>
  (request, response) => {
    const allowed = [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)];
    response.setHeader('Allow', allowed.join(', '));
    throw new Problem('route.method_not_allowed', `${request.method} is not possible here; ${allowed.join(', ')} is`);
  };

const withoutTicket = ({ ticket: _ticket, ...query }: Request['query']): Request['query'] => query;

// The type says so already; a table that came another way, or from plain JavaScript, must not open a door.
const isAccess = (access: unknown): boolean =>
  typeof access === 'string' && /^(public|user|super|(server|task|incident|query):(viewer|admin|owner))$/.test(access);

const one = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
