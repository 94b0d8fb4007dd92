import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type RolloutRow = Selectable<Tables['rollout']>;
export type RolloutServerRow = Selectable<Tables['rollout_server']>;

export function rolloutsStore(db: Database) {
  return {
    add: (row: Insertable<Tables['rollout']>, servers: Insertable<Tables['rollout_server']>[]): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        await transaction.insertInto('rollout').values(row).execute();
        await transaction.insertInto('rollout_server').values(servers).execute();
      }),
    get: (id: string): Promise<RolloutRow | undefined> => db.selectFrom('rollout').selectAll().where('id', '=', id).executeTakeFirst(),
    of: (userId: string, limit: number): Promise<RolloutRow[]> =>
      db.selectFrom('rollout').selectAll().where('created_by', '=', userId).orderBy('created_at', 'desc').limit(limit).execute(),
    running: (): Promise<RolloutRow[]> => db.selectFrom('rollout').selectAll().where('state', '=', 'running').execute(),
    servers: (id: string): Promise<RolloutServerRow[]> =>
      db.selectFrom('rollout_server').selectAll().where('rollout_id', '=', id).orderBy('position').execute(),
    update: (id: string, row: Updateable<Tables['rollout']>) => db.updateTable('rollout').set(row).where('id', '=', id).execute(),
    updateServer: (id: string, serverId: string, row: Updateable<Tables['rollout_server']>) =>
      db.updateTable('rollout_server').set(row).where('rollout_id', '=', id).where('server_id', '=', serverId).execute(),
    /** Servers that have not been begun will not be. */
    skipRest: (id: string) =>
      db.updateTable('rollout_server').set({ state: 'skipped' }).where('rollout_id', '=', id).where('state', '=', 'waiting').execute(),
  };
}
