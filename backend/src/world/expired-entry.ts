import type { Ended } from '../features/access/members.ts';
import type { AuditEntry } from '../lib/audit-entry.ts';

/** A grant that ended by itself has no actor and no request. */
export const expiredEntry = ({ serverId, userId, role }: Ended): AuditEntry => ({
  action: 'access.expire',
  actorId: undefined,
  actorName: undefined,
  serverId,
  target: userId,
  result: 'ok',
  before: { role },
  ip: undefined,
  requestId: undefined,
});
