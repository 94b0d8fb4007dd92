import { sql, type Selectable, type Updateable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type MonitoringRow = Selectable<Tables['monitoring']>;

export function monitorStore(db: Database) {
  return {
    /** Servers that can be looked at: switched on, and their host key was confirmed. */
    watched: async (): Promise<string[]> => {
      const rows = await db
        .selectFrom('server')
        .innerJoin('host_key', (join) =>
          join.onRef('host_key.server_id', '=', 'server.id').on('hop', '=', 'server').on('standing', '=', 'pinned'),
        )
        .leftJoin('monitoring', 'monitoring.server_id', 'server.id')
        .select('server.id')
        .where((eb) => eb.or([eb('monitoring.enabled', 'is', null), eb('monitoring.enabled', '=', 1)]))
        .orderBy('server.id')
        .execute();
      return rows.map(({ id }) => id);
    },
    get: (serverId: string): Promise<MonitoringRow | undefined> =>
      db.selectFrom('monitoring').selectAll().where('server_id', '=', serverId).executeTakeFirst(),
    /** Makes the row where there is none; answers it. `undefined`: the server is gone. */
    async ensure(serverId: string): Promise<MonitoringRow | undefined> {
      await sql`INSERT INTO monitoring (server_id) SELECT id FROM server WHERE id = ${serverId} ON CONFLICT DO NOTHING`.execute(db);
      return this.get(serverId);
    },
    update: (serverId: string, row: Updateable<Tables['monitoring']>) =>
      db.updateTable('monitoring').set(row).where('server_id', '=', serverId).execute(),
    /** It answered: what is said of its state is from now. */
    seen: (serverId: string, at: number) =>
      db.updateTable('server').set({ state_at: at }).where('id', '=', serverId).where('state', '=', 'online').execute(),
    nameOf: async (serverId: string): Promise<string | undefined> =>
      (await db.selectFrom('server').select('name').where('id', '=', serverId).executeTakeFirst())?.name,
  };
}
