import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readGuard, writeGuard } from '../adapters/sqlite/data-folder.ts';
import { checkDump, dumpTo, loadDump } from '../adapters/postgres/dump.ts';
import { holdDatabase, type HeldDatabase } from '../adapters/postgres/exchange.ts';
import { openPostgres } from '../adapters/postgres/database.ts';
import { backupsStore, type BackupRow } from '../features/backups/backups.store.ts';
import { iso } from '../lib/clock.ts';
import type { DatabaseFacts } from '../lib/database-files.ts';
import { refuseUnusable, settle, unpack, type RestoreParts, type RestoreReport } from './restore.ts';

export interface PostgresRestore extends RestoreParts {
  url: string;
}

/** Looks a copy through without changing anything. Throws Problems `backup.*`. */
export async function inspectDump(parts: PostgresRestore): Promise<RestoreReport> {
  const { candidate, present } = pathsOf(parts);
  try {
    const copy = await unpackAndCheck(parts);
    const current = await dumpTo({ url: parts.url, to: present })
      .then(() => checkDump(present))
      .catch(() => undefined); // there is nothing of ours, or it cannot be reached: the restore will say so
    return { copy, current };
  } finally {
    await Promise.all([candidate, `${candidate}.part`, present].map((file) => rm(file, { force: true })));
  }
}

/**
 * Puts a copy in the place of the database. The present one is dumped before and stands aside until the new one is ready:
 * killed at any point, the next start finds a whole one.
 */
export async function restoreDump(parts: PostgresRestore): Promise<{ before: string | undefined; sessions: number; tasks: number }> {
  const { url, onPhase = () => {} } = parts;
  const { candidate, database } = pathsOf(parts);
  const held = await holdDatabase(url);
  try {
    await unpackAndCheck(parts);
    const before = await copyPresent(parts, held);
    const backups = held.inUse ? await presentBackups(parts) : [];
    onPhase('copied');
    await held.setAside();
    onPhase('prepared');
    await loadDump({ url, file: candidate });
    onPhase('swapped');
    const opened = await openPostgres({ url, clock: parts.clock, alone: false, mustExist: true });
    const { installation, ...settled } = await settle(parts, { db: opened.db, installation: readGuard(database), backups }).finally(
      opened.close,
    );
    onPhase('settled');
    await held.keepNew();
    if (installation !== undefined) writeGuard(database, installation);
    onPhase('proven');
    return { before, ...settled };
  } catch (error) {
    await held.putBack().catch(() => {}); // the next start does it
    throw error;
  } finally {
    await rm(candidate, { force: true });
    await held.release();
  }
}

const pathsOf = ({ config: { dataDir } }: PostgresRestore) => {
  const folder = join(dataDir, 'backups');
  return {
    folder,
    candidate: join(folder, 'restore.scratch'),
    present: join(folder, 'present.scratch'),
    // PostgreSQL's own place has no file; the guard of the folder stands where that of SQLite's would.
    database: join(dataDir, 'clawmoor.db'),
  };
};

async function unpackAndCheck(parts: PostgresRestore): Promise<DatabaseFacts> {
  const { candidate, folder } = pathsOf(parts);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await unpack(parts, { folder, candidate });
  parts.onPhase?.('unpacked');
  const facts = await checkDump(candidate);
  refuseUnusable(parts.config, facts);
  parts.onPhase?.('checked');
  return facts;
}

async function copyPresent(parts: PostgresRestore, held: HeldDatabase): Promise<string | undefined> {
  if (!held.inUse) return undefined;
  const to = join(pathsOf(parts).folder, `before-restore-${iso(parts.clock.now()).replaceAll(':', '').replace('.', '-')}.dump`);
  await dumpTo({ url: parts.url, to });
  return to;
}

async function presentBackups({ url, clock }: PostgresRestore): Promise<BackupRow[]> {
  try {
    const { db, close } = await openPostgres({ url, clock, alone: false, mustExist: true });
    return await backupsStore(db).all().finally(close);
  } catch {
    return []; // it is of another build
  }
}
