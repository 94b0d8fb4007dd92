import { existsSync } from 'node:fs';
import { guardFile, lockDatabase, newInstallationId, readGuard, refuseEmptied, refuseStranger } from '../adapters/sqlite/data-folder.ts';
import { adminStore } from '../features/admin/admin.store.ts';
import { checkCanary } from '../features/servers/canary.ts';
import type { Clock } from '../lib/clock.ts';
import { DataFolderRefused } from '../lib/open-database.ts';
import type { Sealer } from '../lib/sealer.ts';
import { openStore, type Store } from './store.ts';

export interface InstallationParts {
  file: string;
  /** PostgreSQL in the place of the file; what guards the file then guards it. */
  databaseUrl?: string | undefined;
  clock: Clock;
  sealer: Sealer;
  /** The names of the keys in ENCRYPTION_KEY. */
  kids: readonly string[];
  /** EXPECT_INSTALLATION. */
  expected: string | undefined;
  busyTimeoutMs: number | undefined;
}

export const INSTALLATION = 'installation';
/** Which keys the process that runs has: a rotation must not seal under one that it cannot open. */
export const KEYS_IN_HAND = 'keys_in_hand';

/**
 * Opens the database as the only process on it, after proof that it is the right one: not an emptied folder, not another
 * installation's, and readable with our keys. Throws `DataFolderRefused`, `MigrationRefused` or `WrongKey`.
 */
export async function openInstallation(parts: InstallationParts): Promise<Store & { installation: string }> {
  const { file, databaseUrl, clock, sealer, kids, expected, busyTimeoutMs } = parts;
  const inFile = databaseUrl === undefined && file !== ':memory:';
  const lock = inFile ? lockDatabase(file) : undefined;
  let opened: Store | undefined;
  try {
    if (inFile && !existsSync(file)) refuseEmptied(file, expected);
    opened = await openStore({ file, databaseUrl, clock, alone: true, busyTimeoutMs, onEmpty: () => refuseNew(file, expected) });
    await checkCanary({ db: opened.db, sealer });
    const store = adminStore(opened.db);
    let installation = await store.read(INSTALLATION);
    if (installation === undefined) await store.write(INSTALLATION, (installation = newInstallationId()));
    if (file !== ':memory:')
      refuseStranger({ file, installation, expected, ...(databaseUrl !== undefined && { name: 'of DATABASE_URL' }) });
    await store.write(KEYS_IN_HAND, kids.join(','));
    const { close, ...rest } = opened;
    return {
      ...rest,
      installation,
      async close() {
        await close();
        lock?.release();
      },
    };
  } catch (error) {
    await opened?.close();
    lock?.release();
    throw error;
  }
}

/** Nothing may begin anew in PostgreSQL where the folder says that an installation is known. */
function refuseNew(file: string, expected: string | undefined): void {
  const known = readGuard(file);
  if (known !== undefined) {
    throw new DataFolderRefused(
      `The database of DATABASE_URL is empty, although this folder was in use (${guardFile(file)} says so). Move what the SQLite file holds: npm run migrate-to-postgres. Or restore a copy: npm run restore -- FILE. To begin anew, delete ${guardFile(file)}.`,
    );
  }
  if (expected !== undefined) {
    throw new DataFolderRefused(
      'EXPECT_INSTALLATION names an installation, but there is nothing in the database of DATABASE_URL. Is it the right one?',
    );
  }
}
