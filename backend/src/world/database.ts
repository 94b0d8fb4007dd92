import { existsSync } from 'node:fs';
import { lockDatabase, newInstallationId, refuseEmptied, refuseStranger } from '../adapters/sqlite/data-folder.ts';
import { openDatabase, type OpenDatabase } from '../adapters/sqlite/database.ts';
import { adminStore } from '../features/admin/admin.store.ts';
import { checkCanary } from '../features/servers/canary.ts';
import type { Clock } from '../lib/clock.ts';
import type { Sealer } from '../lib/sealer.ts';

export interface InstallationParts {
  file: string;
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
export async function openInstallation({
  file,
  clock,
  sealer,
  kids,
  expected,
  busyTimeoutMs,
}: InstallationParts): Promise<OpenDatabase & { installation: string }> {
  const inMemory = file === ':memory:';
  const lock = inMemory ? undefined : lockDatabase(file);
  let opened: OpenDatabase | undefined;
  try {
    if (!inMemory && !existsSync(file)) refuseEmptied(file, expected);
    opened = await openDatabase(file, { clock, ...(busyTimeoutMs !== undefined && { busyTimeoutMs }) });
    await checkCanary({ db: opened.db, sealer });
    const store = adminStore(opened.db);
    let installation = await store.read(INSTALLATION);
    if (installation === undefined) await store.write(INSTALLATION, (installation = newInstallationId()));
    if (!inMemory) refuseStranger(file, installation, expected);
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
