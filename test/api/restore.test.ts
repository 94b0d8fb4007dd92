import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../backend/src/config.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { restoreCopy, type RestorePhase } from '../../backend/src/world/restore.ts';
import { describeOnSqlite, onPostgres } from '../support/store.ts';
import { productionEnvironment, startWorld, SUPER_ADMIN } from '../support/world.ts';

const run = promisify(execFile);
const COMMAND = join(import.meta.dirname, '../../backend/src/commands/restore.ts');
const KILLED = join(import.meta.dirname, '../support/killed-restore.ts');
const OTHER_KEY = `k9:${Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 91 + 5) % 256)).toString('base64')}`;

let root: string;
/** A data folder as a stopped server leaves it: "Later" was added after the copy was made. */
let used: string;
let copy: string;
beforeAll(async () => {
  if (onPostgres) return;
  root = await mkdtemp(join(tmpdir(), 'clawmoor-restore-'));
  used = join(root, 'used');
  copy = join(root, 'copy.db.gz');
  const test = await startWorld();
  const superAdmin = await test.person(SUPER_ADMIN, 'Sue');
  const { body: server } = await superAdmin.post('/servers', {
    name: 'Before',
    host: 'example.com',
    username: 'root',
    authMethod: 'password',
    password: 'canary-restored-password',
  });
  await test.world.tasks.start({ serverId: server.id, type: 'openclaw.restart', input: { bootId: null }, by: superAdmin.id });
  const { filename } = (await superAdmin.post('/admin/backups/run')).body;
  writeFileSync(copy, readFileSync(join(test.dataDir, 'backups', filename)));
  await superAdmin.post('/servers', { name: 'Later', host: 'example.com', username: 'root', authMethod: 'generated' });
  await superAdmin.post('/admin/backups/run');
  await test.world[Symbol.asyncDispose]();
  await cp(test.dataDir, used, { recursive: true });
  await test[Symbol.asyncDispose]();
});
afterAll(() => (onPostgres ? undefined : rm(root, { recursive: true, force: true })));

let folders = 0;
async function dataDir(): Promise<string> {
  const dir = join(root, `data-${(folders += 1)}`);
  await cp(used, dir, { recursive: true });
  return dir;
}
const envOf = (dir: string, more: Record<string, string> = {}) => ({
  PATH: process.env['PATH'],
  ...productionEnvironment,
  DATA_DIR: dir,
  ...more,
});

async function restore(
  dir: string,
  words: string[],
  more: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [COMMAND, ...words], { env: envOf(dir, more), cwd: dir });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

/** The same in this process: quicker. Answers what it was refused with. */
async function restoreHere(dir: string, file: string, more: Record<string, string> = {}): Promise<string | undefined> {
  const config = readConfig({ ...productionEnvironment, DATA_DIR: dir, ...more });
  try {
    await restoreCopy({ config, copy: file, identity: undefined, clock: systemClock });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function look(dir: string): { servers: string[]; whole: unknown } {
  const db = new Database(join(dir, 'clawmoor.db'), { readonly: true });
  try {
    return {
      servers: db.prepare<[], string>('SELECT name FROM server ORDER BY created_at, name').pluck().all().toSorted(),
      whole: db.pragma('integrity_check', { simple: true }),
    };
  } finally {
    db.close();
  }
}

describeOnSqlite('npm run restore', () => {
  it('without --yes says what is in the copy and beside it what is there now, and changes nothing (S38)', async () => {
    const dir = await dataDir();
    const before = readFileSync(join(dir, 'clawmoor.db'));
    const { code, out } = await restore(dir, [copy]);
    expect(code).toBe(0);
    expect(out).toMatch(/The copy is whole: \d+ MiB unpacked, schema \d{4}-[\w-]+, its keys are in ENCRYPTION_KEY/);
    expect(out).toMatch(/server +1 +2\n/);
    expect(out).toContain('Nothing was changed');
    expect(readFileSync(join(dir, 'clawmoor.db')).equals(before)).toBe(true);
    expect(readdirSync(join(dir, 'backups')).filter((name) => name.includes('scratch'))).toEqual([]);
  });

  it('with --yes puts it in place, keeps what was there, ends sessions and what was under way, and a server starts on it (S38)', async () => {
    const dir = await dataDir();
    const { code, out, err } = await restore(dir, [copy, '--yes']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/Restored\. 1 sessions were ended and \d tasks/);
    expect(look(dir)).toEqual({ servers: ['Before'], whole: 'ok' });
    const kept = readdirSync(join(dir, 'backups')).find((name) => name.startsWith('before-restore-')) ?? '';
    const old = new Database(join(dir, 'backups', kept), { readonly: true });
    expect(old.prepare('SELECT count(*) FROM server').pluck().get()).toBe(2);
    old.close();
    await using test = await startWorld({ overrides: { databaseFile: join(dir, 'clawmoor.db') } });
    expect(await test.world.audit.verify()).toBeUndefined();
    const sessions = await test.world.db.selectFrom('session').select('revoked_at').execute();
    expect(sessions.every(({ revoked_at }) => revoked_at !== null)).toBe(true);
    const states = await test.world.db.selectFrom('task').select(['state', 'secrets']).execute();
    expect(states.every(({ state, secrets }) => !['queued', 'running'].includes(state) && secrets === null)).toBe(true);
    const superAdmin = await test.person(SUPER_ADMIN);
    expect((await superAdmin.get('/admin/audit?action=backup.restore')).body.entries).toHaveLength(1);
    const { id } = await test.world.db.selectFrom('server').select('id').executeTakeFirstOrThrow();
    const target = await test.world.servers.targetOf(id);
    expect(target.auth).toEqual({ password: 'canary-restored-password' });
    // Copies that are newer than the restored database are still listed.
    expect(await test.world.db.selectFrom('backup').select('filename').execute()).toHaveLength(2);
  });

  it('works on a new machine, without any database there, and then guards what it put there', async () => {
    const dir = join(root, 'new-machine');
    expect(await restore(dir.replace('new-machine', '.'), [copy, '--yes'], { DATA_DIR: dir })).toMatchObject({ code: 0, err: '' });
    expect(look(dir).servers).toEqual(['Before']);
    expect(existsSync(join(dir, 'clawmoor.db.id'))).toBe(true);
  });

  it('opens an encrypted copy with its identity, and says what is missing without (S38)', async () => {
    const dir = await dataDir();
    const identity = await generateIdentity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const sealed = join(root, 'copy.db.gz.age');
    writeFileSync(sealed, await encrypter.encrypt(readFileSync(copy)));
    expect((await restore(dir, [sealed])).err).toContain('encrypted for an age recipient');
    const [right, wrong] = [join(root, 'right.txt'), join(root, 'wrong.txt')];
    writeFileSync(right, `# created: today\n${identity}\n`);
    writeFileSync(wrong, `${await generateIdentity()}\n`);
    expect((await restore(dir, [sealed, '--identity', wrong])).err).toContain('does not open the copy');
    expect(await restore(dir, [sealed, '--identity', right, '--yes'])).toMatchObject({ code: 0 });
    expect(look(dir).servers).toEqual(['Before']);
  });

  const refused = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(root, name), bytes);
    return join(root, name);
  };
  const changed = (name: string, change: (db: Database.Database) => unknown): string => {
    const file = refused(`${name}.db`, gunzipSync(readFileSync(copy)));
    const db = new Database(file);
    change(db);
    db.close();
    return file;
  };
  it.each([
    ['a file that was cut short', () => refused('cut.gz', readFileSync(copy).subarray(0, 3_000)), 'ends too early'],
    ['what is no copy at all', () => refused('note.txt', Buffer.from('hello')), 'no copy of ours'],
    ['an empty file', () => refused('empty.gz', Buffer.alloc(0)), 'no copy of ours'],
    ['a database of something else', () => changed('strange', (db) => db.exec('DROP TABLE migration')), 'not one of Clawmoor'],
    [
      'a newer schema',
      () => changed('newer', (db) => db.exec("INSERT INTO migration VALUES ('9999-later', 'x', 1)")),
      'newer than this build',
    ],
    ['rows that point nowhere', () => changed('orphans', (db) => db.exec('PRAGMA foreign_keys = OFF; DELETE FROM user')), 'point at rows'],
    ['a gzip bomb', () => refused('bomb.gz', gzipSync(Buffer.alloc(120 * 1024 * 1024), { level: 9 })), 'larger than'],
    ['a file that is not there', () => join(root, 'nothing.gz'), 'no such file'],
  ])('refuses %s, and the database stays as it is (S38)', async (_what, make, said) => {
    const dir = await dataDir();
    expect(await restoreHere(dir, make())).toContain(said);
    expect(look(dir)).toEqual({ servers: ['Before', 'Later'], whole: 'ok' });
    expect(readdirSync(join(dir, 'backups')).filter((name) => /scratch|part/.test(name))).toEqual([]);
  });

  it('refuses a symbolic link, another ENCRYPTION_KEY, and a page that was changed (S38)', async () => {
    const dir = await dataDir();
    symlinkSync(copy, join(root, 'link.gz'));
    expect(await restoreHere(dir, join(root, 'link.gz'))).toContain('a link or a folder');
    expect(await restoreHere(dir, copy, { ENCRYPTION_KEY: OTHER_KEY })).toContain('ENCRYPTION_KEY does not open');
    const torn = refused('torn.db', gunzipSync(readFileSync(copy)));
    const bytes = readFileSync(torn);
    bytes.fill(0x5a, 4096 * 3, 4096 * 6);
    writeFileSync(torn, bytes);
    expect(await restoreHere(dir, torn)).toContain('damaged');
    expect(look(dir).servers).toEqual(['Before', 'Later']);
  });

  it('refuses while a server runs on the database (S38)', async () => {
    const dir = await dataDir();
    await using _test = await startWorld({ overrides: { databaseFile: join(dir, 'clawmoor.db') } });
    const { code, err } = await restore(dir, [copy, '--yes']);
    expect([code, err]).toEqual([1, expect.stringMatching(/^Another Clawmoor works with .*clawmoor\.db\. Stop it first/)]);
  });

  it('restores over a database that cannot be read any more, and keeps its files', async () => {
    const dir = await dataDir();
    truncateSync(join(dir, 'clawmoor.db'), 6_000);
    expect(await restoreHere(dir, copy)).toBeUndefined();
    expect(look(dir)).toEqual({ servers: ['Before'], whole: 'ok' });
    const kept = readdirSync(join(dir, 'backups')).find((name) => name.startsWith('before-restore-')) ?? '';
    expect(statSync(join(dir, 'backups', kept)).size).toBe(6_000);
  });
});

/** The data folder of a process that was killed: what it wrote last stands in the write-ahead log alone, and page 1 is destroyed. */
async function killedAndDamaged(): Promise<string> {
  const dir = await dataDir();
  const file = join(dir, 'clawmoor.db');
  const live = new Database(file);
  live.pragma('wal_autocheckpoint = 0');
  live.exec("UPDATE server SET name = 'From the log'; UPDATE user SET first_name = 'From the log'; UPDATE setting SET value = 'x'");
  for (const ending of ['', '-wal']) writeFileSync(`${file}${ending}.kept`, readFileSync(`${file}${ending}`));
  live.close();
  const bytes = readFileSync(`${file}.kept`).fill(0x5a, 0, 4096);
  writeFileSync(file, bytes);
  writeFileSync(`${file}-wal`, readFileSync(`${file}-wal.kept`));
  return dir;
}

describeOnSqlite('A restore over what is left of a database', () => {
  it('never plays the old write-ahead log into the new database, and keeps it beside the old one (R21)', async () => {
    const dir = await killedAndDamaged();
    expect(statSync(join(dir, 'clawmoor.db-wal')).size).toBeGreaterThan(0);
    expect(await restoreHere(dir, copy)).toBeUndefined();
    expect(look(dir)).toEqual({ servers: ['Before'], whole: 'ok' });
    const kept = readdirSync(join(dir, 'backups')).filter((name) => name.startsWith('before-restore-'));
    expect(kept.map((name) => name.replace(/^.*\.db/, '')).toSorted()).toEqual(['', '-wal']);
  });

  it('that does not open once it is in place is changed back by itself, and says so (R21)', async () => {
    const dir = await dataDir();
    const config = readConfig({ ...productionEnvironment, DATA_DIR: dir });
    const guard = readFileSync(join(dir, 'clawmoor.db.id'), 'utf8');
    const onPhase = (phase: RestorePhase): void => {
      if (phase === 'swapped') writeFileSync(join(dir, 'clawmoor.db'), Buffer.alloc(40_960, 0x5a));
    };
    await expect(restoreCopy({ config, copy, identity: undefined, clock: systemClock, onPhase })).rejects.toMatchObject({
      code: 'backup.damaged',
      message: expect.stringContaining('the one from before is back in its place'),
    });
    expect(look(dir)).toEqual({ servers: ['Before', 'Later'], whole: 'ok' });
    await using test = await startWorld({ overrides: { databaseFile: join(dir, 'clawmoor.db') } });
    expect(readFileSync(join(dir, 'clawmoor.db.id'), 'utf8')).toBe(guard);
    expect(await test.world.audit.verify()).toBeUndefined();
  });
});

describeOnSqlite('A restore that is killed', () => {
  it.each<[RestorePhase, string]>([
    ['unpacked', 'old'],
    ['checked', 'old'],
    ['copied', 'old'],
    ['prepared', 'old'],
    ['settled', 'old'],
    ['swapped', 'new'],
    ['proven', 'new'],
  ])('after "%s" leaves a whole database, the %s one, and can be repeated (R21)', async (phase, which) => {
    const dir = await dataDir();
    const signal = await new Promise((resolve) => {
      spawn(process.execPath, [KILLED, copy, phase], { env: envOf(dir), cwd: dir, stdio: 'inherit' }).once('exit', (_code, by) =>
        resolve(by),
      );
    });
    expect(signal).toBe('SIGKILL');
    expect(look(dir)).toEqual({ servers: which === 'old' ? ['Before', 'Later'] : ['Before'], whole: 'ok' });
    expect(await restoreHere(dir, copy)).toBeUndefined();
    expect(look(dir)).toEqual({ servers: ['Before'], whole: 'ok' });
  });
});
