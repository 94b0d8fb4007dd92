import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import { MigrationRefused, type OpenDatabase } from '../../lib/open-database.ts';
import { Problem } from '../../lib/problem.ts';
import type { Tables } from '../../lib/tables.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/list.ts';

// How long a statement waits for another process's write lock before it answers "busy" (503).
const BUSY_TIMEOUT_MS = 5_000;

interface OpenOptions {
  clock: Clock;
  /** Do not make a new one. */
  mustExist?: boolean;
  busyTimeoutMs?: number;
}

/**
 * Opens (and makes, mode 0600) the database file and brings its schema up to date. One connection: Kysely hands it to one
 * query or transaction at a time, so the statements of two transactions never mix. Throws `MigrationRefused`.
 */
export async function openDatabase(
  file: string,
  { clock, mustExist = false, busyTimeoutMs = BUSY_TIMEOUT_MS }: OpenOptions,
): Promise<OpenDatabase> {
  if (mustExist && !existsSync(file)) throw new MigrationRefused(`There is no database at ${file}. Is DATA_DIR the right one?`);
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const sqlite = new BetterSqlite(file, { timeout: busyTimeoutMs });
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
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKyselyUses(sqlite, prepare) }) });
  return {
    db,
    engine: { name: 'sqlite', version: process.versions['sqlite'] ?? '' },
    checkWritable: async () => void sqlite.transaction(() => sqlite.pragma('user_version = 0')).immediate(),
    size: async () => {
      const [pages, free, bytes] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
        Number(sqlite.pragma(name, { simple: true })),
      );
      const pageBytes = bytes ?? 0;
      const walBytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      return { bytes: (pages ?? 0) * pageBytes, walBytes, pages: pages ?? 0, freeBytes: (free ?? 0) * pageBytes };
    },
    checkpoint: () => {
      // Without a wait: a reader in another process would hold up every request until it is done.
      sqlite.pragma('busy_timeout = 0');
      try {
        const [row] = sqlite.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
        return row?.busy === 0;
      } catch {
        return false; // locked: the next try is a minute away
      } finally {
        sqlite.pragma(`busy_timeout = ${busyTimeoutMs}`);
      }
    },
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
  if (error.code === 'SQLITE_FULL') return storageFull(error);
  if (!/^SQLITE_(BUSY|LOCKED)/.test(error.code)) return undefined;
  return new Problem('internal.busy', 'The database is busy with another write', {
    fix: 'Try again in a few seconds.',
    retryAfter: 5,
    cause: error,
  });
}

export const storageFull = (cause: unknown): Problem =>
  new Problem('storage.full', 'The disk of this installation is full: nothing can be changed until there is room', {
    fix: 'Free space on the disk that holds DATA_DIR. What is stored can still be read.',
    retryAfter: 60,
    cause,
  });

/**
 * Kysely begins deferred transactions, whose first write does not wait for another process's lock; and it rolls back also
 * what SQLite has rolled back itself (a full disk), so that the failure of that would hide the first one.
 */
function asKyselyUses(sqlite: BetterSqlite.Database, prepare: (text: string) => BetterSqlite.Statement) {
  return {
    prepare(text: string) {
      if (text === 'begin') return prepare('begin immediate');
      return prepare(text === 'rollback' && !sqlite.inTransaction ? 'select 1' : text);
    },
    close: () => void sqlite.close(),
  };
}
