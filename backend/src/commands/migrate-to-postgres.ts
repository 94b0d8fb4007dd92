// npm run migrate-to-postgres: moves the SQLite file of DATA_DIR into the empty PostgreSQL of DATABASE_URL, and compares both sides.
import { readConfig } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import { moveToPostgres } from '../world/move.ts';
import { runCommand, say } from './console.ts';

await runCommand(async () => {
  const { tables, audited, kept } = await moveToPostgres({ config: readConfig(process.env), clock: systemClock });
  for (const { table, rows, sha256 } of tables) say(`${table.padEnd(18)}${String(rows).padStart(10)}  ${sha256.slice(0, 16)}`);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  say(`Moved: ${rows} rows of ${tables.length} tables are the same on both sides, and the chain of ${audited} audit entries is whole.`);
  say(`The SQLite file is kept: ${kept}`);
  say('Start Clawmoor with this DATABASE_URL, and make a backup.');
  return 0;
});
