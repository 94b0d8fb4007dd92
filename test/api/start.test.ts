import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../backend/src/adapters/sqlite/migrate.ts';
import { readConfig } from '../../backend/src/config.ts';
import { judgedFetch } from '../support/response-tap.ts';
import { productionEnvironment, startWorld } from '../support/world.ts';

const MAIN = join(import.meta.dirname, '../../backend/src/main.ts');
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clawmoor-start-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('The configuration', () => {
  const refusal = (change: Record<string, string>): string => {
    try {
      readConfig({ ...productionEnvironment, ...change }, { cwd: dir });
      return 'accepted';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  it.each([
    ['a missing bot token', { TELEGRAM_BOT_TOKEN: '' }, 'TELEGRAM_BOT_TOKEN'],
    ['a missing JWT secret', { JWT_SECRET: '' }, 'JWT_SECRET'],
    ['a short JWT secret', { JWT_SECRET: 'short-canary' }, 'JWT_SECRET'],
    ['an example for a secret', { JWT_SECRET: 'change-me-change-me-change-me-change-me' }, 'JWT_SECRET'],
    ['a missing encryption key', { ENCRYPTION_KEY: '' }, 'ENCRYPTION_KEY'],
    ['a short encryption key', { ENCRYPTION_KEY: 'k1:c2hvcnQ=' }, 'ENCRYPTION_KEY'],
    ['an encryption key of zeros', { ENCRYPTION_KEY: `k1:${Buffer.alloc(32).toString('base64')}` }, 'ENCRYPTION_KEY'],
    ['a port that is none', { PORT: 'eighty' }, 'PORT'],
    ['networks that are none', { ALLOW_PRIVATE_HOSTS: 'yes' }, 'ALLOW_PRIVATE_HOSTS'],
    ['a proxy that is none', { TRUST_PROXY: 'everybody' }, 'TRUST_PROXY'],
  ])('with APP_DOMAIN refuses %s by name, never by value (S35)', (_what, change, name) => {
    const message = refusal(change);
    expect(message).toContain(`${name}:`);
    for (const value of Object.values(change)) if (value.length > 6) expect(message).not.toContain(value);
  });
  it('names every variable that is wrong at once', () => {
    expect(refusal({ JWT_SECRET: '', ENCRYPTION_KEY: '' })).toMatch(/JWT_SECRET[\s\S]*ENCRYPTION_KEY/);
  });
  it('makes the secrets of the local trial once, for its user alone (S35)', () => {
    const first = readConfig({}, { cwd: dir });
    expect(readConfig({}, { cwd: dir }).botToken).toBe(first.botToken);
    expect(first).toMatchObject({ trial: true, host: '127.0.0.1', port: 3000, privateHosts: 'all' });
    expect(statSync(join(dir, '.clawmoor/secrets.json')).mode & 0o777).toBe(0o600);
  });
});

describe('Migrations (R22)', () => {
  const now = (): number => 1;
  const first = { name: '0001-a', sql: 'CREATE TABLE a (x INTEGER) STRICT;' };
  const second = { name: '0002-b', sql: 'CREATE TABLE b (x INTEGER) STRICT;' };
  it('run in order, once, each in a transaction of its own, with a copy of the file before', () => {
    const file = join(dir, 'm.db');
    const db = new Database(file);
    migrate(db, [first], now);
    db.exec('INSERT INTO a VALUES (7)');
    expect(() => migrate(db, [first, second, { name: '0003-c', sql: 'CREATE TABLE c (x INTEGER); boom;' }], now)).toThrow('0003-c');
    expect(db.prepare('SELECT name FROM migration ORDER BY name').pluck().all()).toEqual(['0001-a', '0002-b']);
    expect(db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'c'").pluck().get()).toBe(0);
    expect(new Database(`${file}.before-0002-b`, { readonly: true }).prepare('SELECT x FROM a').pluck().all()).toEqual([7]);
  });
  it('refuse a database that is newer, and one whose past is another', () => {
    const db = new Database(':memory:');
    migrate(db, [first, second], now);
    expect(() => migrate(db, [first], now)).toThrow('newer than this build');
    expect(() => migrate(db, [first, { ...second, sql: 'CREATE TABLE other (x INTEGER);' }], now)).toThrow('another build');
  });
});

describe('A start', () => {
  it('refuses another ENCRYPTION_KEY than the database was made with, and says so (S35 R23)', async () => {
    const file = join(dir, 'key.db');
    await (await startWorld({ overrides: { databaseFile: file } }))[Symbol.asyncDispose]();
    const other = `k1:${Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 91 + 5) % 256)).toString('base64')}`;
    await expect(startWorld({ env: { ENCRYPTION_KEY: other }, overrides: { databaseFile: file } })).rejects.toThrow(
      'ENCRYPTION_KEY does not open this database',
    );
    await (
      await startWorld({
        env: { ENCRYPTION_KEY: `${other.replace('k1', 'k2')},${productionEnvironment.ENCRYPTION_KEY}` },
        overrides: { databaseFile: file },
      })
    )[Symbol.asyncDispose]();
  });

  const env = (extra: Record<string, string>): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: dir, ...extra });

  it('with nothing configured prints one line with the address, serves, and stops politely (R14)', async () => {
    const child = spawn(process.execPath, [MAIN], {
      cwd: dir,
      env: env({ PORT: '0', DATA_DIR: join(dir, 'trial') }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // A process that is left behind would keep the whole run from ending.
    onTestFinished(() => void child.kill('SIGKILL'));
    const line = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk))));
    expect(line).toMatch(/^Clawmoor is ready: http:\/\/127\.0\.0\.1:\d+\n$/);
    const url = line.trim().split(' ').at(-1) ?? '';
    const signedIn = (await (
      await judgedFetch(`${url}/api/auth/trial`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    ).json()) as { token: string };
    const { servers } = (await (
      await judgedFetch(`${url}/api/servers`, { headers: { authorization: `Bearer ${signedIn.token}` } })
    ).json()) as {
      servers: { id: string; name: string }[];
    };
    expect(servers.map(({ name }) => name)).toEqual(['This machine']);
    const tested = (await (
      await judgedFetch(`${url}/api/servers/${servers[0]?.id}/test`, {
        method: 'POST',
        headers: { authorization: `Bearer ${signedIn.token}`, 'content-type': 'application/json' },
        body: '{}',
      })
    ).json()) as { ok: boolean };
    expect(tested).toMatchObject({ ok: true, pinned: true });
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    expect(statSync(join(dir, 'trial/clawmoor.db')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(dir, 'trial/clawmoor.db-wal')) ? statSync(join(dir, 'trial/clawmoor.db-wal')).size : 0).toBe(0);
  });

  it('says in one sentence that the port is taken', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const port = String((squatter.address() as AddressInfo).port);
    const failed = await new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [MAIN], {
        cwd: dir,
        env: env({ PORT: port, DATA_DIR: join(dir, 'taken') }),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
      child.once('exit', (code) => resolve({ code, stderr }));
    });
    squatter.close();
    expect(failed).toEqual({ code: 1, stderr: `Port ${port} is taken by another program. Choose another: PORT=3001 npm start\n` });
  });

  it('names what is wrong and stops when it is to be public without secrets', () => {
    expect(() => execFileSync(process.execPath, [MAIN], { cwd: dir, env: env({ APP_DOMAIN: 'x.example' }), stdio: 'pipe' })).toThrow(
      /TELEGRAM_BOT_TOKEN[\s\S]*JWT_SECRET[\s\S]*ENCRYPTION_KEY/,
    );
  });

  it('does not go on with trial secrets that cannot be read', () => {
    writeFileSync(join(dir, '.clawmoor/secrets.json'), 'nonsense');
    expect(() => readConfig({}, { cwd: dir })).toThrow('secrets.json cannot be read');
    expect(readFileSync(join(dir, '.clawmoor/secrets.json'), 'utf8')).toBe('nonsense');
  });
});
