// npm run keys:rotate: seals everything under the first key of ENCRYPTION_KEY; may run while Clawmoor does, and again after a kill.
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import { rotateInstallation } from '../world/rotate.ts';
import { runCommand, say } from './console.ts';

await runCommand(async () => {
  const config = readConfig(process.env);
  const { newKid, resealed, inUse, unreadable } = await rotateInstallation({
    file: join(config.dataDir, 'clawmoor.db'),
    config,
    clock: systemClock,
  });
  say(`${resealed} values were sealed anew under ${newKid}.`);
  for (const value of unreadable) say(`No key of ENCRYPTION_KEY opens ${value}: enter this secret again in the app.`);
  for (const { kid } of config.encryptionKeys.slice(1)) {
    const left = inUse.get(kid) ?? 0;
    if (left > 0) say(`${kid} still seals ${left} values; run this again.`);
    else say(`${kid} is no longer used in the database. Keep it somewhere safe as long as you keep backups from its time.`);
  }
  return unreadable.length > 0 ? 1 : 0;
});
