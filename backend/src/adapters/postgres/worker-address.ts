import pg from 'pg';
import { WORKER } from '../../lib/open-database.ts';
import { connectionSettings } from './connection.ts';

/** Asks who works, without opening the database as a store: a newer version that stands by must not migrate it yet. */
export function createWorkerFinder(url: string): { find: () => Promise<string | undefined>; close: () => Promise<void> } {
  const pool = new pg.Pool({ ...connectionSettings(url), max: 1, idleTimeoutMillis: 10_000 });
  pool.on('error', () => {}); // the next question connects again
  return {
    find: async () => (await pool.query<{ value: string }>('SELECT value FROM setting WHERE key = $1', [WORKER])).rows[0]?.value,
    close: () => pool.end(),
  };
}
