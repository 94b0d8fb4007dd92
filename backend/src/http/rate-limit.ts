import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Limit } from '@clawmoor/shared/route.ts';
import { Problem } from '../lib/problem.ts';

/** Per minute. `sign-in` counts by address, since nobody is known yet; the others by person. */
export const PER_MINUTE = {
  'sign-in': 20,
  'server-test': 10,
  submit: 60,
  read: 600,
  download: 30,
  poll: 60,
  query: 30,
} as const satisfies Record<Limit, number>;
const MINUTE_MS = 60_000;

export type Limits = Record<Limit, RequestHandler>;

/** One limiter per name. They set `X-RateLimit-Limit` and `X-RateLimit-Remaining`, and `Retry-After` with 429. */
export function createLimits(overrides: Partial<Record<Limit, number>> = {}): Limits {
  const limiter = (name: Limit): RequestHandler =>
    rateLimit({
      windowMs: MINUTE_MS,
      limit: overrides[name] ?? PER_MINUTE[name],
      legacyHeaders: true,
      standardHeaders: false,
      keyGenerator: keyOf,
      handler: (_request, response) => {
        const seconds = Number(response.getHeader('Retry-After') ?? MINUTE_MS / 1000);
        throw new Problem('request.too_many', `Too many requests; try again in ${seconds} s`, { retryAfter: seconds });
      },
    });
  return {
    'sign-in': limiter('sign-in'),
    'server-test': limiter('server-test'),
    submit: limiter('submit'),
    read: limiter('read'),
    download: limiter('download'),
    poll: limiter('poll'),
    query: limiter('query'),
  };
}

/** The person where one is signed in, else the network address (an IPv6 person holds a whole /56). */
function keyOf(request: Request): string {
  const caller = request.caller;
  if (caller) return `user:${caller.userId}`;
  return ipKeyGenerator(request.ip ?? createHash('sha256').update(String(request.socket.remoteAddress)).digest('hex'));
}
