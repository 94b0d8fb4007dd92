// npm run restore -- FILE [--yes] [--identity FILE]: says what is in a copy; with --yes puts it in the place of the database.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import { inspectCopy, restoreCopy, type RestoreParts, type RestoreReport } from '../world/restore.ts';
import { runCommand, say } from './console.ts';

const USAGE = 'Usage: npm run restore -- FILE [--yes] [--identity FILE]';
// Of these a person knows the number by heart.
const SHOWN = ['server', 'user', 'member', 'task', 'audit', 'backup'];

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { yes: { type: 'boolean', default: false }, identity: { type: 'string' } },
  });
  const [copy, ...more] = positionals;
  if (copy === undefined || more.length > 0) {
    say(USAGE);
    return 2;
  }
  const identity = values.identity === undefined ? undefined : readIdentity(values.identity);
  const config = readConfig(process.env);
  const parts = { config, copy: resolve(copy), identity, clock: systemClock };
  const { inspect, restore } = await storeOf(parts);
  report(await inspect());
  if (!values.yes) {
    say('Nothing was changed. To restore it, stop Clawmoor and add --yes.');
    return 0;
  }
  const { before, sessions, tasks } = await restore();
  say(`Restored. ${sessions} sessions were ended and ${tasks} tasks that were under way are marked as interrupted.`);
  if (before !== undefined) say(`What was there before is kept: ${before}`);
  return 0;
});

/** What PostgreSQL needs is loaded only where it is used. */
async function storeOf(parts: RestoreParts) {
  const url = parts.config.databaseUrl;
  if (url === undefined) return { inspect: () => inspectCopy(parts), restore: () => restoreCopy(parts) };
  const { inspectDump, restoreDump } = await import('../world/restore-postgres.ts');
  return { inspect: () => inspectDump({ ...parts, url }), restore: () => restoreDump({ ...parts, url }) };
}

function report({ copy, current }: RestoreReport): void {
  say(`The copy is whole: ${Math.ceil(copy.bytes / 1_048_576)} MiB unpacked, schema ${copy.schema}, its keys are in ENCRYPTION_KEY.`);
  if (copy.newestEntryAt !== undefined) say(`Its newest audit entry is of ${new Date(copy.newestEntryAt).toISOString()}.`);
  say(`${''.padEnd(10)}${'copy'.padStart(10)}${'now'.padStart(10)}`);
  for (const table of SHOWN) {
    const now = current ? (current.counts[table] ?? 0) : '–';
    say(`${table.padEnd(10)}${String(copy.counts[table] ?? 0).padStart(10)}${String(now).padStart(10)}`);
  }
}

/** As age-keygen writes it: comments, then one line. */
function readIdentity(file: string): string {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((text) => text.startsWith('AGE-SECRET-KEY-'));
  if (line === undefined) throw new Error(`${file} holds no line AGE-SECRET-KEY-…`);
  return line.trim();
}
