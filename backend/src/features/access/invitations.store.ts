import type { Insertable, Selectable, Transaction } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type InvitationRow = Selectable<Tables['invitation']> & { server_name: string; creator_name: string };

export function invitationsStore(db: Database) {
  const withNames = () =>
    db
      .selectFrom('invitation')
      .innerJoin('server', 'server.id', 'invitation.server_id')
      .innerJoin('user', 'user.id', 'invitation.created_by')
      .selectAll('invitation')
      .select(['server.name as server_name', 'user.first_name as creator_name']);

  return {
    inOneGo: <T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> => db.transaction().execute(work),
    add: (row: Insertable<Tables['invitation']>) => db.insertInto('invitation').values(row).execute(),
    byHash: (hash: string): Promise<InvitationRow | undefined> => withNames().where('code_hash', '=', hash).executeTakeFirst(),
    byId: (id: string): Promise<InvitationRow | undefined> => withNames().where('invitation.id', '=', id).executeTakeFirst(),
    madeBy: (serverId: string, userId: string): Promise<InvitationRow[]> =>
      withNames()
        .where('invitation.server_id', '=', serverId)
        .where('invitation.created_by', '=', userId)
        .orderBy('invitation.created_at', 'desc')
        .orderBy('invitation.id')
        .execute(),
    /** Of two who use it at once one gets it: answers whether it was this one. */
    use: async (id: string, userId: string, now: number): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('invitation')
        .set({ used_at: now, used_by: userId })
        .where('id', '=', id)
        .where('used_at', 'is', null)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    revoke: (id: string, now: number) => db.updateTable('invitation').set({ revoked_at: now }).where('id', '=', id).execute(),
    forgetBefore: (time: number) => db.deleteFrom('invitation').where('expires_at', '<', time).execute(),
  };
}
