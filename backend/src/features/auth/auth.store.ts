import type { Insertable, Selectable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type UserRow = Selectable<Tables['user']>;
export type SessionRow = Selectable<Tables['session']>;

export function authStore(db: Database) {
  return {
    /** Names follow Telegram at each sign-in; rights hang on the id alone. */
    putUser: (user: Insertable<Tables['user']>): Promise<UserRow> =>
      db
        .insertInto('user')
        .values(user)
        .onConflict((conflict) => {
          const { id: _id, created_at: _createdAt, ...changing } = user;
          return conflict.column('id').doUpdateSet(changing);
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    user: (id: string) => db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst(),
    isMember: async (userId: string, now: number): Promise<boolean> =>
      (await db
        .selectFrom('member')
        .select('server_id')
        .where('user_id', '=', userId)
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
        .limit(1)
        .executeTakeFirst()) !== undefined,
    addSession: (session: Insertable<Tables['session']>) => db.insertInto('session').values(session).execute(),
    session: (id: string) => db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst(),
    /** Not revoked, newest first. */
    sessionsOf: (userId: string): Promise<SessionRow[]> =>
      db
        .selectFrom('session')
        .selectAll()
        .where('user_id', '=', userId)
        .where('revoked_at', 'is', null)
        .orderBy('last_used_at', 'desc')
        .orderBy('id')
        .execute(),
    useSession: (id: string, at: number) =>
      db.updateTable('session').set({ last_used_at: at }).where('id', '=', id).where('revoked_at', 'is', null).execute(),
    revokeSession: (id: string, at: number) =>
      db.updateTable('session').set({ revoked_at: at }).where('id', '=', id).where('revoked_at', 'is', null).execute(),
    forgetSessionsBefore: (time: number) => db.deleteFrom('session').where('created_at', '<', time).execute(),
  };
}
