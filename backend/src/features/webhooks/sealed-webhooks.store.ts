import type { SealedColumn } from '../../lib/sealed-column.ts';
import type { Database } from '../../lib/tables.ts';

/** Bound to its row: moved to another webhook it does not open. */
export const aadOf = (webhookId: string): string => `webhook:secret:${webhookId}`;

/** The keys that deliveries are signed with. */
export function sealedWebhooks(db: Database): SealedColumn {
  return {
    name: 'webhook.secret',
    async page(after, limit) {
      const rows = await db.selectFrom('webhook').select(['id', 'secret']).where('id', '>', after).orderBy('id').limit(limit).execute();
      return rows.map(({ id, secret }) => ({ key: id, envelope: secret, aad: aadOf(id) }));
    },
    replace: (changes) =>
      db.transaction().execute(async (trx) => {
        let replaced = 0;
        for (const { key, envelope, resealed } of changes) {
          const update = trx.updateTable('webhook').set({ secret: resealed }).where('id', '=', key).where('secret', '=', envelope);
          replaced += Number((await update.executeTakeFirst()).numUpdatedRows);
        }
        return replaced;
      }),
  };
}
