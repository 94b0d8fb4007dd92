import type { Role } from '@clawmoor/shared/route.ts';
import type { Insertable, Selectable, Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { Database, Tables } from '../../lib/tables.ts';

export type MemberRow = Selectable<Tables['member']> & {
  first_name: string | null;
  username: string | null;
  /** 0: the person was named here and has never signed in. */
  last_seen_at: number | null;
};
export type MembersStore = ReturnType<typeof membersStore>;

/** Who may do what on which server. A grant that has expired does not count, from that moment on. */
export function membersStore(db: Database, clock: Clock) {
  const withNames = () =>
    db
      .selectFrom('member')
      .leftJoin('user', 'user.id', 'member.user_id')
      .selectAll('member')
      .select(['user.first_name', 'user.username', 'user.last_seen_at'])
      .where((eb) => eb.or([eb('member.expires_at', 'is', null), eb('member.expires_at', '>', clock.now())]));

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

    inOneGo: <T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> => db.transaction().execute(work),
    /** Those whose access holds now: the owner first, then by the time of their grant. */
    list: (serverId: string): Promise<MemberRow[]> =>
      withNames()
        .where('member.server_id', '=', serverId)
        .orderBy((eb) => eb.case().when('member.role', '=', 'owner').then(0).else(1).end())
        .orderBy('member.granted_at')
        .orderBy('member.user_id')
        .execute(),
    get: (serverId: string, userId: string): Promise<MemberRow | undefined> =>
      withNames().where('member.server_id', '=', serverId).where('member.user_id', '=', userId).executeTakeFirst(),
    /** A person may be named before they sign in for the first time; their name follows then. */
    nameUser: (id: string) =>
      db
        .insertInto('user')
        .values({ id, first_name: '', last_name: null, username: null, language_code: null, created_at: clock.now(), last_seen_at: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    /** Takes the place of what the person had on this server. */
    put: (row: Insertable<Tables['member']>) =>
      db
        .insertInto('member')
        .values(row)
        .onConflict((conflict) => {
          const { server_id: _server, user_id: _user, ...changing } = row;
          return conflict.columns(['server_id', 'user_id']).doUpdateSet(changing);
        })
        .execute(),
    remove: (serverId: string, userId: string) =>
      db.deleteFrom('member').where('server_id', '=', serverId).where('user_id', '=', userId).where('role', '!=', 'owner').execute(),
    /** What a person has set going on this server ends with their right to it. */
    endTraces: async (serverId: string, userId: string): Promise<void> => {
      await db
        .updateTable('invitation')
        .set({ revoked_at: clock.now() })
        .where('server_id', '=', serverId)
        .where('created_by', '=', userId)
        .where('used_at', 'is', null)
        .where('revoked_at', 'is', null)
        .execute();
      await db.deleteFrom('ownership_offer').where('server_id', '=', serverId).where('to_user_id', '=', userId).execute();
    },
    /** People who were named, have never signed in, and have no access any more. */
    forgetUnseen: () =>
      db.deleteFrom('user').where('last_seen_at', '=', 0).where('id', 'not in', db.selectFrom('member').select('member.user_id')).execute(),
    takeExpired: (): Promise<Selectable<Tables['member']>[]> =>
      db.deleteFrom('member').where('expires_at', '<=', clock.now()).where('role', '!=', 'owner').returningAll().execute(),
  };
}
