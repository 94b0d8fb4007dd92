import type { AuditEntry, auditRoutes } from '@clawmoor/shared/audit.ts';
import type { Audit } from '../features/audit/audit.ts';
import type { Handlers } from '../http/handlers.ts';
import { iso, type Clock } from '../lib/clock.ts';

type Search = Parameters<Audit['search']>[0];
type Row = Awaited<ReturnType<Audit['search']>>['rows'][number];
type Query = Omit<Search['filter'], 'from' | 'to'> & { from?: string | undefined; to?: string | undefined };

export function auditHandlers({ audit, clock }: { audit: Audit; clock: Clock }): Handlers<typeof auditRoutes> {
  async function page(filter: Query, cursor: string | undefined, limit: number) {
    const { rows, next } = await audit.search({ filter: filterOf(filter), cursor: placeOf(cursor), limit });
    const floor = await audit.floor();
    return {
      entries: rows.map(entryView),
      nextCursor: next ? `${next.at}.${next.id}` : null,
      floor: floor ? { id: floor.audit_id, at: iso(floor.at) } : null,
    };
  }
  return {
    listAudit: ({ cursor, limit, ...filter }) => page(filter, cursor, limit),
    async exportAudit({ format, ...filter }, { note }) {
      note({ target: format, after: filter });
      const day = iso(clock.now()).slice(0, 10);
      return {
        filename: `clawmoor-audit-${day}.${format}`,
        type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
        stream: audit.export(format, filterOf(filter)),
      };
    },
    async listServerAudit({ id, cursor, limit, ...filter }) {
      const { entries, ...rest } = await page({ ...filter, serverId: id }, cursor, limit);
      return { entries: entries.map((entry) => ({ ...entry, ip: null })), ...rest };
    },
  };
}

const filterOf = ({ from, to, actor, serverId, action, result, q }: Query): Search['filter'] => ({
  actor,
  serverId,
  action,
  result,
  q,
  from: from === undefined ? undefined : Date.parse(from),
  to: to === undefined ? undefined : Date.parse(to),
});

function placeOf(cursor: string | undefined): Search['cursor'] {
  if (cursor === undefined) return undefined;
  const [at, id] = cursor.split('.').map(Number);
  return { at: at ?? 0, id: id ?? 0 };
}

const entryView = (row: Row): AuditEntry => ({
  id: row.id,
  at: iso(row.at),
  actor: row.actor_id === null && row.actor_name === null ? null : { id: row.actor_id, name: row.actor_name },
  action: row.action,
  serverId: row.server_id,
  target: row.target,
  result: row.result,
  before: row.before === null ? null : JSON.parse(row.before),
  after: row.after === null ? null : JSON.parse(row.after),
  ip: row.ip,
  requestId: row.request_id,
});
