import type { SealedColumn } from '../lib/sealed-column.ts';
import type { Database } from '../lib/tables.ts';

export const aadOf = (taskId: string): string => `task:secrets:${taskId}`;

/** The secrets of open tasks. */
export function sealedTasks(db: Database): SealedColumn {
  return {
    name: 'task.secrets',
    async page(after, limit) {
      const rows = await db
        .selectFrom('task')
        .select(['id', 'secrets'])
        .where('secrets', 'is not', null)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id, secrets }) => ({ key: id, envelope: secrets ?? '', aad: aadOf(id) }));
    },
    replace: (changes) =>
      db.transaction().execute(async (trx) => {
        let replaced = 0;
        for (const { key, envelope, resealed } of changes) {
          const update = trx.updateTable('task').set({ secrets: resealed }).where('id', '=', key).where('secrets', '=', envelope);
          replaced += Number((await update.executeTakeFirst()).numUpdatedRows);
        }
        return replaced;
      }),
  };
}
