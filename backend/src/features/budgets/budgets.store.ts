import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type BudgetRow = Selectable<Tables['budget']>;

export function budgetsStore(db: Database) {
  return {
    ofServer: (serverId: string): Promise<BudgetRow[]> =>
      db.selectFrom('budget').selectAll().where('server_id', '=', serverId).orderBy('created_at').orderBy('id').execute(),
    get: (serverId: string, id: string): Promise<BudgetRow | undefined> =>
      db.selectFrom('budget').selectAll().where('server_id', '=', serverId).where('id', '=', id).executeTakeFirst(),
    insert: (row: Insertable<Tables['budget']>) => db.insertInto('budget').values(row).execute(),
    update: (id: string, row: Updateable<Tables['budget']>) => db.updateTable('budget').set(row).where('id', '=', id).execute(),
    remove: (id: string) => db.deleteFrom('budget').where('id', '=', id).execute(),
    servers: async (): Promise<string[]> =>
      (await db.selectFrom('budget').select('server_id').distinct().orderBy('server_id').execute()).map(({ server_id }) => server_id),
  };
}
