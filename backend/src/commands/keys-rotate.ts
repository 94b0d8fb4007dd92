// npm run keys:rotate: seals everything under the first key of ENCRYPTION_KEY; may run while Clawmoor does, and again after a kill.
import { join } from 'node:path';
import { openDatabase } from '../adapters/sqlite/database.ts';
import { readConfig } from '../config.ts';
import { createAudit } from '../features/audit/audit.ts';
import { rotateKeys } from '../features/keys/rotate.ts';
import { checkCanary } from '../features/servers/canary.ts';
import { systemClock } from '../lib/clock.ts';
import { createSealer } from '../lib/sealer.ts';
import { sealedColumns } from '../world/sealed-columns.ts';
import { runCommand, say } from './console.ts';

await runCommand(async () => {
  const config = readConfig(process.env);
  const newKid = config.encryptionKeys[0]?.kid ?? '';
  const sealer = createSealer(config.encryptionKeys);
  const { db, close } = await openDatabase(join(config.dataDir, 'clawmoor.db'), { clock: systemClock, mustExist: true });
  try {
    await checkCanary({ db, sealer });
    const { resealed, inUse, unreadable } = await rotateKeys({ columns: sealedColumns(db), sealer, newKid });
    const nobody = { actorId: undefined, actorName: 'npm run keys:rotate', serverId: undefined, ip: undefined, requestId: undefined };
    const result = unreadable.length > 0 ? 'keys.unreadable' : 'ok';
    const after = { key: newKid, resealed, unreadable: unreadable.length };
    await createAudit({ db, clock: systemClock, keepDays: config.auditKeepDays }).record({
      ...nobody,
      action: 'keys.rotate',
      target: newKid,
      result,
      after,
    });
    say(`${resealed} values were sealed anew under ${newKid}.`);
    for (const value of unreadable) say(`No key of ENCRYPTION_KEY opens ${value}: enter this secret again in the app.`);
    for (const { kid } of config.encryptionKeys.slice(1)) {
      const left = inUse.get(kid) ?? 0;
      if (left > 0) say(`${kid} still seals ${left} values; run this again.`);
      else say(`${kid} is no longer used in the database. Keep it somewhere safe as long as you keep backups from its time.`);
    }
    return unreadable.length > 0 ? 1 : 0;
  } finally {
    await close();
  }
});
