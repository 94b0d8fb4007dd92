import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { DataFolderRefused } from '../../lib/open-database.ts';

/**
 * Makes this process the only one on a database, until `release`. The lock is SQLite's own, on a file beside it: the
 * system lets go of it when the process ends, however it ends.
 */
export function lockDatabase(file: string): { release: () => void } {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lock = new BetterSqlite(`${file}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof BetterSqlite.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new DataFolderRefused(`Another Clawmoor works with ${file}. Stop it first, or choose another DATA_DIR.`);
  }
  return { release: () => void lock.close() };
}

export const guardFile = (file: string): string => `${file}.id`;

/** Which installation's database has to be here; `undefined` in a folder that was never used. */
export const readGuard = (file: string): string | undefined =>
  existsSync(guardFile(file)) ? readFileSync(guardFile(file), 'utf8').trim() : undefined;

export const writeGuard = (file: string, installation: string): void =>
  writeFileSync(guardFile(file), `${installation}\n`, { mode: 0o600 });

/** Before the database is opened (and so made): a folder that was in use, or should have been, must still hold one. */
export function refuseEmptied(file: string, expected: string | undefined): void {
  if (existsSync(file)) return;
  const known = readGuard(file);
  if (known !== undefined) {
    throw new DataFolderRefused(
      `The database ${file} is gone, although this folder was in use (${guardFile(file)} says so). Put it back, or restore a copy: npm run restore -- FILE. To begin anew, delete ${guardFile(file)}.`,
    );
  }
  if (expected !== undefined) {
    throw new DataFolderRefused(
      `EXPECT_INSTALLATION names an installation, but there is no database at ${file}. Is the right volume mounted at DATA_DIR?`,
    );
  }
}

interface Present {
  file: string;
  /** What people know the database by; its file, unless it is PostgreSQL's. */
  name?: string;
  installation: string;
  expected: string | undefined;
}

/** After it was opened: the database, the guard file beside it and the configuration must name the same installation. */
export function refuseStranger({ file, name = file, installation, expected }: Present): void {
  const known = readGuard(file);
  if (known === undefined) writeGuard(file, installation);
  else if (known !== installation) {
    throw new DataFolderRefused(
      `The database ${name} belongs to the installation ${installation}, but ${guardFile(file)} says that ${known} should be here. Is the right volume mounted at DATA_DIR?`,
    );
  }
  if (expected !== undefined && expected !== installation) {
    throw new DataFolderRefused(
      `The database ${name} belongs to the installation ${installation}, but EXPECT_INSTALLATION names ${expected}. Is the right volume mounted at DATA_DIR?`,
    );
  }
}

export const newInstallationId = (): string => `ins_${randomBytes(9).toString('base64url')}`;
