import pg from 'pg';
import { connectionSettings } from './connection.ts';
import { migrations } from '../sqlite/migrations/list.ts';
import { appliedTo, migratePostgres, SCHEMA } from './migrate.ts';
import { copyRows, type MovedTable } from './move.ts';
import { openWriter } from './writer.ts';

/** What was there before a restore that has not ended; a start that finds it puts it back. */
const BEFORE = `${SCHEMA}_before`;

/** The database, held so that no Clawmoor runs on it. */
export interface HeldDatabase {
  /** Whether there is anything of ours in it. */
  inUse: boolean;
  /** Makes room for another one; until `keepNew` the old one comes back at the next start, whatever happens. */
  setAside(): Promise<void>;
  /** The tables of this build, with every row of a SQLite file. */
  fill(file: string, now: () => number): Promise<MovedTable[]>;
  putBack(): Promise<void>;
  keepNew(): Promise<void>;
  release(): Promise<void>;
}

/** Throws `DataFolderRefused` while a Clawmoor runs on it. */
export async function holdDatabase(url: string): Promise<HeldDatabase> {
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(connectionSettings(url));
    await client.connect();
    await client.query('SET statement_timeout = 0');
    return client;
  };
  // A connection that is lost has lost the lock as well: the next statement fails, and the next start puts back what was there.
  const writer = await openWriter({ connect, alone: true, onLost: () => {} });
  const { client, done } = await writer.take();
  await putBack(client);
  return {
    inUse: (await appliedTo(client)) !== undefined,
    async setAside() {
      // In one statement text, PostgreSQL takes it as one transaction. Without an old one, an empty one stands for it.
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}; ALTER SCHEMA ${SCHEMA} RENAME TO ${BEFORE}`);
    },
    async fill(file, now) {
      await migratePostgres(client, { migrations, now });
      return copyRows(client, file);
    },
    putBack: () => putBack(client),
    keepNew: async () => void (await client.query(`DROP SCHEMA ${BEFORE} CASCADE`)),
    async release() {
      done();
      await writer.close();
    },
  };
}

/** Ends a restore that was killed, as if it had not begun. For whoever holds the database. */
export async function putBack(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS there', [BEFORE]);
  if (!rows[0]?.there) return;
  await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE; ALTER SCHEMA ${BEFORE} RENAME TO ${SCHEMA}`);
}
