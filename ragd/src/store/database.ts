import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from './migrations.ts';

/** Opens one agent's file with sqlite-vec loaded, and brings its tables up to date; a copy is made before an existing file changes. */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { allowExtension: true, timeout: 5_000 });
  try {
    db.loadExtension(vectorLibrary());
    db.enableLoadExtension(false);
    // Large pages: a vector is 3 KiB and more. It only counts for a new file.
    // 8 MiB of cache: the query's memory is this, not the size of the file. Deleted content is overwritten with zeros.
    db.exec(
      'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -8192',
    );
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A second, read-only view of the file as it is now: what is written later does not show in it. */
export function openSnapshot(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { allowExtension: true, readOnly: true, timeout: 5_000 });
  try {
    db.loadExtension(vectorLibrary());
    db.enableLoadExtension(false);
    db.exec('PRAGMA cache_size = -2048; BEGIN');
    db.prepare('SELECT count(*) FROM meta').get(); // the first read is what fixes the view
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** All or nothing: what `work` wrote is there afterwards, or none of it. */
export function transaction<Result>(db: DatabaseSync, work: () => Result): Result {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Empties the write-ahead log, so that what was deleted is in no file any more. */
export const checkpoint = (db: DatabaseSync): void => void db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();

/** What SQLite finds wrong in the file; nothing when it is whole. */
export const integrityFaults = (db: DatabaseSync): string[] =>
  db
    .prepare('PRAGMA integrity_check')
    .all()
    .map((row) => String(row['integrity_check']))
    .filter((line) => line !== 'ok');

/** Failed to write, sync, truncate, or enlarge the shared memory. */
const SQLITE_IOERR_OF_WRITES = [778, 1034, 1546, 4874];
const SQLITE_FULL = 13;

/** A write that found no room; where the disk has a quota it is reported as a failed write. */
export const isDiskFull = (errcode: number | undefined): boolean =>
  errcode === SQLITE_FULL || SQLITE_IOERR_OF_WRITES.includes(errcode ?? 0);

/** A lock of the kernel's on a file; `undefined` while another process holds it. */
export function tryLock(path: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch {
    lock.close();
    return undefined;
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > migrations.length)
    throw new Error(`${path} is at version ${version}, newer than this build (${migrations.length}). Install the newer build again.`);
  if (version > 0 && version < migrations.length) {
    const copy = `${path}.before-${migrations.length}`;
    if (!existsSync(copy)) db.prepare('VACUUM INTO ?').run(copy);
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    transaction(db, () => {
      db.exec(sql);
      db.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

/** In the bundle it lies beside it; in development it comes from the package of this platform. */
function vectorLibrary(): string {
  const platform = `${process.platform}-${process.arch}`;
  const bundled = join(import.meta.dirname, 'native', platform, 'vec0.so');
  if (existsSync(bundled)) return bundled;
  const ending = { darwin: 'dylib', win32: 'dll' }[process.platform as string] ?? 'so';
  return createRequire(import.meta.url).resolve(`sqlite-vec-${platform}/vec0.${ending}`);
}
