import { Kysely } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../lib/clock.ts';
import type { OpenDatabase } from '../../lib/open-database.ts';
import { MigrationRefused } from '../../lib/open-database.ts';
import type { Tables } from '../../lib/tables.ts';
import { migrations } from '../sqlite/migrations/list.ts';
import { migratePostgres, SCHEMA } from './migrate.ts';
import { oneWriterDialect } from './one-writer.ts';
import { away } from './postgres.problems.ts';
import { openWriter } from './writer.ts';

// Reads that run side by side; the writer is one more.
const READERS = 8;
const CONNECT_WITHIN_MS = 10_000;
const LOCK_WITHIN_MS = 5_000;
const STATEMENT_WITHIN_MS = 60_000;

export interface PostgresParts {
  /** postgres://user:password@host:port/database */
  url: string;
  clock: Clock;
  /** Whether no other Clawmoor may have the database meanwhile; a command that runs beside one says `false`. */
  alone: boolean;
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
  const { url, clock, alone, busyTimeoutMs = LOCK_WITHIN_MS, mustExist = false, onLost = () => {} } = parts;
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
    await db.destroy();
    await Promise.all([writer.close(), readers.end()]);
  };
  try {
    const turn = await writer.take();
    const version = await migratePostgres(turn.client, { migrations, now: clock.now, ...(onEmpty && { onEmpty }) })
      .then(() => versionOf(turn.client))
      .finally(turn.done);
    return {
      db,
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

/** How each connection of ours is set up, whatever the server's defaults are. */
export function connectionSettings(url: string, lockWithinMs = LOCK_WITHIN_MS): pg.ClientConfig {
  const limits = {
    search_path: SCHEMA,
    lock_timeout: lockWithinMs,
    statement_timeout: STATEMENT_WITHIN_MS,
    idle_in_transaction_session_timeout: STATEMENT_WITHIN_MS,
    timezone: 'UTC',
  };
  return {
    connectionString: url,
    application_name: 'clawmoor',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    options: Object.entries(limits)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    types: { getTypeParser: (id, format) => NUMBERS.get(id) ?? pg.types.getTypeParser(id, format) },
  };
}

// Counts, sums and times fit a number: milliseconds since the epoch do for 285,000 years.
const NUMBERS = new Map<number, (text: string) => number>([
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.NUMERIC, Number],
]);

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
