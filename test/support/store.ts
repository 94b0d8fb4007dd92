import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, it } from 'vitest';
import type { Clock } from '../../backend/src/lib/clock.ts';
import type { OpenDatabase } from '../../backend/src/lib/open-database.ts';
import type { Database } from '../../backend/src/lib/tables.ts';
import { openStore } from '../../backend/src/world/store.ts';
import type { TestPostgres } from './postgres.ts';

/** `CLAWMOOR_STORE=postgres npm test` runs every world on PostgreSQL; `store-setup.ts` has started it. */
const server = process.env['CLAWMOOR_TEST_POSTGRES'];
export const onPostgres = server !== undefined;
/** For what is about the file itself; `postgres.test.ts` has its counterpart. */
export const itOnSqlite = it.skipIf(onPostgres);
export const describeOnSqlite = describe.skipIf(onPostgres);

/** What the environment of a world needs for its store; worlds on the same file share a database. */
export async function storeOf(file: string): Promise<Record<string, string>> {
  if (server === undefined) return {};
  const { url } = JSON.parse(server) as { url: string };
  const name = `world_${createHash('sha256').update(file).digest('hex').slice(0, 24)}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  } finally {
    await client.end();
  }
  return { DATABASE_URL: url.replace('/postgres?', `/${name}?`) };
}

/** A store as the stores' statements see it, on whichever the run is about. */
export async function openTestStore(file: string, { clock }: { clock: Clock }): Promise<OpenDatabase> {
  const { DATABASE_URL } = await storeOf(file === ':memory:' ? randomBytes(12).toString('hex') : file);
  return openStore({ file, databaseUrl: DATABASE_URL, clock, alone: false });
}

/** Somebody with the rights of an administrator of the database: what only the triggers of the audit log forbid, they do. */
export async function tamper(db: Database, ...changes: string[]): Promise<void> {
  const where = onPostgres ? ' ON audit' : '';
  for (const trigger of ['update', 'delete']) await sql.raw(`DROP TRIGGER audit_is_append_only_${trigger}${where}`).execute(db);
  for (const change of changes) await sql.raw(change).execute(db);
}

export const handOver = ({ urlOf }: TestPostgres): string => JSON.stringify({ url: urlOf('postgres') });
