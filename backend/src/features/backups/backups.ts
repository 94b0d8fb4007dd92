import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Backup } from '@clawmoor/shared/backups.ts';
import type { FileAnswer } from '@clawmoor/shared/route.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { DatabaseFiles } from '../../lib/database-files.ts';
import type { Database } from '../../lib/tables.ts';
import { backupNotFound, backupRunning, lastGoodBackup, wrongKey } from './backups.problems.ts';
import { backupsStore, type BackupRow } from './backups.store.ts';
import { expired } from './keep.ts';
import { rehearse } from './rehearse.ts';

export interface BackupsParts {
  db: Database;
  files: DatabaseFiles;
  /** The database itself. */
  source: string;
  folder: string;
  clock: Clock;
  log: Logger;
  keep: number;
  keepDays: number;
  recipient: string | undefined;
  /** Whether ENCRYPTION_KEY opens the sealed text of a copy. */
  opens: (canary: string | undefined) => boolean;
  upload: ((file: { path: string; name: string; size: number; sha256: string }, signal?: AbortSignal) => Promise<void>) | undefined;
}

export type Backups = ReturnType<typeof createBackups>;

// So many of the newest copies are sent again when an upload failed.
const UPLOADS_TRIED = 3;

/** Makes, checks, keeps and lends copies of the database. */
export function createBackups(parts: BackupsParts) {
  const { db, files, source, folder, clock, log, keep, keepDays, recipient, opens, upload } = parts;
  const store = backupsStore(db);
  const pathOf = (filename: string): string => join(folder, filename);
  let running: Promise<BackupRow> | undefined;

  async function make(reason: BackupRow['reason'], signal?: AbortSignal): Promise<BackupRow> {
    const at = clock.now();
    const startedAt = clock.monotonic();
    const name = `clawmoor-${iso(at).replaceAll(':', '').replace('.', '-')}.${files.ending}`;
    const plain = pathOf(`${name}.copying`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await files.copy({ from: source, to: plain }, signal);
      // What cannot be read back is no backup: it is looked through before it gets its name.
      const facts = await files.check(plain, signal);
      if (!opens(facts.canary)) throw wrongKey();
      const filename = `${name}.gz${recipient === undefined ? '' : '.age'}`;
      const { size, sha256 } = await files.pack({ from: plain, to: pathOf(filename), recipient }, signal);
      const row: BackupRow = {
        filename,
        created_at: at,
        reason,
        size,
        sha256,
        encrypted: recipient === undefined ? 0 : 1,
        schema: facts.schema,
        counts: JSON.stringify(facts.counts),
        took_ms: Math.round(clock.monotonic() - startedAt),
        uploaded_at: null,
        upload_error: null,
      };
      await store.add(row);
      return row;
    } finally {
      await removeFiles(plain);
    }
  }

  async function makeAndTend(reason: BackupRow['reason'], signal?: AbortSignal): Promise<BackupRow> {
    try {
      const row = await make(reason, signal);
      await removeExpired();
      await sendWaiting(signal);
      return (await store.get(row.filename)) ?? row;
    } catch (error) {
      signal?.throwIfAborted();
      await store.setFailure(clock.now(), error instanceof Error ? error.message : String(error)).catch(() => {}); // a full disk: the log has it
      throw error;
    }
  }

  async function removeExpired(): Promise<void> {
    const rows = await Promise.all((await store.all()).map(async (row) => ({ ...row, whole: await isWhole(row) })));
    for (const { filename } of expired(rows, { keep, keptFrom: clock.now() - keepDays * 86_400_000 })) {
      await rm(pathOf(filename), { force: true });
      await store.remove(filename);
    }
  }

  /** Copies that are not off-site yet: the new one, and those whose upload failed before. */
  async function sendWaiting(signal?: AbortSignal): Promise<void> {
    if (!upload) return;
    const waiting = (await store.all()).filter(({ uploaded_at }) => uploaded_at === null).slice(0, UPLOADS_TRIED);
    for (const { filename, size, sha256 } of waiting) {
      try {
        await upload({ path: pathOf(filename), name: filename, size, sha256 }, signal);
        await store.setUpload(filename, { uploaded_at: clock.now(), upload_error: null });
      } catch (error) {
        signal?.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        log.error({ err: error, filename }, 'a backup could not be uploaded');
        await store.setUpload(filename, { uploaded_at: null, upload_error: message });
      }
    }
  }

  /** It has the size that it was made with; its content is proven by the rehearsal. */
  async function isWhole({ filename, size }: BackupRow): Promise<boolean> {
    return (await stat(pathOf(filename)).catch(() => undefined))?.size === size;
  }

  const view = async (row: BackupRow): Promise<Backup> => ({
    filename: row.filename,
    size: row.size,
    sha256: row.sha256,
    createdAt: iso(row.created_at),
    verified: await isWhole(row),
    encrypted: row.encrypted === 1,
    reason: row.reason,
    schema: row.schema,
    offsite:
      upload || row.uploaded_at !== null ? { at: row.uploaded_at === null ? null : iso(row.uploaded_at), error: row.upload_error } : null,
  });

  async function mustGet(filename: string): Promise<BackupRow> {
    // A name is looked up, never made into a path by itself.
    const row = await store.get(filename);
    if (!row || !(await isWhole(row))) throw backupNotFound();
    return row;
  }

  return {
    /** Makes one now. Throws `backup.running` while another one is made. */
    async run(reason: BackupRow['reason'], signal?: AbortSignal): Promise<Backup> {
      if (running) throw backupRunning();
      running = makeAndTend(reason, signal).finally(() => (running = undefined));
      return view(await running);
    },
    list: async (): Promise<Backup[]> => Promise.all((await store.all()).map(view)),
    async open(filename: string): Promise<FileAnswer> {
      const { size, encrypted } = await mustGet(filename);
      const type = encrypted === 1 ? 'application/octet-stream' : 'application/gzip';
      return { filename, type, size, stream: createReadStream(pathOf(filename)) };
    },
    /** Throws `backup.last_good` for the only good one. */
    async remove(filename: string): Promise<void> {
      const row = await store.get(filename);
      if (!row) throw backupNotFound();
      const others = (await store.all()).filter((other) => other.filename !== filename);
      const good = await Promise.all(others.map(isWhole));
      if ((await isWhole(row)) && !good.includes(true)) throw lastGoodBackup();
      await rm(pathOf(filename), { force: true });
      await store.remove(filename);
    },
    /** Restores the newest copy into a scratch file, and keeps what came of it. */
    rehearse: async (signal?: AbortSignal) => {
      const row = (await store.all())[0];
      if (!row) return undefined;
      const result = await rehearse({ row, path: pathOf(row.filename), scratch: pathOf('rehearsal.scratch'), files, opens, clock, signal });
      await store.addRehearsal(result);
      return result;
    },
    /** What the health page says about them. */
    async standing() {
      const rows = await Promise.all((await store.all()).map(async (row) => ({ ...row, whole: await isWhole(row) })));
      return {
        count: rows.length,
        lastGood: rows.find(({ whole }) => whole),
        missing: rows.filter(({ whole }) => !whole).length,
        failure: await store.failure(),
        uploads: upload !== undefined,
        rehearsal: await store.lastRehearsal(),
      };
    },
    /** Once at start: what an earlier process left half-done goes. */
    async removeLeftovers(): Promise<void> {
      const names = await readdir(folder).catch(() => []);
      const left = names.filter((name) => /\.(copying|part|scratch)(-wal|-shm|-journal)?$/.test(name));
      await Promise.all(left.map((name) => rm(pathOf(name), { force: true })));
    },
  };
}

/** A database that was only read may still have left its two companions. */
const removeFiles = (file: string): Promise<unknown> =>
  Promise.all(['', '-wal', '-shm', '-journal'].map((ending) => rm(`${file}${ending}`, { force: true })));
