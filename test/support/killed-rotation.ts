// Rotates keys, and kills itself with SIGKILL after so many batches: node killed-rotation.ts BATCHES
import { join } from 'node:path';
import { readConfig } from '../../backend/src/config.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { rotateInstallation } from '../../backend/src/world/rotate.ts';

const config = readConfig(process.env);
let left = Number(process.argv[2]);

await rotateInstallation({
  file: join(config.dataDir, 'clawmoor.db'),
  config,
  clock: systemClock,
  onBatch: () => {
    if ((left -= 1) === 0) process.kill(process.pid, 'SIGKILL');
  },
});
