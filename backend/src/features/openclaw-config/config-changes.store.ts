import type { Selectable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type ChangeRow = Selectable<Tables['config_change']>;
type ChangeState = ChangeRow['state'];

// Enough to look back on; older ones are of no use to undo.
const KEPT_PER_SERVER = 200;

export type ConfigChangesStore = ReturnType<typeof configChangesStore>;

/** The changes that were made from here. */
export function configChangesStore(db: Database) {
  return {
    async add(row: ChangeRow): Promise<void> {
      await db.insertInto('config_change').values(row).execute();
      const old = db
        .selectFrom('config_change')
        .select('id')
        .where('server_id', '=', row.server_id)
        .where('state', 'not in', ['pending', 'watched'])
        .orderBy('at', 'desc')
        .limit(10_000)
        .offset(KEPT_PER_SERVER);
      await db.deleteFrom('config_change').where('id', 'in', old).execute();
    },
    async update(id: string, change: Partial<Pick<ChangeRow, 'changes' | 'restarts' | 'state'>>): Promise<void> {
      await db.updateTable('config_change').set(change).where('id', '=', id).execute();
    },
    async remove(id: string): Promise<void> {
      await db.deleteFrom('config_change').where('id', '=', id).execute();
    },
    async get(id: string): Promise<ChangeRow | undefined> {
      return db.selectFrom('config_change').selectAll().where('id', '=', id).executeTakeFirst();
    },
    list: (serverId: string): Promise<(ChangeRow & { first_name: string })[]> =>
      db
        .selectFrom('config_change')
        .innerJoin('user', 'user.id', 'config_change.by_user')
        .selectAll('config_change')
        .select('user.first_name')
        .where('server_id', '=', serverId)
        .where('state', '<>', 'pending')
        .orderBy('at', 'desc')
        .limit(KEPT_PER_SERVER)
        .execute(),
    /** Left by a process that ended between the change and its end. */
    unsettled: (): Promise<ChangeRow[]> =>
      db
        .selectFrom('config_change')
        .selectAll()
        .where('state', 'in', ['pending', 'watched'] satisfies ChangeState[])
        .execute(),
  };
}
