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
    isMember: async (userId: string): Promise<boolean> =>
      (await db.selectFrom('member').select('server_id').where('user_id', '=', userId).limit(1).executeTakeFirst()) !== undefined,
    addSession: (session: Insertable<Tables['session']>) => db.insertInto('session').values(session).execute(),
    session: (id: string) => db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst(),
    useSession: (id: string, at: number) =>
      db.updateTable('session').set({ last_used_at: at }).where('id', '=', id).where('revoked_at', 'is', null).execute(),
    revokeSession: (id: string, at: number) =>
      db.updateTable('session').set({ revoked_at: at }).where('id', '=', id).where('revoked_at', 'is', null).execute(),
  };
}
