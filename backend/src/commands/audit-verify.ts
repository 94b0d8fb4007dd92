// npm run audit:verify: walks the whole audit log; may run while Clawmoor does.
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { createAudit } from '../features/audit/audit.ts';
import { systemClock, iso } from '../lib/clock.ts';
import { openStore } from '../world/store.ts';
import { runCommand, say } from './console.ts';

await runCommand(async () => {
  const config = readConfig(process.env);
  const { db, close } = await openStore({
    file: join(config.dataDir, 'clawmoor.db'),
    databaseUrl: config.databaseUrl,
    clock: systemClock,
    alone: false,
    mustExist: true,
  });
  try {
    const audit = createAudit({ db, clock: systemClock, keepDays: config.auditKeepDays });
    const floor = await audit.floor();
    if (floor) say(`Entries up to ${floor.audit_id} (${iso(floor.at)}) were removed because of their age; the chain begins there.`);
    const { brokenAt, id, rows } = await audit.chain.walk();
    if (brokenAt === undefined) {
      say(`The audit log is whole: ${rows} entries, the newest is ${id}.`);
      return 0;
    }
    say(`The audit log does not fit together at entry ${brokenAt}; the ${rows} entries before it do.`);
    return 1;
  } finally {
    await close();
  }
});
