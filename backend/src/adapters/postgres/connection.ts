import pg from 'pg';
import { SCHEMA } from './migrate.ts';

const CONNECT_WITHIN_MS = 10_000;
const LOCK_WITHIN_MS = 5_000;
const STATEMENT_WITHIN_MS = 60_000;

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
