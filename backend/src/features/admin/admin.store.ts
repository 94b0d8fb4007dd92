import type { Database } from '../../lib/tables.ts';

/** Single facts about this installation. */
export function adminStore(db: Database) {
  return {
    read: async (key: string): Promise<string | undefined> =>
      (await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst())?.value,
    write: (key: string, value: string) =>
      db
        .insertInto('setting')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute(),
  };
}
