import type { Insertable, Selectable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type BackupRow = Selectable<Tables['backup']>;
export type RehearsalRow = Selectable<Tables['rehearsal']>;

const FAILED = 'backup_failed';

export function backupsStore(db: Database) {
  return {
    add: (row: Insertable<Tables['backup']>) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('backup').values(row).execute();
        await trx.deleteFrom('setting').where('key', '=', FAILED).execute();
      }),
    /** Newest first. */
    all: (): Promise<BackupRow[]> =>
      db.selectFrom('backup').selectAll().orderBy('created_at', 'desc').orderBy('filename', 'desc').execute(),
    get: (filename: string) => db.selectFrom('backup').selectAll().where('filename', '=', filename).executeTakeFirst(),
    remove: (filename: string) => db.deleteFrom('backup').where('filename', '=', filename).execute(),
    setUpload: (filename: string, upload: { uploaded_at: number | null; upload_error: string | null }) =>
      db.updateTable('backup').set(upload).where('filename', '=', filename).execute(),
    addRehearsal: (row: Insertable<Tables['rehearsal']>) => db.insertInto('rehearsal').values(row).execute(),
    lastRehearsal: () => db.selectFrom('rehearsal').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst(),
    /** Why the last try failed, and when; gone after a good one. */
    failure: async (): Promise<{ at: number; message: string } | undefined> => {
      const row = await db.selectFrom('setting').select('value').where('key', '=', FAILED).executeTakeFirst();
      if (!row) return undefined;
      const at = row.value.indexOf(' ');
      return { at: Number(row.value.slice(0, at)), message: row.value.slice(at + 1) };
    },
    setFailure: (at: number, message: string) =>
      db
        .insertInto('setting')
        .values({ key: FAILED, value: `${at} ${message}` })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: `${at} ${message}` }))
        .execute(),
  };
}
