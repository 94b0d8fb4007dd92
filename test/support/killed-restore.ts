// Restores a copy, and kills itself with SIGKILL as soon as a phase is over: node killed-restore.ts COPY PHASE
import { readConfig } from '../../backend/src/config.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { restoreCopy } from '../../backend/src/world/restore.ts';

const [copy = '', last] = process.argv.slice(2);

await restoreCopy({
  config: readConfig(process.env),
  copy,
  identity: undefined,
  clock: systemClock,
  onPhase: (phase) => {
    if (phase === last) process.kill(process.pid, 'SIGKILL');
  },
});
