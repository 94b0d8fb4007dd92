import type { Role } from '@clawmoor/shared/route.ts';
import type { Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { Database, Tables } from '../../lib/tables.ts';

export type MembersStore = ReturnType<typeof membersStore>;

/** Who may do what on which server. A grant that has expired does not count, from that moment on. */
export function membersStore(db: Database, clock: Clock) {
  return {
    async roleOf(serverId: string, userId: string): Promise<Role | undefined> {
      const row = await db
        .selectFrom('member')
        .select(['role', 'expires_at'])
        .where('server_id', '=', serverId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return row && (row.expires_at === null || row.expires_at > clock.now()) ? row.role : undefined;
    },
    async serversOf(userId: string): Promise<string[]> {
      const now = clock.now();
      const rows = await db
        .selectFrom('member')
        .select('server_id')
        .where('user_id', '=', userId)
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
        .execute();
      return rows.map(({ server_id }) => server_id);
    },
    /** In the transaction that creates the server: it never stands without an owner. */
    addOwner: (trx: Transaction<Tables>, serverId: string, userId: string) =>
      trx
        .insertInto('member')
        .values({ server_id: serverId, user_id: userId, role: 'owner', granted_by: userId, granted_at: clock.now(), expires_at: null })
        .execute(),
  };
}
