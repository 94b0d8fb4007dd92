import type { Role } from '@clawmoor/shared/route.ts';
import type { TokenScope } from '@clawmoor/shared/tokens.ts';

/** Who makes a request. Made by `http/auth`, handed to every handler. */
export interface Caller {
  userId: string;
  firstName: string;
  /** The session, or the personal token where `token` is set. */
  sessionId: string;
  isSuperAdmin: boolean;
  /** Set when a personal token proves who it is, not a signed-in person. */
  token?: { id: string; scope: TokenScope };
}

export interface AuditNote {
  target?: string;
  serverId?: string;
  before?: unknown;
  after?: unknown;
  actor?: { id: string; name: string };
  /** Nothing was changed and nobody refused: no row is written. */
  unchanged?: boolean;
}

/** A file on its way in. Its stream fails with `request.too_large` when it is longer than the route allows. */
export interface Upload {
  name: string;
  stream: AsyncIterable<Buffer>;
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
  /**
   * Demands the proof that `stepUp` of a route demands, for an operation that needs it only sometimes. Throws
   * `auth.step_up_required`.
   */
  stepUp: () => Promise<void>;
  /** The files of a route that `takes` them, each as it arrives: one must be read to its end before the next comes. */
  uploads: () => AsyncIterable<Upload>;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
  /** Adds what the audit row of this request says: names and numbers, never a secret. */
  note: (audit: AuditNote) => void;
}
