import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSchedule } from '../../backend/src/adapters/cron/schedule.ts';
import { createLog } from '../../backend/src/lib/log.ts';
import { itOnSqlite, onPostgres } from '../support/store.ts';
import { startWorld, SUPER_ADMIN, type TestWorld } from '../support/world.ts';
import { wantBugs } from '../support/response-tap.ts';

const METRICS_TOKEN = 'canary-metrics-token-8831';
const GIB = 1024 ** 3;
const server = { name: 'a', host: '127.0.0.1', port: 9, username: 'root', authMethod: 'generated' };

interface Check {
  key: string;
  status: string;
  message: string;
  fix?: string;
  values: Record<string, unknown>;
}
async function checksOf(test: TestWorld): Promise<Map<string, Check>> {
  const { body } = await (await test.person(SUPER_ADMIN)).get('/admin/health/detailed');
  return new Map(body.checks.map((check: Check) => [check.key, check]));
}

describe('The detailed health', () => {
  let test: TestWorld;
  beforeAll(async () => {
    test = await startWorld({ env: { METRICS_TOKEN } });
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('looks at every part there is, each with figures and a sentence (R28)', async () => {
    const checks = await checksOf(test);
    expect([...checks.keys()]).toEqual([
      'database',
      'disk',
      'memory',
      'event_loop',
      'backups',
      'audit_chain',
      'scheduler',
      'versions',
      'tasks',
      'ssh',
      'gateway_sockets',
      'bot',
      'webhooks',
      'monitor',
    ]);
    // How long the event loop of a loaded test machine waits says nothing about us, and no Telegram answers here.
    for (const { key, status, message } of [...checks.values()].filter(({ key }) => !['event_loop', 'bot'].includes(key)))
      expect([key, status, message]).toEqual([key, 'ok', expect.stringMatching(/\w/)]);
    expect(checks.get('database')?.values).toMatchObject({
      writable: true,
      bytes: expect.any(Number),
      [onPostgres ? 'connections' : 'walBytes']: expect.any(Number),
    });
    expect(checks.get('scheduler')?.values).toMatchObject({ jobs: 5, failed: 0, backupDueAt: expect.any(String) });
    expect(checks.get('versions')?.values).toMatchObject({ clawmoor: '0.1.0', node: process.versions.node });
  });

  it('is for super-admins alone (S41)', async () => {
    expect((await test.nobody.get('/admin/health/detailed')).status).toBe(401);
    expect((await (await test.person(5)).get('/admin/health/detailed')).body.code).toBe('auth.super_admin_only');
  });

  it('is what Prometheus scrapes behind METRICS_TOKEN, and there is no such page without one (R28 S41)', async () => {
    const scrape = (url: string, token?: string) =>
      fetch(`${url}/metrics`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    const answer = await scrape(test.url, METRICS_TOKEN);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|[a-z][a-z0-9_]*(\{\w+="[^"]*"\})? -?[\d.e+-]+)$/);
    for (const name of [
      'check_status{check="disk"}',
      'tasks_queued',
      onPostgres ? 'database_connections' : 'database_wal_bytes',
      'event_loop_p99_ms',
      'ssh_open',
      'feeds_open',
    ])
      expect(text).toContain(`\nclawmoor_${name} `);
    expect((await scrape(test.url)).status).toBe(401);
    expect((await scrape(test.url, 'canary-metrics-token-8832')).status).toBe(401);
    await using closed = await startWorld();
    expect((await scrape(closed.url, METRICS_TOKEN)).status).toBe(404);
  });

  it('counts failed connections by their code, and tasks by how they ended (R28)', async () => {
    const owner = await test.person(1);
    const { id } = (await owner.post('/servers', server)).body;
    await owner.get(`/servers/${id}/setup/check-prereqs`);
    const text = await test.world.admin.metrics();
    expect(text).toMatch(/clawmoor_ssh_failures_total\{code="ssh\.\w+"\} 1\n/);
  });

  it('is alarmed when the last good backup is older than 26 hours (R28)', async () => {
    let ahead = 0;
    const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() };
    await using late = await startWorld({ overrides: { clock } });
    expect((await checksOf(late)).get('backups')).toMatchObject({ status: 'ok', message: 'The first backup is still to come' });
    await late.world.admin.backups.run('schedule');
    ahead = 27 * 3_600_000;
    const check = (await checksOf(late)).get('backups');
    expect(check).toMatchObject({
      status: 'failing',
      code: 'health.backup_old',
      message: 'The last good backup is 27 hours old',
      fix: expect.any(String),
    });
  });
});

describe('A disk that fills up', () => {
  it('warns below 15 %, and below 5 % begins nothing new while everything can still be read (R17)', async () => {
    let free = 50;
    await using test = await startWorld({ overrides: { measureDisk: async () => ({ free: free * GIB, total: 100 * GIB }) } });
    const owner = await test.person(1);
    const { id } = (await owner.post('/servers', server)).body;
    free = 12;
    expect((await checksOf(test)).get('disk')).toMatchObject({
      status: 'warn',
      code: 'health.disk_low',
      message: '12 % of the disk is free',
    });
    expect((await test.nobody.get('/health/ready')).status).toBe(200);
    free = 3;
    expect((await checksOf(test)).get('disk')).toMatchObject({ status: 'failing', fix: expect.stringContaining(test.dataDir) });
    const started = await owner.post(`/servers/${id}/setup/systemd`);
    expect([started.status, started.body.code, started.body.fix]).toEqual([507, 'storage.full', expect.stringContaining('Free space')]);
    expect((await owner.get('/tasks')).body.tasks).toEqual([]);
    expect((await owner.get('/servers')).body.servers).toHaveLength(1);
    expect((await test.nobody.get('/health/ready')).body.code).toBe('storage.full');
    expect((await test.nobody.get('/health')).body.status).toBe('failing');
    free = 50;
    await checksOf(test);
    expect((await owner.post(`/servers/${id}/setup/systemd`)).status).toBe(202);
  });

  itOnSqlite('under a write gives one clear answer, and the audit log still answers (R17)', async () => {
    await using test = await startWorld();
    const superAdmin = await test.person(SUPER_ADMIN);
    const { id } = (await superAdmin.post('/servers', server)).body;
    const { page_count: pages = 0 } = (await sql<{ page_count: number }>`pragma page_count`.execute(test.world.db)).rows[0] ?? {};
    await sql.raw(`pragma max_page_count = ${pages}`).execute(test.world.db);
    const answers = [];
    for (let index = 0; index < 40; index++)
      answers.push(await superAdmin.post('/servers', { ...server, name: `Server ${index}`, tags: ['x'.repeat(30)] }));
    const full = answers.filter(({ status }) => status !== 201);
    expect(full.length).toBeGreaterThan(0);
    for (const { status, body, headers } of full) {
      expect([status, body.code, body.fix]).toEqual([507, 'storage.full', expect.stringMatching(/DATA_DIR/)]);
      expect(headers.get('content-length')).toMatch(/^[1-9]\d*$/);
    }
    expect((await superAdmin.get('/admin/audit')).body.entries.length).toBeGreaterThan(0);
    expect((await superAdmin.get('/servers')).status).toBe(200);
    expect((await superAdmin.post(`/servers/${id}/setup/systemd`)).body.code).toBe('storage.full');
  });
});

describe('The database', () => {
  /** Another process that holds the write lock for so long. */
  async function holdLock(file: string, ms: number) {
    const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
    const script = `const db = require(${JSON.stringify(sqlite)})(process.argv[1]); db.exec('BEGIN IMMEDIATE'); console.log('held');
      setTimeout(() => db.exec('ROLLBACK'), Number(process.argv[2]))`;
    const child = spawn(process.execPath, ['-e', script, file, String(ms)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return { ended: new Promise((resolve) => child.once('exit', resolve)), kill: () => child.kill() };
  }

  itOnSqlite('that another process writes to is waited for; after its time the answer is "busy, try again" (R16)', async () => {
    await using test = await startWorld();
    const owner = await test.person(1);
    const short = await holdLock(join(test.dataDir, 'clawmoor.db'), 300);
    expect((await owner.post('/servers', server)).status).toBe(201);
    await short.ended;
    await using hasty = await startWorld({ overrides: { busyTimeoutMs: 100 } });
    const other = await hasty.person(1);
    const long = await holdLock(join(hasty.dataDir, 'clawmoor.db'), 30_000);
    const busy = await other.post('/servers', server);
    expect([busy.status, busy.body.code, busy.headers.get('retry-after')]).toEqual([503, 'internal.busy', '5']);
    long.kill();
    await long.ended;
    expect((await other.post('/servers', server)).status).toBe(201);
  });

  itOnSqlite('empties its write-ahead log when it is idle, and not while somebody reads (R18)', async () => {
    // Were the reader waited for, it would be for longer than this test may take.
    await using test = await startWorld({ overrides: { busyTimeoutMs: 120_000 } });
    const file = join(test.dataDir, 'clawmoor.db');
    const reader = new Database(file, { readonly: true });
    const reading = reader.prepare('SELECT * FROM setting').iterate();
    reading.next();
    await test.person(1);
    expect(test.world.admin.checkpoint()).toBe(false);
    reading.return?.();
    reader.close();
    expect(test.world.admin.checkpoint()).toBe(true);
    expect((await test.world.admin.databaseSize()).walBytes).toBe(0);
  });

  it('with a write-ahead log above 256 MB is an alarm (R18)', async () => {
    const { databaseCheck } = await import('../../backend/src/features/admin/database.check.ts');
    const size = (walMiB: number) => async () => ({ bytes: 1, pages: 1, freeBytes: 0, walBytes: walMiB * 1024 ** 2 });
    const statusAt = async (walMiB: number) => (await databaseCheck({ checkWritable: async () => {}, size: size(walMiB) }).look()).status;
    expect([await statusAt(256), await statusAt(257)]).toEqual(['ok', 'warn']);
  });
});

describe('The data folder', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'clawmoor-folder-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  const startOn = (name: string, env: Record<string, string> = {}) => startWorld({ env, overrides: { databaseFile: join(dir, name) } });

  itOnSqlite('that was in use but is empty now is refused, with its path and the way back (R23)', async () => {
    await (await startOn('gone.db'))[Symbol.asyncDispose]();
    rmSync(join(dir, 'gone.db'));
    await expect(startOn('gone.db')).rejects.toThrow(`The database ${join(dir, 'gone.db')} is gone`);
    expect(existsSync(join(dir, 'gone.db'))).toBe(false);
  });

  it('that holds another installation’s database is refused, and names both (R23)', async () => {
    await (await startOn('one.db'))[Symbol.asyncDispose]();
    await (await startOn('two.db'))[Symbol.asyncDispose]();
    writeFileSync(join(dir, 'one.db.id'), readFileSync(join(dir, 'two.db.id')));
    await expect(startOn('one.db')).rejects.toThrow(
      /belongs to the installation ins_\S+, but .*one\.db\.id says that ins_\S+ should be here/,
    );
  });

  it('that is not the expected installation’s is refused: a volume that is not mounted looks like a first start (R23)', async () => {
    await expect(startOn('volume.db', { EXPECT_INSTALLATION: 'ins_expected' })).rejects.toThrow(
      'EXPECT_INSTALLATION names an installation, but',
    );
    expect(existsSync(join(dir, 'volume.db'))).toBe(false);
    await (await startOn('volume.db'))[Symbol.asyncDispose]();
    await expect(startOn('volume.db', { EXPECT_INSTALLATION: 'ins_expected' })).rejects.toThrow('EXPECT_INSTALLATION names ins_expected');
    await (
      await startOn('volume.db', { EXPECT_INSTALLATION: readFileSync(join(dir, 'volume.db.id'), 'utf8').trim() })
    )[Symbol.asyncDispose]();
  });

  it('is worked on by one process at a time', async () => {
    await using _first = await startOn('shared.db');
    await expect(startOn('shared.db')).rejects.toThrow('Another Clawmoor works with');
  });
});

describe('The schedule', () => {
  const log = createLog({ level: 'silent' });
  const memoryOf = (values: Map<string, string>) => ({
    read: async (name: string) => values.get(name),
    write: async (name: string, value: string) => values.set(name, value),
  });

  it('makes up for runs that were missed with one run, and for none when the line was changed meanwhile (R26)', async () => {
    const memory = new Map<string, string>();
    const runs: string[] = [];
    const jobs = (cron: string) => [{ name: 'backup', cron, run: async () => runs.push('run') }];
    const startAt = async (now: number, cron: string) => {
      await using schedule = createSchedule({ clock: { now: () => now, monotonic: () => 0 }, log, memory: memoryOf(memory) });
      await schedule.start(jobs(cron)); // its end waits for what it began
    };
    await startAt(Date.now(), '0 3 * * *');
    expect(runs).toEqual([]);
    await startAt(Date.now() + 3.5 * 86_400_000, '0 3 * * *');
    expect(runs).toEqual(['run']);
    await startAt(Date.now() + 9.5 * 86_400_000, '0 4 * * *');
    expect(runs).toEqual(['run']);
  });

  it('never runs a job twice at a time, and shows why one failed (R26)', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-05-01T12:00:00Z'), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const ends: (() => void)[] = [];
    await using schedule = createSchedule({ clock: { now: Date.now, monotonic: () => 0 }, log, memory: memoryOf(new Map()) });
    const run = async (): Promise<void> => {
      await new Promise<void>((resolve) => ends.push(resolve));
      throw new Error('the disk is on fire');
    };
    await schedule.start([{ name: 'slow', cron: '* * * * * *', run }]);
    await vi.advanceTimersByTimeAsync(4_500);
    expect([ends.length, schedule.states()[0]?.running]).toEqual([1, true]);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ends.length).toBe(2);
    expect(schedule.states()[0]).toMatchObject({ name: 'slow', failure: 'the disk is on fire' });
    ends[1]?.();
  });
  afterEach(() => void vi.useRealTimers());
});

describe('The address of a client', () => {
  const ipFor = async (trustProxy: string | undefined, headers: Record<string, string>): Promise<string> => {
    await using test = await startWorld({ env: trustProxy === undefined ? {} : { TRUST_PROXY: trustProxy } });
    const { token } = await test.person(1);
    const { headers: answered } = await test.request('POST', '/servers', { token, body: server, headers });
    const row = await test.world.db
      .selectFrom('audit')
      .select(['ip', 'request_id'])
      .where('action', '=', 'server.create')
      .executeTakeFirstOrThrow();
    expect(row.request_id).toBe(answered.get('x-request-id'));
    return `${row.ip} ${row.request_id === headers['x-request-id'] ? 'given id' : 'own id'}`;
  };
  const forged = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9', 'x-real-ip': '198.51.100.2', 'x-request-id': 'from-the-proxy-1' };

  it('is never what it says itself, and behind one proxy what that proxy says (S41)', async () => {
    expect(await ipFor(undefined, forged)).toMatch(/^(::ffff:)?127\.0\.0\.1 own id$/);
    expect(await ipFor('1', forged)).toBe('203.0.113.9 given id');
    expect(await ipFor('10.0.0.0/8', forged)).toMatch(/^(::ffff:)?127\.0\.0\.1 own id$/);
    expect(await ipFor('loopback', forged)).toBe('203.0.113.9 given id');
    expect(await ipFor('loopback', { 'x-request-id': 'bad id\t<script>' })).toMatch(/own id$/);
  });

  it('cannot be changed from request to request to get around the limit of sign-ins (S41)', async () => {
    await using test = await startWorld({ overrides: { limits: { 'sign-in': 3 } } });
    const statuses = [];
    for (let index = 0; index < 5; index++) {
      const headers = { 'x-forwarded-for': `198.51.100.${index}`, 'content-type': 'application/json' };
      statuses.push((await test.request('POST', '/auth/telegram', { body: { initData: 'x' }, headers })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });
});

describe('The id of a request', () => {
  it('stands in the task that it started and in the log lines that were written for it', async () => {
    let log = '';
    await using test = await startWorld({
      overrides: { log: createLog({ level: 'info', destination: { write: (line) => void (log += line) } }) },
    });
    const owner = await test.person(1);
    const { id } = (await owner.post('/servers', server)).body;
    const answer = await owner.post(`/servers/${id}/setup/systemd`);
    const task = await test.world.db.selectFrom('task').select('request_id').where('id', '=', answer.body.taskId).executeTakeFirstOrThrow();
    expect(task.request_id).toBe(answer.headers.get('x-request-id'));
    await test.world.db.schema.dropTable('member').execute();
    wantBugs();
    const broken = await owner.get('/servers');
    expect(broken.status).toBe(500);
    expect(log).toContain(`"requestId":"${broken.headers.get('x-request-id')}"`);
  });
});
