import type { Database } from '../../lib/tables.ts';

export function preferencesStore(db: Database) {
  return {
    /** As JSON; `undefined` for a person who never changed anything. */
    notifications: async (userId: string): Promise<string | undefined> =>
      (await db.selectFrom('preference').select('notifications').where('user_id', '=', userId).executeTakeFirst())?.notifications,
    /** Reads and writes in one transaction, so that of two changes in part neither is lost. */
    change: (userId: string, at: number, change: (notifications: string | undefined) => string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const row = await trx.selectFrom('preference').select('notifications').where('user_id', '=', userId).executeTakeFirst();
        const notifications = change(row?.notifications);
        await trx
          .insertInto('preference')
          .values({ user_id: userId, notifications, updated_at: at })
          .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ notifications, updated_at: at }))
          .execute();
      }),
  };
}
