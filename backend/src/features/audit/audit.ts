import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../lib/audit-entry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../../lib/tables.ts';
import { auditStore, type AuditRow } from './audit.store.ts';

export interface Audit {
  /** Appends one row, chained to the last. */
  record(entry: AuditEntry): Promise<void>;
  /** Walks the whole chain; answers the id of the first row that does not fit, or `undefined`. */
  verify(): Promise<number | undefined>;
}

const START = '0'.repeat(64);

export function createAudit({ db, clock }: { db: Database; clock: Clock }): Audit {
  const store = auditStore(db);
  return {
    async record(entry) {
      await store.append((previousHash) => {
        const row = rowOf(entry, clock.now());
        const previous = previousHash ?? START;
        return { ...row, previous_hash: previous, hash: hashOf(row, previous) };
      });
    },
    async verify() {
      let previous = START;
      for await (const { id, previous_hash, hash, ...row } of store.all()) {
        if (previous_hash !== previous || hash !== hashOf(row, previous)) return id;
        previous = hash;
      }
      return undefined;
    },
  };
}

type Content = Omit<AuditRow, 'id' | 'previous_hash' | 'hash'>;

const rowOf = (entry: AuditEntry, at: number): Content => ({
  at,
  actor_id: entry.actorId ?? null,
  actor_name: entry.actorName ?? null,
  action: entry.action,
  server_id: entry.serverId ?? null,
  target: entry.target ?? null,
  result: entry.result,
  before: entry.before === undefined ? null : JSON.stringify(entry.before),
  after: entry.after === undefined ? null : JSON.stringify(entry.after),
  ip: entry.ip ?? null,
  request_id: entry.requestId ?? null,
});

// An array, not an object: the order of the columns is part of what is hashed.
const hashOf = (row: Content, previous: string): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        previous,
        row.at,
        row.actor_id,
        row.actor_name,
        row.action,
        row.server_id,
        row.target,
        row.result,
        row.before,
        row.after,
        row.ip,
        row.request_id,
      ]),
    )
    .digest('hex');
