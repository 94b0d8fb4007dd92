import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { Problem } from '../../lib/problem.ts';
import { storageFull } from '../sqlite/database.ts';

/** 10 GB take some minutes. */
const WITHIN_MS = 60 * 60_000;
const MOST_STDERR = 4_000;

export interface ToolWork {
  tool: 'pg_dump' | 'pg_restore';
  words: string[];
  /** Where it connects to; its password goes by the environment, which other users cannot read. */
  url?: string;
  /** Of a database on the same server. */
  database?: string;
  /** Called for each line of stdout. */
  onLine?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** Runs a program of PostgreSQL to its end. Throws Problems `backup.*` and `storage.full` with what it said. */
export async function runTool({ tool, words, url, database, onLine, signal }: ToolWork): Promise<void> {
  const limit = AbortSignal.any([AbortSignal.timeout(WITHIN_MS), ...(signal ? [signal] : [])]);
  const child = spawn(tool, words, {
    env: { PATH: searchPath(), HOME: process.env['HOME'] ?? '/', LC_ALL: 'C', ...(url !== undefined && connection(url, database)) },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: limit,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-MOST_STDERR)));
  const lines = createInterface({ input: child.stdout, crlfDelay: Infinity });
  if (onLine) lines.on('line', onLine);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? toolMissing(tool) : error));
    child.once('close', resolve);
  });
  limit.throwIfAborted();
  if (code !== 0) throw failure(tool, said.trim());
}

// Debian keeps the programs of each version apart; the links in /usr/bin choose by the cluster of the machine, and not by ours.
const searchPath = (): string => [process.env['PATH'], '/usr/bin', '/usr/local/bin'].filter(Boolean).join(':');

/** The address as libpq takes it from the environment. */
export function connection(url: string, database?: string): Record<string, string> {
  const { host, port, user, password } = new pg.Client({ connectionString: url });
  const asked = new URLSearchParams(url.split('?')[1] ?? '');
  const tls = { PGSSLMODE: 'sslmode', PGSSLROOTCERT: 'sslrootcert', PGSSLCERT: 'sslcert', PGSSLKEY: 'sslkey' };
  const named = Object.entries(tls).flatMap(([name, parameter]) => {
    const value = asked.get(parameter);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    PGHOST: host,
    PGPORT: String(port),
    ...(user !== undefined && { PGUSER: user }),
    // The library takes it from ~/.pgpass or PGPASSFILE where the address has none; so do the programs.
    ...(typeof password === 'string' && { PGPASSWORD: password }),
    ...(process.env['PGPASSFILE'] !== undefined && { PGPASSFILE: process.env['PGPASSFILE'] }),
    PGDATABASE: database ?? databaseOf(url),
    PGAPPNAME: 'clawmoor',
    PGCONNECT_TIMEOUT: '10',
    ...Object.fromEntries(named),
  };
}

export const databaseOf = (url: string): string => new pg.Client({ connectionString: url }).database ?? 'clawmoor';

function failure(tool: string, said: string): Error {
  if (/No space left on device/.test(said)) return storageFull(said);
  if (/server version mismatch/.test(said)) {
    return new Problem('backup.tool_failed', `${tool} is older than the PostgreSQL that it is to read`, {
      fix: 'Install the postgresql-client package of the version that the server has.',
      cause: said,
    });
  }
  return new Problem('backup.tool_failed', `${tool} failed: ${said.split('\n').at(-1) ?? ''}`, {
    fix: 'Check that PostgreSQL runs and that the user of DATABASE_URL owns the schema clawmoor.',
    cause: said,
  });
}

const toolMissing = (tool: string): Problem =>
  new Problem('backup.tool_failed', `${tool} is not installed on this machine`, {
    fix: 'Install it: apt-get install postgresql-client (the version of the server, or newer).',
  });
