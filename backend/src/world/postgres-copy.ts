import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDump, dumpTo, loadDump, withScratch } from '../adapters/postgres/dump.ts';
import { holdDatabase } from '../adapters/postgres/exchange.ts';
import type { Config } from '../config.ts';
import { MigrationRefused } from '../lib/open-database.ts';

export interface PostgresCopyParts {
  config: Config;
  /** The verb and what it is about. */
  words: readonly string[];
  say: (line: string) => void;
}

/** Does what `commands/postgres-copy.ts` lists; answers the exit status. */
export async function postgresCopy({ config, words, say }: PostgresCopyParts): Promise<number> {
  const { databaseUrl: url, dataDir } = config;
  if (url === undefined) throw new MigrationRefused('DATABASE_URL is not set.');
  const [verb, file] = words;
  const passing = join(dataDir, `passing-${process.pid}.dump`);
  try {
    if (verb === 'dump' && file) return await dump(url, file);
    if (verb === 'load' && file) return await load(url, file);
    if (verb === 'free') return await (await holdDatabase(url)).release().then(() => 0);
    if (verb === 'migrations') {
      if (!file) await dumpTo({ url, to: passing });
      for (const { name } of (await checkDump(file ?? passing)).migrations) say(name);
      return 0;
    }
    if (verb === 'aside' && file) {
      await dumpTo({ url, to: passing });
      return await aside({ url, copy: passing, script: file, say });
    }
    say('usage: postgres-copy dump FILE | load FILE | free | migrations [FILE] | aside SCRIPT');
    return 2;
  } finally {
    await rm(passing, { force: true });
  }
}

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

interface Aside {
  url: string;
  copy: string;
  script: string;
  say: PostgresCopyParts['say'];
}

async function aside({ url, copy, script, say }: Aside): Promise<number> {
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
