import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDatabase, readGuard, writeGuard } from '../adapters/sqlite/data-folder.ts';
import { openDatabase } from '../adapters/sqlite/database.ts';
import { fileWork, persist } from '../adapters/sqlite/file-work.ts';
import { refuseStrangers } from '../adapters/sqlite/migrate.ts';
import { migrations } from '../adapters/sqlite/migrations/list.ts';
import type { Config } from '../config.ts';
import { adminStore } from '../features/admin/admin.store.ts';
import { createAudit } from '../features/audit/audit.ts';
import { wrongKey } from '../features/backups/backups.problems.ts';
import { backupsStore, type BackupRow } from '../features/backups/backups.store.ts';
import { settleRestored } from '../features/backups/restored.store.ts';
import { opensCanary } from '../features/servers/canary.ts';
import { iso, type Clock } from '../lib/clock.ts';
import type { DatabaseFacts } from '../lib/database-files.ts';
import { Problem } from '../lib/problem.ts';
import { createSealer } from '../lib/sealer.ts';
import type { Database } from '../lib/tables.ts';
import { INSTALLATION } from './database.ts';

export type RestorePhase = 'unpacked' | 'checked' | 'copied' | 'prepared' | 'settled' | 'swapped' | 'proven';

export interface RestoreParts {
  config: Config;
  /** The copy: .gz, .gz.age, or a database as it is. */
  copy: string;
  /** An age identity, for .age. */
  identity: string | undefined;
  clock: Clock;
  /** Called when a phase is over. */
  onPhase?: (phase: RestorePhase) => void;
}

export interface RestoreReport {
  copy: DatabaseFacts;
  /** The database in use, where there is one that can be read. */
  current: DatabaseFacts | undefined;
}

// A copy of ours unpacks to ten times its size at most; a gzip bomb to a thousand.
const MOST_RATIO = 100;
const ROOM = 64 * 1024 ** 2;
const COMPANIONS = ['-wal', '-shm', '-journal'];

/** Looks a copy through without changing anything: what is in it, that it is whole, and that we can use it. Throws Problems `backup.*`. */
export async function inspectCopy(parts: RestoreParts): Promise<RestoreReport> {
  const { candidate, database } = pathsOf(parts.config);
  try {
    const copy = await unpackAndCheck(parts);
    return { copy, current: existsSync(database) ? await fileWork.check(database).catch(() => undefined) : undefined };
  } finally {
    await removeDatabase(candidate);
  }
}

/**
 * Puts a copy in the place of the database. A copy of the present one is made before, the change itself is one rename,
 * and what does not open afterwards is changed back: killed at any point, there is a whole database.
 */
export async function restoreCopy(parts: RestoreParts): Promise<{ before: string | undefined; sessions: number; tasks: number }> {
  const { config, onPhase = () => {} } = parts;
  const { candidate, database } = pathsOf(config);
  const lock = lockDatabase(database);
  try {
    await unpackAndCheck(parts);
    const present = existsSync(database) ? await copyPresent(parts) : undefined;
    const before = present?.file;
    onPhase('copied');
    // What cannot be read is not opened: SQLite would remove its write-ahead log.
    const settled = await prepare(parts, present?.readable === true);
    onPhase('prepared');
    // What the write-ahead log of the old database holds must not be played into the new one.
    for (const ending of COMPANIONS) await rm(`${database}${ending}`, { force: true });
    onPhase('settled');
    await rename(candidate, database);
    await persist(database);
    onPhase('swapped');
    await prove(parts, before);
    onPhase('proven');
    return { before, ...settled };
  } finally {
    await removeDatabase(candidate);
    lock.release();
  }
}

const pathsOf = ({ dataDir }: Config) => {
  const folder = join(dataDir, 'backups');
  return { folder, database: join(dataDir, 'clawmoor.db'), candidate: join(folder, 'restore.scratch') };
};

async function unpackAndCheck(parts: RestoreParts): Promise<DatabaseFacts> {
  const { config, onPhase = () => {} } = parts;
  const { folder, candidate } = pathsOf(config);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeDatabase(candidate);
  await unpack(parts, { folder, candidate });
  onPhase('unpacked');
  const facts = await fileWork.check(candidate);
  refuseUnusable(config, facts);
  onPhase('checked');
  return facts;
}

export async function unpack(
  { copy, identity }: RestoreParts,
  { folder, candidate }: { folder: string; candidate: string },
): Promise<void> {
  const size = (await lstat(copy).catch(() => undefined))?.size ?? 0;
  const { bavail, bsize } = await statfs(folder);
  const maxBytes = Math.min(size * MOST_RATIO + ROOM, bavail * bsize * 0.9);
  await fileWork.unpack({ from: copy, to: candidate, maxBytes, identity });
}

/** A copy is of our past, and its secrets open with our keys. */
export function refuseUnusable(config: Config, facts: DatabaseFacts): void {
  try {
    refuseStrangers(facts.migrations, migrations);
  } catch (error) {
    throw new Problem('backup.newer', error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (!opensCanary(createSealer(config.encryptionKeys), facts.canary)) throw wrongKey();
}

/** Brings the candidate up to this build's schema and ends what was under way in it. */
async function prepare(parts: RestoreParts, presentReadable: boolean): Promise<{ sessions: number; tasks: number }> {
  const { config, clock } = parts;
  const { candidate, database } = pathsOf(config);
  const backups = presentReadable ? await presentBackups(database, clock) : [];
  const { db, close } = await openDatabase(candidate, { clock });
  try {
    const { sessions, tasks } = await settle(parts, { db, installation: readGuard(database), backups });
    return { sessions, tasks };
  } finally {
    await close();
    await persist(candidate);
  }
}

interface Settling {
  db: Database;
  installation: string | undefined;
  backups: BackupRow[];
}

/** What a restored database must not go on with ends, and its audit log says that it was restored. */
export async function settle({ config, copy, clock }: RestoreParts, { db, ...rest }: Settling) {
  const settled = await settleRestored(db, { now: clock.now(), ...rest });
  const nobody = { actorId: undefined, actorName: 'npm run restore', serverId: undefined, ip: undefined, requestId: undefined };
  const audit = createAudit({ db, clock, keepDays: config.auditKeepDays });
  await audit.record({ ...nobody, action: 'backup.restore', target: copy.split('/').at(-1), result: 'ok', after: settled });
  return { ...settled, installation: await adminStore(db).read(INSTALLATION) };
}

async function presentBackups(database: string, clock: Clock): Promise<BackupRow[]> {
  try {
    const { db, close } = await openDatabase(database, { clock, mustExist: true });
    return await backupsStore(db).all().finally(close);
  } catch {
    return []; // it is of another build, or its rows are damaged
  }
}

/** A consistent copy; of a database that is damaged, its files as they are. */
async function copyPresent({ config, clock }: RestoreParts): Promise<{ file: string; readable: boolean }> {
  const { folder, database } = pathsOf(config);
  const before = join(folder, `before-restore-${iso(clock.now()).replaceAll(':', '').replace('.', '-')}.db`);
  try {
    await fileWork.copy({ from: database, to: before });
    return { file: before, readable: true };
  } catch {
    await rm(before, { force: true });
    for (const ending of ['', '-wal']) {
      if (existsSync(`${database}${ending}`)) await copyFile(`${database}${ending}`, `${before}${ending}`);
    }
    await persist(before);
    return { file: before, readable: false };
  }
}

async function prove({ config, clock }: RestoreParts, before: string | undefined): Promise<void> {
  const { database } = pathsOf(config);
  try {
    const { db, close } = await openDatabase(database, { clock, mustExist: true });
    const installation = await adminStore(db).read(INSTALLATION).finally(close);
    if (installation !== undefined) writeGuard(database, installation);
  } catch (cause) {
    if (before !== undefined) {
      await removeDatabase(database);
      await copyFile(before, `${database}.back`);
      await rename(`${database}.back`, database);
      await persist(database);
    }
    throw new Problem('backup.damaged', 'The restored database did not open; the one from before is back in its place', { cause });
  }
}

const removeDatabase = (file: string): Promise<unknown> =>
  Promise.all(['', '.part', ...COMPANIONS].map((ending) => rm(`${file}${ending}`, { force: true })));
