import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { evaluate } from '../retrieve/evaluate.ts';
import { query } from '../retrieve/query.ts';
import { body } from './body.ts';
import { opened, type Route } from './route.ts';

const Words = z.string().check(z.minLength(1), z.maxLength(limits.queryChars));
const Query = z.strictObject({
  query: Words,
  limit: z._default(z.int().check(z.gte(1), z.lte(20)), 5),
  mode: z._default(z.enum(['hybrid', 'vector', 'keyword']), 'hybrid'),
});
const Evaluation = z.strictObject({
  questions: z
    .array(z.strictObject({ query: Words, files: z.array(z.string()).check(z.minLength(1), z.maxLength(50)) }))
    .check(z.minLength(1), z.maxLength(limits.questions)),
});

/** Asking, and judging how well it is answered. */
export const questionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/agents/:id/query',
    who: 'agent',
    handle: async (call) => query(opened(call), { ...(await body(call.request, Query)), ask: call.ask, signal: call.signal }),
  },
  {
    method: 'POST',
    path: '/agents/:id/eval',
    who: 'admin',
    handle: async (call) => evaluate(opened(call), { ...(await body(call.request, Evaluation)), ask: call.ask, signal: call.signal }),
  },
];
