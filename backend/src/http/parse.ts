import type { Request } from 'express';
import type * as z from 'zod/mini';
import { Problem } from '../lib/problem.ts';

/** The body as the schema makes it. Throws `request.unsupported_type` or `request.invalid` with every issue and its path. */
export function parseBody(schema: z.ZodMiniType, request: Request): unknown {
  if (request.body === undefined && hasBody(request)) {
    throw new Problem('request.unsupported_type', 'Send the body as JSON, with Content-Type: application/json');
  }
  // Only what was not sent is an empty body: `null` is a value, and the wrong one.
  return parse(schema, request.body === undefined ? {} : request.body);
}

export function parseQuery(schema: z.ZodMiniType, query: unknown): object {
  const parsed = parse(schema, query);
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}

function parse(schema: z.ZodMiniType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const [first] = issues;
  throw new Problem('request.invalid', `The request is not valid: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? 'unknown'}`, {
    issues,
  });
}

const hasBody = (request: Request): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
