import type { Selectable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export interface Restored {
  now: number;
  /** Whose data folder it is put into. */
  installation: string | undefined;
  /** What the database in use knows of copies that are newer than this one. */
  backups: Selectable<Tables['backup']>[];
}

/** Makes a restored database safe to go on with: everybody signs in again, and nothing that was under way then is driven on. */
export async function settleRestored(db: Database, { now, installation, backups }: Restored): Promise<{ sessions: number; tasks: number }> {
  return db.transaction().execute(async (trx) => {
    const sessions = await trx.updateTable('session').set({ revoked_at: now }).where('revoked_at', 'is', null).executeTakeFirst();
    const tasks = await trx
      .updateTable('task')
      .set({ state: 'interrupted', finished_at: now, secrets: null })
      .where('state', 'in', ['queued', 'running'])
      .executeTakeFirst();
    await trx.deleteFrom('ticket').execute();
    // What was on its way when the copy was made has arrived since, or is no news any more.
    await trx
      .updateTable('outbox')
      .set({ state: 'dropped', why: 'restored' })
      .where('state', 'in', ['waiting', 'sending', 'held'])
      .execute();
    await trx
      .updateTable('webhook_delivery')
      .set({ state: 'failed', error: 'restored from a copy' })
      .where('state', '=', 'waiting')
      .execute();
    await trx.deleteFrom('escalation').execute();
    if (installation !== undefined)
      await trx.updateTable('setting').set({ value: installation }).where('key', '=', 'installation').execute();
    for (const row of backups) {
      await trx
        .insertInto('backup')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    return { sessions: Number(sessions.numUpdatedRows), tasks: Number(tasks.numUpdatedRows) };
  });
}
