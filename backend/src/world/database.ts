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
  /** EXPECT_INSTALLATION. */
  expected: string | undefined;
}

export const INSTALLATION = 'installation';

/**
 * Opens the database as the only process on it, after proof that it is the right one: not an emptied folder, not another
 * installation's, and readable with our keys. Throws `DataFolderRefused`, `MigrationRefused` or `WrongKey`.
 */
export async function openInstallation({
  file,
  clock,
  sealer,
  expected,
}: InstallationParts): Promise<OpenDatabase & { installation: string }> {
  const inMemory = file === ':memory:';
  const lock = inMemory ? undefined : lockDatabase(file);
  let opened: OpenDatabase | undefined;
  try {
    if (!inMemory && !existsSync(file)) refuseEmptied(file, expected);
    opened = await openDatabase(file, { clock });
    await checkCanary({ db: opened.db, sealer });
    const store = adminStore(opened.db);
    let installation = await store.read(INSTALLATION);
    if (installation === undefined) await store.write(INSTALLATION, (installation = newInstallationId()));
    if (!inMemory) refuseStranger(file, installation, expected);
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
