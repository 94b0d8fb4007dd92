import type { Request, RequestHandler, Response } from 'express';
import type { Role, Route } from '@clawmoor/shared/route.ts';
import type { AuditEntry } from '../lib/audit-entry.ts';
import type { AuditNote, Caller } from '../lib/caller.ts';
import { Problem } from '../lib/problem.ts';
import { bodyOf } from './errors.ts';

export type RecordAudit = (entry: AuditEntry) => Promise<void>;

declare module 'express-serve-static-core' {
  interface Request {
    /** The server that the route's access rule named, and the caller's role on it. */
    target: { id: string; role: Role } | undefined;
    /** What the handler of a change says for its audit row; a request that changes nothing has none. */
    auditNote: AuditNote | undefined;
    /** Set by the error middleware: the code that the answer carries. */
    problemCode: string | undefined;
  }
}

/** Writes one audit row for a request that changes something, also when it was refused; after the answer is known. */
export function auditing(route: Route, record: RecordAudit): RequestHandler[] {
  const action = route.audit;
  if (action === undefined) return [];
  const handler: RequestHandler = (request, response, next) => {
    request.auditNote = {};
    // Read now: the router takes the parameters back when it hands a failure on.
    const id = idOf(request.params['id']);
    // Before the answer leaves: who gets a "created" finds the row, and a crash in between loses neither.
    const end = response.end.bind(response);
    let recorded = false;
    const endAfterRecording = (...words: Parameters<typeof end>): typeof response => {
      if (recorded) return end(...words);
      recorded = true;
      const { actor, unchanged, ...note } = request.auditNote ?? {};
      if (unchanged) return end(...words);
      const caller = request.caller;
      record({
        action,
        actorId: caller?.userId ?? actor?.id,
        actorName: caller?.firstName ?? actor?.name,
        // Who was turned away from a server stands in that server's part of the log as well.
        serverId: note.serverId ?? request.target?.id ?? (route.access.startsWith('server:') ? id : undefined),
        target: note.target ?? id,
        result: request.problemCode ?? 'ok',
        before: note.before,
        after: withToken(note.after, caller),
        ip: request.ip,
        requestId: request.id,
      }).then(
        () => end(...words),
        (error: unknown) =>
          answerUnrecorded({ response, end, words, error, failed: request.problemCode !== undefined, requestId: request.id }),
      );
      return response;
    };
    // The overloads of `end` do not survive `bind`; the words are passed on as they came.
    response.end = endAfterRecording as typeof response.end;
    next();
  };
  return [handler];
}

/** A change by a personal token says so beside what was changed. */
const withToken = (after: unknown, caller: Caller | undefined): unknown =>
  caller?.token ? { ...(typeof after === 'object' ? after : {}), byToken: caller.token.id } : after;

const idOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

interface Unrecorded {
  response: Response;
  end: (...words: never[]) => Response;
  words: unknown[];
  error: unknown;
  failed: boolean;
  requestId: string;
}

/** A refusal goes out as it is. A change that could not be recorded must not look as if all were well. */
function answerUnrecorded({ response, end, words, error, failed, requestId }: Unrecorded): void {
  if (failed) return void end(...(words as never[]));
  if (response.headersSent) return void response.destroy(error instanceof Error ? error : new Error(String(error)));
  const problem = new Problem('storage.full', 'It was done, but could not be written to the audit log', {
    fix: 'Check the disk that holds DATA_DIR, then look whether the change is there before you repeat it.',
  });
  const body = JSON.stringify(bodyOf(problem, requestId));
  response.removeHeader('Content-Length');
  response.statusCode = problem.status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  end(...([body] as never[]));
}

const ACCESS_CODES = ['auth.role_too_low', 'auth.super_admin_only', 'server.not_found', 'task.not_found', 'incident.not_found'];
// Who asks for the same thing again and again fills one row a minute, not the log.
const SAME_WITHIN_MS = 60_000;
const REMEMBERED = 10_000;

/** Records a refused attempt to read; refused changes are recorded with their own action anyway. */
export function recordDenied(record: RecordAudit) {
  const recent = new Map<string, number>();
  return async (request: Request, route: Route, error: unknown): Promise<void> => {
    if (route.audit !== undefined || !(error instanceof Problem) || !ACCESS_CODES.includes(error.code)) return;
    const caller = request.caller;
    const target = `${request.method} ${request.path}`.slice(0, 300);
    const key = `${caller?.userId} ${target} ${error.code}`;
    const now = performance.now();
    if (now - (recent.get(key) ?? Number.NEGATIVE_INFINITY) < SAME_WITHIN_MS) return;
    if (recent.size >= REMEMBERED) recent.clear();
    recent.set(key, now);
    const serverId = route.access.startsWith('server:') ? idOf(request.params['id']) : idOf(request.query['serverId']);
    await record({
      action: 'access.denied',
      actorId: caller?.userId,
      actorName: caller?.firstName,
      serverId,
      target,
      result: error.code,
      ip: request.ip,
      requestId: request.id,
    });
  };
}
