// What clawmoorctl needs of the PostgreSQL of DATABASE_URL:
//   postgres-copy dump FILE          a whole, checked copy while Clawmoor works on
//   postgres-copy load FILE          a copy in the place of what is there, as it is; Clawmoor must have stopped
//   postgres-copy migrations [FILE]  the names of the migrations of a copy, or of what is there, one a line
//   postgres-copy aside SCRIPT       runs a script of Node.js on a copy in a database of its own, and removes it
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDump, dumpTo, loadDump, withScratch } from '../adapters/postgres/dump.ts';
import { holdDatabase } from '../adapters/postgres/exchange.ts';
import { readConfig } from '../config.ts';
import { MigrationRefused } from '../lib/open-database.ts';
import { runCommand, say } from './console.ts';

await runCommand(async () => {
  const { databaseUrl: url, dataDir } = readConfig(process.env);
  if (url === undefined) throw new MigrationRefused('DATABASE_URL is not set.');
  const [verb, file] = process.argv.slice(2);
  const passing = join(dataDir, `passing-${process.pid}.dump`);
  try {
    if (verb === 'dump' && file) return await dump(url, file);
    if (verb === 'load' && file) return await load(url, file);
    if (verb === 'migrations') return await migrations(file ?? (await dumpTo({ url, to: passing }), passing));
    if (verb === 'aside' && file) {
      await dumpTo({ url, to: passing });
      return await aside({ url, copy: passing, script: file });
    }
    say('usage: postgres-copy dump FILE | load FILE | migrations [FILE] | aside SCRIPT');
    return 2;
  } finally {
    await rm(passing, { force: true });
  }
});

async function dump(url: string, to: string): Promise<number> {
  await dumpTo({ url, to });
  await checkDump(to);
  return 0;
}

async function load(url: string, file: string): Promise<number> {
  await checkDump(file);
  const held = await holdDatabase(url);
  try {
    await held.setAside();
    await loadDump({ url, file });
    await held.keepNew();
    return 0;
  } catch (error) {
    await held.putBack().catch(() => {}); // the next start does it
    throw error;
  } finally {
    await held.release();
  }
}

async function migrations(file: string): Promise<number> {
  for (const { name } of (await checkDump(file)).migrations) say(name);
  return 0;
}

async function aside({ url, copy, script }: { url: string; copy: string; script: string }): Promise<number> {
  let code = 1;
  const made = await withScratch(url, async (database) => {
    await loadDump({ url, file: copy, database });
    const there = url.replace(/^(\w+:\/\/[^/]*\/)[^?]*/, `$1${database}`);
    const child = spawn(process.execPath, [script], { env: { ...process.env, DATABASE_URL: there }, stdio: 'inherit' });
    [code] = (await once(child, 'exit')) as [number];
  });
  if (made) return code;
  say('Not rehearsed: the user of DATABASE_URL may not make a database for it. Allow it: ALTER ROLE clawmoor CREATEDB');
  return 0;
}
