import { createHash } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import BetterSqlite from 'better-sqlite3';
import type { DatabaseFacts } from '../../lib/database-files.ts';
import { Problem } from '../../lib/problem.ts';

// Measured with 54 MB of an audit log: half the CPU of level 6 for a file 5 % larger; see docs/decisions/0008.
const GZIP = { level: 1, memLevel: 9 };
const CHUNK = 256 * 1024;
const AGE = 'age-encryption.org/v1';
const SQLITE = 'SQLite format 3\0';
const POSTGRES = 'PGDMP';
export const APPLICATION_ID = 1_129_070_418;

type Bytes = AsyncIterable<Uint8Array>;

/** The work itself; `file-worker.ts` does it in a thread, the restore command in its own process. */
export const fileWork = {
  async copy({ from, to }: { from: string; to: string }): Promise<void> {
    const db = new BetterSqlite(from, { readonly: true, fileMustExist: true });
    try {
      db.prepare('VACUUM INTO ?').run(to);
    } finally {
      db.close();
    }
    await persist(to);
  },

  async check(file: string): Promise<DatabaseFacts> {
    const { size } = await stat(file);
    let db: BetterSqlite.Database | undefined;
    try {
      db = new BetterSqlite(file, { readonly: true, fileMustExist: true });
      return { ...readFacts(db), bytes: size };
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw damaged(error instanceof Error ? error.message : 'it cannot be read', error);
    } finally {
      db?.close();
    }
  },

  async pack({
    from,
    to,
    recipient,
  }: {
    from: string;
    to: string;
    recipient: string | undefined;
  }): Promise<{ size: number; sha256: string }> {
    const hash = createHash('sha256');
    let size = 0;
    async function* measured(bytes: Bytes): Bytes {
      for await (const chunk of bytes) {
        hash.update(chunk);
        size += chunk.byteLength;
        yield chunk;
      }
    }
    const gzip = createGzip({ ...GZIP, chunkSize: CHUNK });
    const steps = recipient === undefined ? [] : [Duplex.from(sealedFor(recipient))];
    await write(to, async (part) =>
      pipeline([createReadStream(from, { highWaterMark: CHUNK }), gzip, ...steps, Duplex.from(measured), part]),
    );
    return { size, sha256: hash.digest('hex') };
  },

  async unpack({
    from,
    to,
    maxBytes,
    identity,
  }: {
    from: string;
    to: string;
    maxBytes: number;
    identity: string | undefined;
  }): Promise<void> {
    // Never through a symbolic link: what was looked at must be what is read.
    const handle = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ELOOP' ? notAFile() : notFound(error);
    });
    try {
      const { sealed, plain } = await kindOf(handle);
      if (sealed && identity === undefined) throw identityNeeded();
      const file = handle.createReadStream({ start: 0, highWaterMark: CHUNK });
      const opened = sealed ? [Duplex.from(openedWith(identity ?? ''))] : [];
      const unzipped = plain ? [] : [createGunzip({ chunkSize: CHUNK })];
      await write(to, async (part) => pipeline([file, ...opened, ...unzipped, Duplex.from(atMost(maxBytes)), part]));
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw damaged('it ends too early, or was changed', error);
    } finally {
      await handle.close().catch(() => {}); // the stream has closed it, where there was one
    }
  },

  async digest(file: string): Promise<string> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file, { highWaterMark: CHUNK }), hash);
    return hash.digest('hex');
  },
};

async function kindOf(handle: FileHandle): Promise<{ sealed: boolean; plain: boolean }> {
  if (!(await handle.stat()).isFile()) throw notAFile();
  const start = Buffer.alloc(32);
  await handle.read(start, 0, start.length, 0);
  const sealed = start.toString('latin1').startsWith(AGE);
  const plain = [SQLITE, POSTGRES].some((magic) => start.toString('latin1').startsWith(magic));
  if (!sealed && !plain && start.readUInt16BE(0) !== 0x1f8b) throw damaged('it is no copy of ours: neither gzip, nor age, nor a database');
  return { sealed, plain };
}

function readFacts(db: BetterSqlite.Database): Omit<DatabaseFacts, 'bytes'> {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").pluck().all();
  const migrations = tables.includes('migration')
    ? db.prepare<[], { name: string; checksum: string }>('SELECT name, checksum FROM migration ORDER BY name').all()
    : [];
  const newest = migrations.at(-1);
  const id = db.pragma('application_id', { simple: true });
  if (!newest || !tables.includes('setting') || (id !== APPLICATION_ID && id !== 0)) throw notOurs();
  const verdict = db.pragma('integrity_check(5)', { simple: true });
  if (verdict !== 'ok') throw damaged(String(verdict));
  const orphans = db.pragma('foreign_key_check');
  if (Array.isArray(orphans) && orphans.length > 0) throw damaged(`${orphans.length} rows point at rows that are not there`);
  const count = (table: string): number => db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0;
  const setting = (key: string): string | undefined =>
    db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck().get(key);
  return {
    schema: newest.name,
    migrations,
    counts: Object.fromEntries(tables.map((table) => [table, count(table)])),
    canary: setting('canary'),
    installation: setting('installation'),
    newestEntryAt: tables.includes('audit')
      ? (db.prepare<[], number | null>('SELECT max(at) FROM audit').pluck().get() ?? undefined)
      : undefined,
  };
}

/** Writes beside the name, then renames: under the name there is all of it, on disk, or nothing. */
async function write(to: string, fill: (part: ReturnType<typeof createWriteStream>) => Promise<void>): Promise<void> {
  const part = `${to}.part`;
  try {
    await rm(part, { force: true });
    await fill(createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true }));
    await rename(part, to);
    await persist(to);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** The file and its name survive a power cut. */
export async function persist(file: string): Promise<void> {
  for (const path of [file, dirname(file)]) {
    const handle = await open(path, 'r');
    await handle.sync().finally(() => handle.close());
  }
}

// age is loaded where it is needed: it costs a thread 50 ms, half of its start.
const sealedFor = (recipient: string) =>
  async function* (bytes: Bytes): Bytes {
    const { Encrypter } = await import('age-encryption');
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    yield* await encrypter.encrypt(webStream(bytes));
  };

const openedWith = (identity: string) =>
  async function* (bytes: Bytes): Bytes {
    const { Decrypter } = await import('age-encryption');
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const opened = await decrypter.decrypt(webStream(bytes)).catch((error: unknown) => {
      throw wrongIdentity(error);
    });
    yield* opened;
  };

// The two libraries' types of the same stream do not know each other.
const webStream = (bytes: Bytes): ReadableStream<Uint8Array> => Readable.toWeb(Readable.from(bytes)) as ReadableStream<Uint8Array>;

const atMost = (maxBytes: number) =>
  async function* (bytes: Bytes): Bytes {
    let total = 0;
    for await (const chunk of bytes) {
      total += chunk.byteLength;
      if (total > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  };

const damaged = (why: string, cause?: unknown): Problem =>
  new Problem('backup.damaged', `The copy is damaged: ${why}`, {
    fix: 'Take another copy: an older one, or the one kept off-site.',
    cause,
  });
const notOurs = (): Problem =>
  new Problem('backup.not_ours', 'This is a database, but not one of Clawmoor', { fix: 'Check which file you meant.' });
const notAFile = (): Problem =>
  new Problem('backup.not_a_file', 'This is a link or a folder, not a file', { fix: 'Name the file itself.' });
const notFound = (cause: unknown): Problem =>
  new Problem('backup.not_found', 'There is no such file, or it may not be read', { fix: 'Check the path and who may read it.', cause });
const tooLarge = (maxBytes: number): Problem =>
  new Problem('backup.too_large', `Unpacked it is larger than ${Math.round(maxBytes / 1_048_576)} MiB`, {
    fix: 'A copy of ours is not packed that tightly: check where the file comes from. Free space on the disk raises the limit.',
  });
const identityNeeded = (): Problem =>
  new Problem('backup.identity_needed', 'This copy is encrypted for an age recipient', {
    fix: 'Name the file that holds its identity (AGE-SECRET-KEY-1…): --identity FILE',
  });
const wrongIdentity = (cause: unknown): Problem =>
  new Problem('backup.identity_wrong', 'This age identity does not open the copy', {
    fix: 'Take the identity whose recipient stood in BACKUP_RECIPIENT when the copy was made.',
    cause,
  });
