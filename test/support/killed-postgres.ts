// Restores a copy, or moves a file, and kills itself with SIGKILL as soon as a phase is over: node killed-postgres.ts PHASE [COPY]
import { readConfig } from '../../backend/src/config.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { moveToPostgres } from '../../backend/src/world/move.ts';
import { restoreDump } from '../../backend/src/world/restore-postgres.ts';

const [last, copy] = process.argv.slice(2);
const config = readConfig(process.env);
const onPhase = (phase: string): void => {
  if (phase === last) process.kill(process.pid, 'SIGKILL');
};

if (copy === undefined) await moveToPostgres({ config, clock: systemClock, onPhase });
else await restoreDump({ config, url: config.databaseUrl ?? '', copy, identity: undefined, clock: systemClock, onPhase });
