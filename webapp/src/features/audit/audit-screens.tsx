import { useState } from 'react';
import { isSuperAdmin } from '../../api/admin-queries.ts';
import { useAudit, type AuditFilter } from '../../api/audit-queries.ts';
import { useMembers } from '../../api/access-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { audit as text } from '../../words/en/audit.ts';
import { AuditLog } from './audit-log.tsx';

/** What was changed or refused on one server, for its owner. */
export function ServerAudit({ id }: { id: string }) {
  const server = useServer(id);
  const owner = server.data?.role === 'owner';
  const [filter, setFilter] = useState<AuditFilter>({});
  const pages = useAudit(id, filter, owner);
  const members = useMembers(id, owner);
  if (!owner)
    return (
      <Screen title={text.title}>
        <Show query={server}>{() => <p className="card">{text.ownerOnly}</p>}</Show>
      </Screen>
    );
  const people = members.data?.map(({ userId, firstName, username }) => ({ id: userId, name: firstName ?? username ?? userId }));
  return <AuditLog pages={pages} filter={filter} setFilter={setFilter} people={people ?? []} />;
}

/** Everything on the installation, for super-admins. */
export function WholeAudit() {
  const allowed = isSuperAdmin();
  const [filter, setFilter] = useState<AuditFilter>({});
  const pages = useAudit(undefined, filter, allowed);
  if (!allowed)
    return (
      <Screen title={text.title}>
        <p className="card">{text.superOnly}</p>
      </Screen>
    );
  return <AuditLog pages={pages} filter={filter} setFilter={setFilter} people={[]} whole />;
}
