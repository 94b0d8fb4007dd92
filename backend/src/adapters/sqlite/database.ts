import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Database, Tables } from '../../lib/tables.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/list.ts';

// How long a statement waits for another process's write lock before it answers "busy" (503).
const BUSY_TIMEOUT_MS = 5_000;

export interface OpenDatabase {
  db: Database;
  /** One write and its undoing: what readiness asks. Throws when the file cannot be written. */
  checkWritable: () => void;
  close: () => Promise<void>;
}

/**
 * Opens (and makes, mode 0600) the database file and brings its schema up to date. One connection: Kysely hands it to one
 * query or transaction at a time, so the statements of two transactions never mix. Throws `MigrationRefused`.
 */
export async function openDatabase(file: string, { clock }: { clock: Clock }): Promise<OpenDatabase> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const sqlite = new BetterSqlite(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    sqlite.pragma('journal_mode = WAL');
    // FULL: an answered change survives a power cut. It costs 36 µs instead of 9 µs for an audit row.
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    sqlite.pragma('trusted_schema = OFF');
    migrate(sqlite, migrations, clock.now);
    if (file !== ':memory:') chmodSync(file, 0o600);
  } catch (error) {
    sqlite.close();
    throw error;
  }
  const prepare = remembering((text: string) => sqlite.prepare(text));
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: { prepare, close: () => void sqlite.close() } }) });
  return {
    db,
    checkWritable: () => void sqlite.transaction(() => sqlite.pragma('user_version = 0')).immediate(),
    async close() {
      if (sqlite.open) sqlite.pragma('wal_checkpoint(TRUNCATE)');
      await db.destroy();
    },
  };
}

// The statements of the stores are some 200 texts; lists of ids make a few more.
const MOST_STATEMENTS = 1_000;

/** Preparing a statement costs as much as running it: 20 µs each, a fifth of a small request. */
function remembering<Statement>(prepare: (text: string) => Statement): (text: string) => Statement {
  const statements = new Map<string, Statement>();
  return (text) => {
    const known = statements.get(text);
    if (known) return known;
    const [oldest] = statements.keys();
    if (statements.size >= MOST_STATEMENTS && oldest !== undefined) statements.delete(oldest);
    const made = prepare(text);
    statements.set(text, made);
    return made;
  };
}

/** What a failed statement means to a caller: `internal.busy` for a lock held by another process, else `undefined`. */
export function databaseProblem(error: unknown): Problem | undefined {
  if (!(error instanceof BetterSqlite.SqliteError)) return undefined;
  if (!/^SQLITE_(BUSY|LOCKED)/.test(error.code)) return undefined;
  return new Problem('internal.busy', 'The database is busy with another write', {
    fix: 'Try again in a few seconds.',
    retryAfter: 5,
    cause: error,
  });
}
