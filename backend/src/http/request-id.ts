import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { onBehalfOf } from '../lib/request-scope.ts';

declare module 'express-serve-static-core' {
  interface Request {
    id: string;
  }
}

const ACCEPTABLE = /^[A-Za-z0-9._-]{8,64}$/;

/** Gives every request an id and every response its `X-Request-Id`; one from outside counts only behind a trusted proxy. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = cameThroughProxy(request) ? request.get('x-request-id') : undefined;
  request.id = given !== undefined && ACCEPTABLE.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', request.id);
  onBehalfOf(request.id, next);
};

// Express sets "trust proxy fn" to a function that says whether the peer at an address is trusted.
function cameThroughProxy(request: Request): boolean {
  const trusts: unknown = request.app.get('trust proxy fn');
  return typeof trusts === 'function' && trusts(request.socket.remoteAddress ?? '', 0) === true;
}
