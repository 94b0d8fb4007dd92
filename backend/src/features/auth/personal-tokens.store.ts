import type { Insertable, Selectable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type TokenRow = Selectable<Tables['personal_token']>;

export function personalTokensStore(db: Database) {
  return {
    /** Answers whether there was room: counted and added in one transaction. */
    add: (row: Insertable<Tables['personal_token']>, { most, now }: { most: number; now: number }): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { count } = await trx
          .selectFrom('personal_token')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('user_id', '=', row.user_id)
          .where('expires_at', '>', now)
          .executeTakeFirstOrThrow();
        if (Number(count) >= most) return false;
        await trx.insertInto('personal_token').values(row).execute();
        return true;
      }),
    byHash: (hash: string): Promise<(TokenRow & { first_name: string }) | undefined> =>
      db
        .selectFrom('personal_token')
        .innerJoin('user', 'user.id', 'personal_token.user_id')
        .selectAll('personal_token')
        .select('user.first_name')
        .where('personal_token.hash', '=', hash)
        .executeTakeFirst(),
    of: (userId: string, now: number): Promise<TokenRow[]> =>
      db
        .selectFrom('personal_token')
        .selectAll()
        .where('user_id', '=', userId)
        .where('expires_at', '>', now)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute(),
    use: (id: string, now: number) => db.updateTable('personal_token').set({ last_used_at: now }).where('id', '=', id).execute(),
    remove: (id: string, userId: string): Promise<TokenRow | undefined> =>
      db.deleteFrom('personal_token').where('id', '=', id).where('user_id', '=', userId).returningAll().executeTakeFirst(),
    forgetBefore: (time: number) => db.deleteFrom('personal_token').where('expires_at', '<=', time).execute(),
  };
}
