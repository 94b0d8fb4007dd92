import type { Database } from '../../lib/tables.ts';

/** Which updates were taken up. */
export function updatesStore(db: Database) {
  return {
    /** `false`: somebody has taken this one already. */
    take: async (updateId: number, at: number): Promise<boolean> => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('bot_update')
        .values({ update_id: updateId, at })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return Number(numInsertedOrUpdatedRows ?? 0) > 0;
    },
    last: async (): Promise<number | undefined> => {
      const { id } = await db
        .selectFrom('bot_update')
        .select((eb) => eb.fn.max<number | null>('update_id').as('id'))
        .executeTakeFirstOrThrow();
      return id === null ? undefined : Number(id);
    },
    forgetBefore: (time: number) => db.deleteFrom('bot_update').where('at', '<', time).execute(),
  };
}
