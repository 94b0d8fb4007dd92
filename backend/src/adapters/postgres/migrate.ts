import type { Client } from 'pg';
import { MigrationRefused } from '../../lib/open-database.ts';
import { checksumOf, refuseStrangers } from '../sqlite/migrate.ts';
import type { Migration } from '../sqlite/migrations/list.ts';
import { toPostgres } from './translate.ts';

/** Everything of ours stands in this schema: a restore exchanges it as a whole. */
export const SCHEMA = 'clawmoor';

interface MigrateParts {
  migrations: readonly Migration[];
  now: () => number;
  /** Called, before anything is made, where the database holds nothing of ours yet. May throw. */
  onEmpty?: () => void;
}

/**
 * Brings the schema up to `migrations`, each in a transaction of its own. Names and checksums are those of SQLite, so that
 * both stores know the same past. Throws `MigrationRefused` when the database is newer than this build or of another one.
 */
export async function migratePostgres(client: Client, { migrations, now, onEmpty }: MigrateParts): Promise<void> {
  const applied = await appliedTo(client);
  if (!applied) {
    onEmpty?.();
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migration (name TEXT COLLATE "C" PRIMARY KEY, checksum TEXT NOT NULL, at BIGINT NOT NULL)',
    );
  }
  refuseStrangers(applied ?? [], migrations);
  for (const { name, sql } of migrations.slice(applied?.length ?? 0)) {
    try {
      await client.query(`BEGIN; SET LOCAL statement_timeout = 0;\n${toPostgres(sql)}`);
      await client.query('INSERT INTO migration (name, checksum, at) VALUES ($1, $2, $3)', [name, checksumOf(sql), now()]);
      await client.query('COMMIT');
    } catch (cause) {
      await client.query('ROLLBACK').catch(() => {}); // what failed first is told
      throw new MigrationRefused(`The migration ${name} failed; the database is as it was before it`, { cause });
    }
  }
}

/** The database's past; `undefined` where there is none. */
export async function appliedTo(client: Client): Promise<{ name: string; checksum: string }[] | undefined> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [`${SCHEMA}.migration`]);
  if (!rows[0]?.there) return undefined;
  return (await client.query<{ name: string; checksum: string }>('SELECT name, checksum FROM migration ORDER BY name')).rows;
}
