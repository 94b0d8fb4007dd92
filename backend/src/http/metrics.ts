import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Problem } from '../lib/problem.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `GET /metrics` for Prometheus, by `Authorization: Bearer METRICS_TOKEN`; without a token configured there is no such page. */
export function metricsPage({ token, read }: { token: string | undefined; read: () => Promise<string> }): RequestHandler {
  return async (request, response) => {
    if (token === undefined) throw new Problem('route.not_found', 'There is nothing at GET /metrics');
    const given = /^Bearer (\S{1,512})$/.exec(request.get('authorization') ?? '')?.[1];
    if (given === undefined) throw new Problem('auth.required', 'This needs the header Authorization: Bearer <METRICS_TOKEN>');
    if (!timingSafeEqual(digest(given), digest(token)))
      throw new Problem('auth.token_invalid', 'This is not the METRICS_TOKEN of this installation');
    response.setHeader('Cache-Control', 'no-store');
    response.type('text/plain; version=0.0.4; charset=utf-8').send(await read());
  };
}
