import { Kysely } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../lib/clock.ts';
import type { OpenDatabase } from '../../lib/open-database.ts';
import { MigrationRefused } from '../../lib/open-database.ts';
import type { Tables } from '../../lib/tables.ts';
import { migrations } from '../sqlite/migrations/list.ts';
import { connectionSettings } from './connection.ts';
import { putBack } from './exchange.ts';
import { migratePostgres } from './migrate.ts';
import { oneWriterDialect } from './one-writer.ts';
import { away } from './postgres.problems.ts';
import { openWriter, type Writer } from './writer.ts';

// Reads that run side by side; the writer is one more.
const READERS = 8;

export interface PostgresParts {
  /** postgres://user:password@host:port/database */
  url: string;
  clock: Clock;
  /** Whether no other Clawmoor may have the database meanwhile; a command that runs beside one says `false`. */
  alone: boolean | 'if free';
  /** How long a transaction waits for another process's. */
  busyTimeoutMs?: number;
  /** Do not make a new one. */
  mustExist?: boolean;
  /** Called before a new one is made. May throw. */
  onEmpty?: () => void;
  /** The database was taken by another process while the connection was lost. */
  onLost?: (error: Error) => void;
}

/**
 * Opens the database and brings its schema up to date. Throws `DataFolderRefused` where another Clawmoor has it,
 * `MigrationRefused` where it does not fit this build or cannot be reached.
 */
export async function openPostgres(parts: PostgresParts): Promise<OpenDatabase> {
  const { url, clock, alone, busyTimeoutMs, mustExist = false, onLost = () => {} } = parts;
  const settings = connectionSettings(url, busyTimeoutMs);
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(settings);
    await client.connect();
    return client;
  };
  const onEmpty = mustExist ? refuseEmpty : parts.onEmpty;
  const writer = await openWriter({ connect, alone, onLost }).catch(reachable);
  const readers = new pg.Pool({ ...settings, max: READERS });
  // A connection that breaks off while nobody uses it is replaced by the pool; unheard, the event would end the process.
  readers.on('error', () => {});
  const db = new Kysely<Tables>({ dialect: oneWriterDialect({ readers, writer }) });
  const close = async (): Promise<void> => {
    if (readers.ending) return;
    await Promise.all([writer.close(), readers.end()]);
    await db.destroy();
  };
  try {
    const version = await prepare(writer, { now: clock.now, ...(onEmpty && { onEmpty }) });
    return {
      db,
      alone: writer.alone,
      engine: { name: 'postgres', version },
      async checkWritable() {
        const { client, done } = await writer.take();
        try {
          await client.query(`BEGIN; UPDATE setting SET value = value WHERE key = 'canary'; ROLLBACK`);
        } catch (error) {
          throw away(error);
        } finally {
          done();
        }
      },
      async size() {
        const { rows } = await readers.query<{ bytes: number; connections: number }>(
          `SELECT pg_database_size(current_database()) AS bytes,
            (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections`,
        );
        return { bytes: rows[0]?.bytes ?? 0, connections: rows[0]?.connections ?? 0 };
      },
      checkpoint: () => true, // PostgreSQL's own work
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepare(writer: Writer, parts: { now: () => number; onEmpty?: () => void }): Promise<string> {
  const { client, done } = await writer.take();
  try {
    if (writer.alone) await putBack(client);
    await migratePostgres(client, { migrations, ...parts });
    return await versionOf(client);
  } finally {
    done();
  }
}

const versionOf = async (client: pg.Client): Promise<string> =>
  (await client.query<{ server_version: string }>('SHOW server_version')).rows[0]?.server_version ?? '';

function reachable(error: unknown): never {
  if (error instanceof Error && error.name === 'DataFolderRefused') throw error;
  const why = error instanceof Error ? error.message || String((error as { code?: unknown }).code) : String(error);
  throw new MigrationRefused(`PostgreSQL cannot be reached at DATABASE_URL: ${why}. Is it running, and are name and password right?`, {
    cause: error,
  });
}

const refuseEmpty = (): never => {
  throw new MigrationRefused('There is nothing of Clawmoor in the database of DATABASE_URL. Is it the right one?');
};
