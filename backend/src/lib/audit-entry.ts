/** One row of the audit log before it is numbered and chained. Names and numbers only: never a secret. */
export interface AuditEntry {
  action: string;
  actorId: string | undefined;
  actorName: string | undefined;
  serverId: string | undefined;
  target: string | undefined;
  /** `ok`, or the code of the failure. */
  result: string;
  before?: unknown;
  after?: unknown;
  ip: string | undefined;
  requestId: string | undefined;
}
