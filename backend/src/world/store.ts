import { createDatabaseFiles } from '../adapters/sqlite/database-files.ts';
import { openDatabase } from '../adapters/sqlite/database.ts';
import type { Clock } from '../lib/clock.ts';
import type { DatabaseFiles } from '../lib/database-files.ts';
import type { OpenDatabase } from '../lib/open-database.ts';

export interface Store extends OpenDatabase {
  /** What makes and reads copies of it. */
  files: DatabaseFiles;
}

export interface StoreParts {
  /** SQLite's file, where there is no `databaseUrl`. */
  file: string;
  databaseUrl: string | undefined;
  clock: Clock;
  /** Whether no other Clawmoor may have it meanwhile. The file has a lock of its own: see `lockDatabase`. */
  alone: boolean | 'if free';
  busyTimeoutMs?: number | undefined;
  /** Do not make a new one. */
  mustExist?: boolean;
  /** Called before a new one is made. May throw. */
  onEmpty?: () => void;
}

/** Opens the store that the configuration names. What speaks with PostgreSQL is loaded only where it is used. */
export async function openStore({ file, databaseUrl, busyTimeoutMs, ...parts }: StoreParts): Promise<Store> {
  const busy = busyTimeoutMs !== undefined && { busyTimeoutMs };
  if (databaseUrl === undefined) return { ...(await openDatabase(file, { ...parts, ...busy })), files: createDatabaseFiles() };
  const [{ openPostgres }, { createDumpFiles }] = await Promise.all([
    import('../adapters/postgres/database.ts'),
    import('../adapters/postgres/dump-files.ts'),
  ]);
  return { ...(await openPostgres({ url: databaseUrl, ...parts, ...busy, onLost: end })), files: createDumpFiles(databaseUrl) };
}

/** Two processes that both drive tasks would do harm: this one ends, and whoever watches it starts it anew. */
function end(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
