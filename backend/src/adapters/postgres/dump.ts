import { open, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import type { DatabaseFacts } from '../../lib/database-files.ts';
import { Problem } from '../../lib/problem.ts';
import { persist } from '../sqlite/file-work.ts';
import pg from 'pg';
import { connectionSettings } from './connection.ts';
import { SCHEMA } from './migrate.ts';
import { databaseOf, runTool } from './tools.ts';

export const DUMP_STARTS_WITH = 'PGDMP';
const HEADER = /^COPY [\w"]+\.("?)(\w+)\1 \((.*)\) FROM stdin;$/;

/** A consistent copy of our schema while it is in use: pg_dump's own format, unpacked, for gzip and age to pack. */
export async function dumpTo({ url, to }: { url: string; to: string }, signal?: AbortSignal): Promise<void> {
  const words = ['--format=custom', '--compress=0', `--schema=${SCHEMA}`, '--no-owner', '--no-privileges', `--file=${to}`];
  const made = await open(to, 'w', 0o600);
  await made.close();
  try {
    await runTool({ tool: 'pg_dump', words, url, signal });
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
  await persist(to);
}

/** Reads all of it: every row is counted as a restore would load it. Throws `backup.damaged` and `backup.not_ours`. */
export async function checkDump(file: string, signal?: AbortSignal): Promise<DatabaseFacts> {
  await refuseOthers(file);
  const counts: Record<string, number> = {};
  const kept: Record<string, Record<string, string>[]> = { setting: [], migration: [] };
  let table: { name: string; columns: string[] } | undefined;
  let newestEntryAt: number | undefined;
  const onLine = (line: string): void => {
    if (!table) {
      const [, , name, columns] = HEADER.exec(line) ?? [];
      if (name === undefined || columns === undefined) return;
      table = { name, columns: columns.split(', ').map((column) => column.replaceAll('"', '')) };
      counts[name] = 0;
      return;
    }
    if (line === '\\.') return void (table = undefined);
    const { name, columns } = table;
    counts[name] = (counts[name] ?? 0) + 1;
    if (name === 'audit') newestEntryAt = Math.max(newestEntryAt ?? 0, Number(line.split('\t')[columns.indexOf('at')]));
    kept[name]?.push(Object.fromEntries(line.split('\t').map((value, at) => [columns[at] ?? '', value])));
  };
  await runTool({ tool: 'pg_restore', words: ['--data-only', '--file=-', file], onLine, signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw isMissing(error) ? error : damaged('it ends too early, or was changed', error);
  });
  const migrations = (kept['migration'] ?? []).map(({ name = '', checksum = '' }) => ({ name, checksum }));
  migrations.sort((a, b) => (a.name < b.name ? -1 : 1));
  const newest = migrations.at(-1);
  if (!newest) throw notOurs();
  const setting = (key: string): string | undefined => kept['setting']?.find((row) => row['key'] === key)?.['value'];
  return {
    schema: newest.name,
    migrations,
    counts: Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    canary: setting('canary'),
    installation: setting('installation'),
    newestEntryAt,
    bytes: (await stat(file)).size,
  };
}

/** Loads a dump, schema and all, in one transaction. */
export const loadDump = ({ url, file, database }: { url: string; file: string; database?: string }, signal?: AbortSignal): Promise<void> =>
  runTool({
    tool: 'pg_restore',
    words: ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges', `--dbname=${database ?? databaseOf(url)}`, file],
    url,
    ...(database !== undefined && { database }),
    signal,
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw isMissing(error) ? error : damaged('PostgreSQL does not load it', error);
  });

/** Loads it into a database of its own beside ours, where every key and reference is checked. `false`: see `withScratch`. */
export const tryDump = ({ url, file }: { url: string; file: string }, signal?: AbortSignal): Promise<boolean> =>
  withScratch(url, (database) => loadDump({ url, file, database }, signal));

/**
 * Makes an empty database on the same server, lets `work` use it, and removes it. Answers `false`, and does nothing, where
 * the user of `url` may not make databases.
 */
export async function withScratch(url: string, work: (database: string) => Promise<void>): Promise<boolean> {
  const database = `clawmoor_rehearsal_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client(connectionSettings(url));
  client.on('error', () => {}); // the statement that is under way fails, and says so
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${database} TEMPLATE template0`);
  } catch (error) {
    await client.end();
    if ((error as { code?: unknown }).code === '42501') return false;
    throw error;
  }
  try {
    await work(database);
    return true;
  } finally {
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`).finally(() => client.end());
  }
}

async function refuseOthers(file: string): Promise<void> {
  const handle = await open(file, 'r');
  const start = Buffer.alloc(16);
  await handle.read(start, 0, start.length, 0).finally(() => handle.close());
  const text = start.toString('latin1');
  if (text.startsWith(DUMP_STARTS_WITH)) return;
  if (text.startsWith('SQLite format 3')) {
    throw new Problem('backup.not_ours', 'This is a copy of an installation on SQLite, and DATABASE_URL names PostgreSQL', {
      fix: 'Restore it without DATABASE_URL, then move it: npm run migrate-to-postgres',
    });
  }
  throw damaged('it is no dump of PostgreSQL');
}

const isMissing = (error: unknown): boolean => error instanceof Problem && /not installed|older than/.test(error.message);

const damaged = (why: string, cause?: unknown): Problem =>
  new Problem('backup.damaged', `The copy is damaged: ${why}`, {
    fix: 'Take another copy: an older one, or the one kept off-site.',
    cause,
  });
const notOurs = (): Problem =>
  new Problem('backup.not_ours', 'This is a database, but not one of Clawmoor', { fix: 'Check which file you meant.' });
