import { lockDatabase } from '../adapters/sqlite/data-folder.ts';
import type { Config } from '../config.ts';
import { adminStore } from '../features/admin/admin.store.ts';
import { createAudit } from '../features/audit/audit.ts';
import { rotateKeys, type Rotation, type RotationParts } from '../features/keys/rotate.ts';
import { checkCanary } from '../features/servers/canary.ts';
import type { Clock } from '../lib/clock.ts';
import { DataFolderRefused } from '../lib/open-database.ts';
import type { Database } from '../lib/tables.ts';
import { createSealer } from '../lib/sealer.ts';
import { KEYS_IN_HAND } from './database.ts';
import { sealedColumns } from './sealed-columns.ts';
import { openStore } from './store.ts';

export interface InstallationRotation {
  file: string;
  config: Config;
  clock: Clock;
  onBatch?: RotationParts['onBatch'];
}

const NOBODY = { actorId: undefined, actorName: 'npm run keys:rotate', serverId: undefined, ip: undefined, requestId: undefined };

/** Seals everything under the first key, and says so in the audit log. Throws `DataFolderRefused` while a Clawmoor runs that lacks this key. */
export async function rotateInstallation({ file, config, clock, onBatch }: InstallationRotation): Promise<Rotation & { newKid: string }> {
  const newKid = config.encryptionKeys[0]?.kid ?? '';
  const sealer = createSealer(config.encryptionKeys);
  const { databaseUrl } = config;
  // Held where nobody else does, so that no Clawmoor with other keys starts meanwhile.
  const { db, alone, close } = await openStore({ file, databaseUrl, clock, alone: 'if free', mustExist: true });
  const lock = databaseUrl === undefined ? lockUnlessInUse(file) : undefined;
  try {
    if (!lock && alone !== true) await refuseUnknownKey(db, newKid);
    await checkCanary({ db, sealer });
    const rotation = await rotateKeys({ columns: sealedColumns(db), sealer, newKid, ...(onBatch && { onBatch }) });
    const { resealed, unreadable } = rotation;
    await createAudit({ db, clock, keepDays: config.auditKeepDays }).record({
      ...NOBODY,
      action: 'keys.rotate',
      target: newKid,
      result: unreadable.length > 0 ? 'keys.unreadable' : 'ok',
      after: { key: newKid, resealed, unreadable: unreadable.length },
    });
    return { ...rotation, newKid };
  } finally {
    await close();
    lock?.release();
  }
}

function lockUnlessInUse(file: string): ReturnType<typeof lockDatabase> | undefined {
  try {
    return lockDatabase(file);
  } catch (error) {
    if (error instanceof DataFolderRefused) return undefined;
    throw error;
  }
}

async function refuseUnknownKey(db: Database, newKid: string): Promise<void> {
  const known = (await adminStore(db).read(KEYS_IN_HAND))?.split(',') ?? [];
  if (known.includes(newKid)) return;
  throw new DataFolderRefused(
    `The Clawmoor that runs on this database does not have the key ${newKid} yet. Restart it with this ENCRYPTION_KEY, then run this again.`,
  );
}
