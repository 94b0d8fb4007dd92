import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import type BetterSqlite from 'better-sqlite3';
import { MigrationRefused } from '../../lib/open-database.ts';
import type { Migration } from './migrations/list.ts';

export const checksumOf = (sql: string): string => createHash('sha256').update(sql).digest('hex');

/**
 * Brings the schema up to `migrations`, each in a transaction of its own, after a copy of the file beside it
 * (`<file>.before-<name>`). Throws `MigrationRefused` when the file is newer than this build or an old migration was edited.
 */
export function migrate(db: BetterSqlite.Database, migrations: readonly Migration[], now: () => number): void {
  db.exec('CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, at INTEGER NOT NULL) STRICT');
  const applied = db.prepare<[], { name: string; checksum: string }>('SELECT name, checksum FROM migration ORDER BY name').all();
  refuseStrangers(applied, migrations);
  const waiting = migrations.slice(applied.length);
  const first = waiting[0];
  if (!first) return;
  if (applied.length > 0 && !db.memory) copyBefore(db, first.name);
  const record = db.prepare('INSERT INTO migration (name, checksum, at) VALUES (?, ?, ?)');
  for (const { name, sql } of waiting) {
    try {
      db.transaction(() => {
        db.exec(sql);
        record.run(name, checksumOf(sql), now());
      }).immediate();
    } catch (cause) {
      throw new MigrationRefused(`The migration ${name} failed; the database is as it was before it`, { cause });
    }
  }
}

/** Throws `MigrationRefused` where a database's past is not the beginning of ours. */
export function refuseStrangers(applied: readonly { name: string; checksum: string }[], migrations: readonly Migration[]): void {
  for (const [index, { name, checksum }] of applied.entries()) {
    const known = migrations[index];
    if (!known) {
      throw new MigrationRefused(
        `The database is newer than this build: it has the migration ${name}. Start the newer version of Clawmoor, or restore the copy that was made before it`,
      );
    }
    if (known.name !== name || checksumOf(known.sql) !== checksum) {
      throw new MigrationRefused(
        `The database was made by another build: its migration ${name} is not the one known here as ${known.name}`,
      );
    }
  }
}

function copyBefore(db: BetterSqlite.Database, name: string): void {
  const copy = `${db.name}.before-${name}`;
  rmSync(copy, { force: true }); // left by an earlier try that failed half-way
  db.prepare('VACUUM INTO ?').run(copy);
}
