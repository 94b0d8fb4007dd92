import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ProblemBody } from '@clawmoor/shared/problem.ts';
import { Problem } from '../lib/problem.ts';

/** Turns what was thrown into a Problem, or `undefined` where it is a bug. */
export type ExplainError = (error: unknown) => Problem | undefined;

/** The last middleware: every failure leaves as the one envelope. A bug is logged whole and answers 500 without detail. */
export function answerErrors(log: Logger, explain: ExplainError): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const known = error instanceof Problem ? error : (explain(error) ?? ofBodyParser(error));
    if (!known) log.error({ err: error, method: request.method, path: request.path }, 'unexpected failure');
    if (response.headersSent) return next(error);
    const problem =
      known ??
      new Problem('internal.unexpected', 'Something went wrong on our side', {
        fix: 'Try again; if it stays, send the request id to the operator.',
      });
    request.problemCode = problem.code;
    if (problem.retryAfter !== undefined) response.setHeader('Retry-After', String(problem.retryAfter));
    // What a proxy or a browser kept would answer for a server that is shared meanwhile.
    response.setHeader('Cache-Control', 'no-store');
    response.status(problem.status).json(bodyOf(problem, request.id));
  };
}

export const bodyOf = (problem: Problem, requestId: string): ProblemBody => ({
  error: problem.message,
  code: problem.code,
  requestId,
  ...(problem.fix !== undefined && { fix: problem.fix }),
  ...(problem.issues !== undefined && { issues: problem.issues }),
  ...(problem.taskId !== undefined && { taskId: problem.taskId }),
  ...(problem.hash !== undefined && { hash: problem.hash }),
});

export const unknownPath: RequestHandler = (request) => {
  throw new Problem('route.not_found', `There is nothing at ${request.method} ${request.path.slice(0, 200)}`);
};

/** body-parser and the router throw errors with a `type` or a `status` of their own. */
function ofBodyParser(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type, status } = error as Error & { type?: unknown; status?: unknown };
  if (type === 'entity.parse.failed') return new Problem('request.malformed_json', 'The body is not valid JSON');
  if (type === 'entity.too.large') return new Problem('request.too_large', 'The body is larger than this operation takes');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new Problem('request.unsupported_type', 'This encoding of the body is not supported; send UTF-8 JSON');
  }
  if (error instanceof URIError) return new Problem('request.invalid', 'The path holds an escape sequence that is not valid');
  if (status === 400) return new Problem('request.invalid', 'The request is not readable');
  return undefined;
}
