import { openDatabase } from '../adapters/sqlite/database.ts';
import type { Clock } from '../lib/clock.ts';
import type { OpenDatabase } from '../lib/open-database.ts';

export interface StoreParts {
  /** SQLite's file, where there is no `databaseUrl`. */
  file: string;
  databaseUrl: string | undefined;
  clock: Clock;
  /** Whether no other Clawmoor may have it meanwhile. The file has a lock of its own: see `lockDatabase`. */
  alone: boolean;
  busyTimeoutMs?: number | undefined;
  /** Do not make a new one. */
  mustExist?: boolean;
  /** Called before a new one is made. May throw. */
  onEmpty?: () => void;
}

/** Opens the store that the configuration names. What speaks with PostgreSQL is loaded only where it is used. */
export async function openStore({ file, databaseUrl, busyTimeoutMs, ...parts }: StoreParts): Promise<OpenDatabase> {
  const busy = busyTimeoutMs !== undefined && { busyTimeoutMs };
  if (databaseUrl === undefined) return openDatabase(file, { ...parts, ...busy });
  const { openPostgres } = await import('../adapters/postgres/database.ts');
  return openPostgres({ url: databaseUrl, ...parts, ...busy, onLost: end });
}

/** Two processes that both drive tasks would do harm: this one ends, and whoever watches it starts it anew. */
function end(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
