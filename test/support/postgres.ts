import { spawn, spawnSync } from 'node:child_process';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const VERSIONS = '/usr/lib/postgresql';
const READY_WITHIN_MS = 60_000;

/** Where PostgreSQL's programs are; `undefined`: it is not installed, and its tests are skipped and counted. */
export const postgresPrograms = ((): string | undefined => {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(VERSIONS, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
})();

export interface TestPostgres {
  /** The address of a database of that name, with its password. */
  urlOf: (name: string) => string;
  /** Makes an empty one; answers its address. */
  create: (name: string) => Promise<string>;
  /** Asks as the server's own administrator. */
  ask: <Row extends object>(sql: string, database?: string) => Promise<Row[]>;
  /** Where its socket is. */
  folder: string;
  stop: () => Promise<void>;
}

const PASSWORD = 'Gz7-only-for-tests';

/**
 * A PostgreSQL of our own, in a folder of its own, on a Unix socket. It ends with this process, however that ends: a
 * shell waits for the end of its stdin.
 */
export async function startPostgres(): Promise<TestPostgres> {
  if (postgresPrograms === undefined) throw new Error('PostgreSQL is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'clawmoor-pg-'));
  const { uid, gid } = await owner(folder);
  const as = uid === undefined ? {} : { uid, gid };
  const secret = join(folder, 'password');
  await writeFile(secret, PASSWORD, { mode: 0o644 });
  const places = { cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }, ...as };
  const made = spawnSync(
    join(postgresPrograms, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'clawmoor', '--auth=scram-sha-256', `--pwfile=${secret}`, '--encoding=UTF8', '--no-sync'],
    { ...places, encoding: 'utf8', timeout: READY_WITHIN_MS },
  );
  if (made.status !== 0) throw new Error(`initdb ended with ${made.status}: ${made.stderr}`);
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'max_connections=200', 'shared_buffers=64MB'];
  const words = [join(postgresPrograms, 'postgres'), '-D', join(folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])];
  const script = '"$@" >log 2>&1 & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid; cd /; rm -rf "$FOLDER"';
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...words], {
    ...places,
    env: { ...places.env, FOLDER: folder },
    stdio: ['pipe', 'ignore', 'ignore'],
    // A signal to the tests is not one to it: it ends by its stdin, in order.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const urlOf = (name: string): string => `postgres://clawmoor:${PASSWORD}@/${name}?host=${encodeURIComponent(folder)}`;
  const ask: TestPostgres['ask'] = async (sql, database = 'postgres') => {
    const client = new pg.Client({ connectionString: urlOf(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await untilReady(ask);
  return {
    urlOf,
    folder,
    ask,
    async create(name) {
      await ask(`CREATE DATABASE "${name}" TEMPLATE template0`);
      return urlOf(name);
    },
    async stop() {
      child.stdin.end();
      await ended;
      // An administrator's folder in /tmp may be sticky: what the server's user could not remove goes here.
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL does not run as root: then its own user, or nobody, owns the folder. */
async function owner(folder: string): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) =>
    ['postgres', 'nobody'].map((name) => spawnSync('id', [flag, name], { encoding: 'utf8' })).find(({ status }) => status === 0)?.stdout;
  const [uid, gid] = [Number(idOf('-u')), Number(idOf('-g'))];
  await chown(folder, uid, gid);
  return { uid, gid };
}

async function untilReady(ask: TestPostgres['ask']): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await ask('SELECT 1');
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
