import type { Role } from '@clawmoor/shared/route.ts';

/** Who makes a request. Made by `http/auth`, handed to every handler. */
export interface Caller {
  userId: string;
  firstName: string;
  sessionId: string;
  isSuperAdmin: boolean;
}

/** What a handler gets besides the parsed input. */
export interface RequestContext {
  /** Throws when the route is public and nobody is signed in: such a route must not ask. */
  caller: Caller;
  requestId: string;
  ip: string;
  userAgent: string | undefined;
  /** The server that the route's access rule named, and the caller's role on it. */
  server: { id: string; role: Role } | undefined;
  idempotencyKey: string | undefined;
  lastEventId: number | undefined;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
  /** Adds what the audit row of this request says: names and numbers, never a secret. */
  note: (audit: { target?: string; serverId?: string; before?: unknown; after?: unknown; actor?: { id: string; name: string } }) => void;
}
