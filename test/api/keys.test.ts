import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aadOf } from '../../backend/src/features/servers/server-secrets.ts';
import { aadOf as taskAad } from '../../backend/src/tasks/sealed-tasks.store.ts';
import { createSealer } from '../../backend/src/lib/sealer.ts';
import { describeOnSqlite, onPostgres } from '../support/store.ts';
import { productionEnvironment, startWorld } from '../support/world.ts';

const run = promisify(execFile);
const COMMAND = join(import.meta.dirname, '../../backend/src/commands/keys-rotate.ts');
const KILLED = join(import.meta.dirname, '../support/killed-rotation.ts');
const OLD = productionEnvironment.ENCRYPTION_KEY;
const keyOf = (kid: string, step: number): string =>
  `${kid}:${Buffer.from(Array.from({ length: 32 }, (_, at) => (at * step + 7) % 256)).toString('base64')}`;
const NEW = keyOf('k2', 53);
const ringOf = (line: string) =>
  createSealer(line.split(',').map((item) => ({ kid: item.slice(0, 2), key: Buffer.from(item.slice(3), 'base64') })));
// Three batches of 200, the last one not full.
const SERVERS = 450;
const PASSWORD = 'canary-rotated-password';

let root: string;
/** A stopped installation under the key k1: 450 servers with a password each, and a task that waits with its secrets. */
let used: string;
beforeAll(async () => {
  if (onPostgres) return;
  root = await mkdtemp(join(tmpdir(), 'clawmoor-keys-'));
  used = join(root, 'used');
  const test = await startWorld({ begin: false });
  const owner = await test.person(1);
  const { id } = (
    await owner.post('/servers', { name: 'a', host: 'example.com', username: 'root', authMethod: 'password', password: PASSWORD })
  ).body;
  await test.world.db.transaction().execute(async (trx) => {
    const row = await trx.selectFrom('server').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const sealer = ringOf(OLD);
    for (let index = 1; index < SERVERS; index++) {
      const serverId = `srv_${index}`;
      const envelope = sealer.seal(PASSWORD, aadOf('password', { serverId, host: row.host, port: row.port, username: row.username }));
      await trx
        .insertInto('server')
        .values({ ...row, id: serverId })
        .execute();
      await trx.insertInto('server_secret').values({ server_id: serverId, name: 'password', envelope }).execute();
    }
  });
  const provider = { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9', apiKey: 'canary-rotated-api-key', model: 'a' };
  const submitted = await owner.post(`/servers/${id}/setup/onboard`, { provider });
  expect(submitted.status, submitted.text).toBe(202);
  await test.world[Symbol.asyncDispose]();
  await cp(test.dataDir, used, { recursive: true });
  await test[Symbol.asyncDispose]();
  // As a killed process leaves it: the next one takes the task up, with its secrets.
  const secrets = ringOf(OLD).seal('{"apiKey":"canary-rotated-api-key"}', taskAad(submitted.body.taskId));
  read(used, (db) => db.prepare("UPDATE task SET state = 'queued', secrets = ?").run(secrets));
});
afterAll(() => (onPostgres ? undefined : rm(root, { recursive: true, force: true })));

let folders = 0;
async function dataDir(): Promise<string> {
  const dir = join(root, `data-${(folders += 1)}`);
  await cp(used, dir, { recursive: true });
  return dir;
}
const envOf = (dir: string, keys: string) => ({
  PATH: process.env['PATH'],
  ...productionEnvironment,
  DATA_DIR: dir,
  ENCRYPTION_KEY: keys,
});

async function rotate(dir: string, keys: string): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [COMMAND], { env: envOf(dir, keys), cwd: dir });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

function read<T>(dir: string, look: (db: Database.Database) => T): T {
  const db = new Database(join(dir, 'clawmoor.db'));
  try {
    return look(db);
  } finally {
    db.close();
  }
}

/** How many sealed texts each key has in the whole database, whatever table they are in. */
const keysInUse = (dir: string): Record<string, number> =>
  read(dir, (db) => {
    const found: Record<string, number> = {};
    const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
    for (const table of tables)
      for (const row of db.prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}"`).iterate())
        for (const value of Object.values(row)) {
          const kid = typeof value === 'string' ? /^v1\.([\w-]+)\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/.exec(value)?.[1] : undefined;
          if (kid !== undefined) found[kid] = (found[kid] ?? 0) + 1;
        }
    return found;
  });

const passwords = (dir: string, keys: string): Set<string> =>
  read(dir, (db) => {
    const sealer = ringOf(keys);
    const rows = db
      .prepare<[], { id: string; host: string; port: number; username: string; envelope: string }>(
        'SELECT id, host, port, username, envelope FROM server JOIN server_secret ON server_id = id',
      )
      .all();
    return new Set(rows.map(({ id, envelope, ...place }) => sealer.open(envelope, aadOf('password', { serverId: id, ...place }))));
  });

// The passwords, the secrets of the task, and the canary.
const ALL = SERVERS + 2;

describeOnSqlite('npm run keys:rotate', () => {
  it('seals everything under the first key, says that the old one is used nowhere, and Clawmoor starts without it (S34 S35)', async () => {
    const dir = await dataDir();
    expect(keysInUse(dir)).toEqual({ k1: ALL });
    const { code, out, err } = await rotate(dir, `${NEW},${OLD}`);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(
      `${ALL} values were sealed anew under k2.\nk1 is no longer used in the database. Keep it somewhere safe as long as you keep backups from its time.\n`,
    );
    expect(keysInUse(dir)).toEqual({ k2: ALL });
    expect(passwords(dir, NEW)).toEqual(new Set([PASSWORD]));
    await using test = await startWorld({
      env: { ENCRYPTION_KEY: NEW },
      overrides: { databaseFile: join(dir, 'clawmoor.db') },
      begin: false,
    });
    await test.world.admin.demandReady();
    const entry = await test.world.db.selectFrom('audit').selectAll().where('action', '=', 'keys.rotate').executeTakeFirstOrThrow();
    expect([entry.target, entry.result, entry.after]).toEqual(['k2', 'ok', `{"key":"k2","resealed":${ALL},"unreadable":0}`]);
    expect(await test.world.audit.verify()).toBeUndefined();
    expect((await rotate(dir, `${NEW},${OLD}`)).out).toContain('0 values were sealed anew');
  });

  it('killed in the middle leaves every value readable, does not start without the old key, and goes on where it was (S34 S35)', async () => {
    const dir = await dataDir();
    const signal = await new Promise((resolve) => {
      const child = spawn(process.execPath, [KILLED, '2'], { env: envOf(dir, `${NEW},${OLD}`), cwd: dir, stdio: 'inherit' });
      child.once('exit', (_code, by) => resolve(by));
    });
    expect(signal).toBe('SIGKILL');
    expect(keysInUse(dir)).toEqual({ k1: ALL - 400, k2: 400 });
    expect(passwords(dir, `${NEW},${OLD}`)).toEqual(new Set([PASSWORD]));
    await expect(
      startWorld({ env: { ENCRYPTION_KEY: NEW }, overrides: { databaseFile: join(dir, 'clawmoor.db') }, begin: false }),
    ).rejects.toThrow('ENCRYPTION_KEY does not open this database');
    expect((await rotate(dir, `${NEW},${OLD}`)).out).toContain(`${ALL - 400} values were sealed anew under k2.\nk1 is no longer used`);
    expect(keysInUse(dir)).toEqual({ k2: ALL });
  });

  it('names what no key opens, goes on with the rest, and keeps it as it is (S34)', async () => {
    const dir = await dataDir();
    read(dir, (db) =>
      db.exec(
        "UPDATE server_secret SET envelope = (SELECT envelope FROM server_secret WHERE server_id = 'srv_1') WHERE server_id = 'srv_2'",
      ),
    );
    const { code, out } = await rotate(dir, `${NEW},${OLD}`);
    expect(code).toBe(1);
    expect(out).toContain('No key of ENCRYPTION_KEY opens server_secret.envelope srv_2 password: enter this secret again in the app.');
    expect(out).toContain('k1 still seals 1 values');
    expect(keysInUse(dir)).toEqual({ k1: 1, k2: ALL - 1 });
  });

  it('refuses a ring without the key in use, and a key that the Clawmoor that runs does not have yet (S35)', async () => {
    const dir = await dataDir();
    expect(await rotate(dir, NEW)).toMatchObject({ code: 1, err: expect.stringMatching(/^ENCRYPTION_KEY does not open this database/) });
    const databaseFile = join(dir, 'clawmoor.db');
    {
      await using _old = await startWorld({ overrides: { databaseFile }, begin: false });
      expect(await rotate(dir, `${NEW},${OLD}`)).toMatchObject({ code: 1, err: expect.stringContaining('does not have the key k2 yet') });
      expect(keysInUse(dir)).toEqual({ k1: ALL });
    }
    await using running = await startWorld({ env: { ENCRYPTION_KEY: `${NEW},${OLD}` }, overrides: { databaseFile }, begin: false });
    expect((await rotate(dir, `${NEW},${OLD}`)).code).toBe(0);
    expect(keysInUse(dir)).toEqual({ k2: ALL });
    await running.world.admin.demandReady();
  });
});
