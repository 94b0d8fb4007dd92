import type { Insertable, Selectable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type AuditRow = Selectable<Tables['audit']>;

const PAGE = 1_000;

export function auditStore(db: Database) {
  return {
    /** In one transaction: reads the last hash, makes the row from it, inserts it. */
    append: (make: (previousHash: string | undefined) => Insertable<Tables['audit']>) =>
      db.transaction().execute(async (trx) => {
        const last = await trx.selectFrom('audit').select('hash').orderBy('id', 'desc').limit(1).executeTakeFirst();
        await trx.insertInto('audit').values(make(last?.hash)).execute();
      }),
    async *all(): AsyncGenerator<AuditRow> {
      for (let after = 0; ;) {
        const rows = await db.selectFrom('audit').selectAll().where('id', '>', after).orderBy('id').limit(PAGE).execute();
        yield* rows;
        const last = rows.at(-1);
        if (!last) return;
        after = last.id;
      }
    },
  };
}
