import * as z from 'zod/mini';
import { QueryInt, Time } from './fields.ts';
import { route } from './route.ts';

export const AuditEntry = z.object({
  id: z.number(),
  at: Time,
  /** `null`: nobody was signed in. A name without an id: Clawmoor itself. */
  actor: z.nullable(z.object({ id: z.nullable(z.string()), name: z.nullable(z.string()) })),
  action: z.string(),
  serverId: z.nullable(z.string()),
  target: z.nullable(z.string()),
  /** `ok`, or the code of the failure. */
  result: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  ip: z.nullable(z.string()),
  requestId: z.nullable(z.string()),
});
export type AuditEntry = z.output<typeof AuditEntry>;

/** A page may hold fewer entries than asked for and still have a next one: a search looks at so many rows at once. */
const AuditPage = z.object({
  entries: z.array(AuditEntry),
  nextCursor: z.nullable(z.string()),
  /** Older entries were removed because of their age. */
  floor: z.nullable(z.object({ id: z.number(), at: Time })),
});

const word = z.optional(z.string().check(z.minLength(1), z.maxLength(128)));
const moment = z.optional(z.iso.datetime({ offset: true }));
const filter = {
  actor: word,
  action: word,
  /** `ok`, `failed`, or the code of a failure. */
  result: word,
  from: moment,
  to: moment,
  q: word,
};
const paging = {
  cursor: z.optional(z.string().check(z.regex(/^\d{1,16}\.\d{1,16}$/, 'the nextCursor of an answer'))),
  limit: z._default(QueryInt(1, 200), 50),
};

export const auditRoutes = {
  listAudit: route({
    method: 'get',
    path: '/admin/audit',
    summary: 'Everything that was changed or refused, newest first',
    access: 'super',
    query: z.strictObject({ ...filter, serverId: word, ...paging }),
    returns: AuditPage,
  }),
  exportAudit: route({
    method: 'get',
    path: '/admin/audit/export',
    summary: 'The same as a file: CSV for spreadsheets (formulas are disarmed) or a JSON object per line',
    access: 'super',
    audit: 'audit.export',
    limit: 'download',
    query: z.strictObject({ ...filter, serverId: word, format: z._default(z.enum(['csv', 'ndjson']), 'csv') }),
    sends: 'file',
  }),
  listServerAudit: route({
    method: 'get',
    path: '/servers/:id/audit',
    summary: 'What was changed or refused on one server, newest first; addresses are left out',
    access: 'server:owner',
    query: z.strictObject({ ...filter, ...paging }),
    returns: AuditPage,
  }),
};
