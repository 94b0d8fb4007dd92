import type { RequestHandler } from 'express';
import type { Role, Route } from '@clawmoor/shared/route.ts';
import type { AuditEntry } from '../lib/audit-entry.ts';
import type { AuditNote, Caller } from '../lib/caller.ts';

export type RecordAudit = (entry: AuditEntry) => Promise<void>;

declare module 'express-serve-static-core' {
  interface Request {
    /** The server that the route's access rule named, and the caller's role on it. */
    target: { id: string; role: Role } | undefined;
    auditNote: AuditNote;
    /** Set by the error middleware: the code that the answer carries. */
    problemCode: string | undefined;
  }
}

/** Writes one audit row for a request that changes something, also when it was refused; after the answer is known. */
export function auditing(route: Route, record: RecordAudit): RequestHandler {
  const action = route.audit;
  if (action === undefined) {
    return (request, _response, next) => {
      request.auditNote = {};
      next();
    };
  }
  return (request, response, next) => {
    request.auditNote = {};
    // Read now: the router takes the parameters back when it hands a failure on.
    const id = idOf(request.params['id']);
    // Before the answer leaves: who gets a "created" finds the row, and a crash in between loses neither.
    const end = response.end.bind(response);
    let recorded = false;
    const endAfterRecording = (...words: Parameters<typeof end>): typeof response => {
      if (recorded) return end(...words);
      recorded = true;
      const { actor, unchanged, ...note } = request.auditNote;
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
        (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
      );
      return response;
    };
    // The overloads of `end` do not survive `bind`; the words are passed on as they came.
    response.end = endAfterRecording as typeof response.end;
    next();
  };
}

/** A change by a personal token says so beside what was changed. */
const withToken = (after: unknown, caller: Caller | undefined): unknown =>
  caller?.token ? { ...(typeof after === 'object' ? after : {}), byToken: caller.token.id } : after;

const idOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
