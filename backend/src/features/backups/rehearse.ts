import { rm } from 'node:fs/promises';
import type { Clock } from '../../lib/clock.ts';
import type { DatabaseFiles } from '../../lib/database-files.ts';
import type { BackupRow, RehearsalRow } from './backups.store.ts';

export interface RehearsalParts {
  row: BackupRow;
  path: string;
  /** Where it is restored to; removed afterwards. */
  scratch: string;
  files: DatabaseFiles;
  opens: (canary: string | undefined) => boolean;
  clock: Clock;
  signal: AbortSignal | undefined;
}

/** Does what a restore would do, as far as it can be done without the age identity, and says what came of it. */
export async function rehearse({ clock, ...parts }: RehearsalParts): Promise<Omit<RehearsalRow, 'id'>> {
  const at = clock.now();
  const startedAt = clock.monotonic();
  const done = (ok: 0 | 1, message: string) => ({
    at,
    filename: parts.row.filename,
    ok,
    message,
    took_ms: Math.round(clock.monotonic() - startedAt),
  });
  try {
    return done(1, await restoreAside(parts));
  } catch (error) {
    parts.signal?.throwIfAborted();
    return done(0, error instanceof Error ? error.message : String(error));
  } finally {
    await Promise.all(['', '-wal', '-shm'].map((ending) => rm(`${parts.scratch}${ending}`, { force: true })));
  }
}

async function restoreAside({ row, path, scratch, files, opens, signal }: Omit<RehearsalParts, 'clock'>): Promise<string> {
  if ((await files.digest(path, signal)) !== row.sha256) throw new Error('The file is not what was written: its SHA-256 differs');
  if (row.encrypted === 1) return 'The file is what was written. Only the age identity can open it: try npm run restore where you keep it';
  // Its own statement of its size bounds it: a copy of ours is never a hundred times smaller than the database.
  await files.unpack({ from: path, to: scratch, maxBytes: row.size * 100 + 64 * 1024 ** 2, identity: undefined }, signal);
  const { facts, restored } = await files.tryOut(scratch, signal);
  if (!opens(facts.canary)) throw new Error('ENCRYPTION_KEY does not open what it holds');
  if (JSON.stringify(facts.counts) !== row.counts) throw new Error('It has other numbers of rows than were written');
  const rows = Object.values(facts.counts).reduce((sum, count) => sum + count, 0);
  const content = `${rows} rows of ${Object.keys(facts.counts).length} tables`;
  if (restored) return `${content} were restored and checked`;
  return `${content} were read and counted, but not restored: the user of DATABASE_URL may not make a database for it (ALTER ROLE … CREATEDB)`;
}
