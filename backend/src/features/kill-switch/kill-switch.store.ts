import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type KillRow = Selectable<Tables['kill_switch']>;

export function killSwitchStore(db: Database) {
  return {
    get: (serverId: string): Promise<KillRow | undefined> =>
      db.selectFrom('kill_switch').selectAll().where('server_id', '=', serverId).executeTakeFirst(),
    put: (row: Insertable<Tables['kill_switch']>) =>
      db
        .insertInto('kill_switch')
        .values(row)
        .onConflict((conflict) =>
          conflict.column('server_id').doUpdateSet({ state: row.state, mode: row.mode, by_name: row.by_name, at: row.at }),
        )
        .execute(),
    update: (serverId: string, row: Updateable<Tables['kill_switch']>) =>
      db.updateTable('kill_switch').set(row).where('server_id', '=', serverId).execute(),
    remove: (serverId: string) => db.deleteFrom('kill_switch').where('server_id', '=', serverId).execute(),
  };
}
