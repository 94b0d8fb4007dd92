import type { SealedColumn } from '../../lib/sealed-column.ts';
import type { Database } from '../../lib/tables.ts';

/** Bound to its server: moved to another one it does not open. */
export const aadOf = (serverId: string): string => `rag:token:${serverId}`;

/** The tokens that the document searches of servers are administered with. */
export function sealedRag(db: Database): SealedColumn {
  return {
    name: 'rag_service.token',
    async page(after, limit) {
      const query = db
        .selectFrom('rag_service')
        .select(['server_id', 'token'])
        .where('server_id', '>', after)
        .orderBy('server_id')
        .limit(limit);
      return (await query.execute()).map(({ server_id: key, token }) => ({ key, envelope: token, aad: aadOf(key) }));
    },
    replace: (changes) =>
      db.transaction().execute(async (trx) => {
        let replaced = 0;
        for (const { key, envelope, resealed } of changes) {
          const update = trx.updateTable('rag_service').set({ token: resealed }).where('server_id', '=', key).where('token', '=', envelope);
          replaced += Number((await update.executeTakeFirst()).numUpdatedRows);
        }
        return replaced;
      }),
  };
}
