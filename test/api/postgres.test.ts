import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgres } from '../../backend/src/adapters/postgres/database.ts';
import { createDumpFiles } from '../../backend/src/adapters/postgres/dump-files.ts';
import { toPostgres } from '../../backend/src/adapters/postgres/translate.ts';
import { openDatabase } from '../../backend/src/adapters/sqlite/database.ts';
import { migrations } from '../../backend/src/adapters/sqlite/migrations/list.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { describeIf } from '../support/needs.ts';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { productionEnvironment, startWorld, SUPER_ADMIN, type TestWorld } from '../support/world.ts';

const run = promisify(execFile);
const commandOf = (name: string): string => join(import.meta.dirname, `../../backend/src/commands/${name}.ts`);
const describePostgres = describeIf(postgresPrograms !== undefined, 'PostgreSQL is not installed');

let postgres: TestPostgres;
beforeAll(async () => {
  if (postgresPrograms !== undefined) postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

let databases = 0;
const emptyDatabase = (): Promise<string> => postgres.create(`case_${(databases += 1)}`);
const startOn = (url: string, env: Record<string, string> = {}): Promise<TestWorld> => startWorld({ env: { DATABASE_URL: url, ...env } });
const envOf = (test: TestWorld, url: string) => ({
  PATH: process.env['PATH'],
  ...productionEnvironment,
  DATA_DIR: test.dataDir,
  DATABASE_URL: url,
});
const server = { host: 'example.com', username: 'root', authMethod: 'generated' };

describePostgres('PostgreSQL', () => {
  it('has the tables, columns, keys and indexes of SQLite, of the same kinds', async () => {
    const opened = await openPostgres({ url: await emptyDatabase(), clock: systemClock, alone: true });
    const file = await openDatabase(':memory:', { clock: systemClock });
    const ofSqlite = await sql<{ place: string; kind: string; needed: number }>`
      SELECT m.name || '.' || c.name AS place, c.type AS kind, (c."notnull" OR c.pk > 0) AS needed
      FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY place`.execute(
      file.db,
    );
    const ofPostgres = await sql<{ place: string; kind: string; needed: boolean }>`
      SELECT table_name || '.' || column_name AS place, data_type AS kind, is_nullable = 'NO' AS needed
      FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY (table_name || '.' || column_name) COLLATE "C"`.execute(
      opened.db,
    );
    const kinds: Record<string, string> = { INTEGER: 'bigint', TEXT: 'text', REAL: 'double precision' };
    expect(ofPostgres.rows).toEqual(ofSqlite.rows.map(({ place, kind, needed }) => ({ place, kind: kinds[kind], needed: needed === 1 })));
    const indexes = await sql<{
      name: string;
    }>`SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`.execute(file.db);
    const theirs = await sql<{ name: string }>`SELECT indexname AS name FROM pg_indexes WHERE schemaname = current_schema()`.execute(
      opened.db,
    );
    expect(theirs.rows.map(({ name }) => name)).toEqual(expect.arrayContaining(indexes.rows.map(({ name }) => name)));
    const uncollated = await sql`SELECT 1 FROM information_schema.columns
      WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'migration'`.execute(
      opened.db,
    );
    expect(uncollated.rows).toEqual([]);
    await Promise.all([opened.close(), file.close()]);
  });

  it('knows the migrations by the names and checksums that SQLite has, and refuses what is newer or of another build (R22)', async () => {
    const url = await emptyDatabase();
    const open = () => openPostgres({ url, clock: systemClock, alone: true });
    await (await open()).close();
    const name = url.replace(/^.*@\/|\?.*$/g, '');
    const rows = await postgres.ask<{ name: string }>('SELECT name FROM clawmoor.migration ORDER BY name', name);
    expect(rows.map((row) => row.name)).toEqual(migrations.map((migration) => migration.name));
    await postgres.ask("INSERT INTO clawmoor.migration VALUES ('9999-later', 'x', 1)", name);
    await expect(open()).rejects.toThrow('newer than this build: it has the migration 9999-later');
    await postgres.ask(
      "DELETE FROM clawmoor.migration WHERE name = '9999-later'; UPDATE clawmoor.migration SET checksum = 'x' WHERE name = '0001-start'",
      name,
    );
    await expect(open()).rejects.toThrow('another build');
  });

  it('has words for every migration, and says so where it has none', () => {
    for (const migration of migrations)
      expect(toPostgres(migration.sql)).not.toMatch(/\b(STRICT|AUTOINCREMENT|PRAGMA|RAISE\(|WITHOUT ROWID)\b/);
    expect(() => toPostgres('VACUUM;')).toThrow('Not known how to say this to PostgreSQL: VACUUM');
    expect(() => toPostgres('CREATE TRIGGER unheard_of BEFORE UPDATE ON audit BEGIN SELECT 1; END;')).toThrow('unheard_of has no words');
  });

  it('lets nobody change, remove or empty the audit log (S39)', async () => {
    await using test = await startOn(await emptyDatabase());
    await (await test.person(1)).post('/servers', { ...server, name: 'a' });
    const { db } = test.world;
    for (const [change, why] of [
      ["UPDATE audit SET result = 'x'", 'cannot be changed'],
      ['DELETE FROM audit', 'cannot be deleted'],
      ['TRUNCATE audit', 'cannot be deleted'],
    ])
      await expect(sql.raw(change ?? '').execute(db), change).rejects.toThrow(why);
    expect(await test.world.audit.verify()).toBeUndefined();
  });

  it('serves one process: a second one is refused in one sentence, and may have it afterwards', async () => {
    const url = await emptyDatabase();
    const first = await startOn(url);
    await expect(startOn(url)).rejects.toThrow('Another Clawmoor works with the PostgreSQL database "case_');
    await first[Symbol.asyncDispose]();
    await using _second = await startOn(url);
  });

  it('goes on after its connections were cut, and still has the database for itself', async () => {
    const url = await emptyDatabase();
    await using test = await startOn(url);
    const owner = await test.person(1);
    await postgres.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'clawmoor' AND datname = 'case_" + databases + "'",
    );
    await expect.poll(async () => (await owner.post('/servers', { ...server, name: 'after' })).status, { timeout: 30_000 }).toBe(201);
    expect((await owner.get('/servers')).body.servers.length).toBeGreaterThan(0);
    await expect(openPostgres({ url, clock: systemClock, alone: true })).rejects.toThrow('Another Clawmoor works with');
  });

  it('that another program holds is waited for; after its time the answer is "busy, try again" (R16)', async () => {
    const url = await emptyDatabase();
    await using test = await startWorld({ env: { DATABASE_URL: url }, overrides: { busyTimeoutMs: 200 } });
    const owner = await test.person(1);
    const other = await openPostgres({ url, clock: systemClock, alone: false });
    await other.db.transaction().execute(async () => {
      const busy = await owner.post('/servers', { ...server, name: 'a' });
      expect([busy.status, busy.body.code, busy.headers.get('retry-after')]).toEqual([503, 'internal.busy', '5']);
    });
    await other.close();
    expect((await owner.post('/servers', { ...server, name: 'a' })).status).toBe(201);
  });

  it('numbers rows of many at once without a gap in the chain, and counts in numbers', async () => {
    await using test = await startOn(await emptyDatabase());
    const people = await Promise.all(Array.from({ length: 30 }, (_, index) => test.person(index + 1)));
    await Promise.all(people.map((person, index) => person.post('/servers', { ...server, name: `s${index}` })));
    expect(await test.world.audit.verify()).toBeUndefined();
    const { count } = await test.world.db
      .selectFrom('audit')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('action', '=', 'server.create')
      .executeTakeFirstOrThrow();
    expect(count).toBe(30);
  });

  it('with a wrong password or without a server stops the start in one sentence that holds no secret (S36)', async () => {
    const url = await emptyDatabase();
    const wrong = url.replace(/:[^:@]+@/, ':canary-wrong-password@');
    for (const address of [wrong, 'postgres://clawmoor:canary-wrong-password@127.0.0.1:1/none']) {
      const failure = await startOn(address).catch((error: unknown) => error);
      expect(String(failure)).toMatch(/^MigrationRefused: PostgreSQL cannot be reached at DATABASE_URL: /);
      expect(String(failure)).not.toContain('canary');
    }
  });

  it('that is empty is not begun anew where the folder knows an installation (R23)', async () => {
    await using test = await startWorld();
    const guard = readFileSync(join(test.dataDir, 'clawmoor.db.id'), 'utf8').trim();
    const url = await emptyDatabase();
    const failure = run(process.execPath, [join(import.meta.dirname, '../../backend/src/main.ts')], {
      env: envOf(test, url),
      cwd: test.dataDir,
    });
    await expect(failure).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('npm run migrate-to-postgres') });
    expect(guard).toMatch(/^ins_/);
  });
});

describePostgres('Copies of PostgreSQL', () => {
  it('are made and restored by its own programs; no password stands in their words, and the rehearsal restores (S36 R20 S38)', async () => {
    const url = await emptyDatabase();
    await using test = await startOn(url);
    const folder = join(test.dataDir, 'tools');
    const spied = await spyOnTools(folder);
    const path = process.env['PATH'];
    process.env['PATH'] = `${folder}:${path}`;
    try {
      const superAdmin = await test.person(SUPER_ADMIN);
      await superAdmin.post('/servers', { ...server, name: 'a' });
      const made = await superAdmin.post('/admin/backups/run');
      expect([made.status, made.body.verified], made.text).toEqual([201, true]);
      const rehearsal = await superAdmin.post('/admin/backups/rehearse');
      expect(rehearsal.body).toMatchObject({ ok: true, message: expect.stringMatching(/ rows of \d+ tables were restored and checked$/) });
    } finally {
      process.env['PATH'] = path;
    }
    expect(spied()).toMatch(/pg_dump .*--schema=clawmoor/);
    expect(spied()).toMatch(/pg_restore .*--single-transaction/);
    expect(spied()).not.toContain('Gz7-only');
    expect(await postgres.ask("SELECT datname FROM pg_database WHERE datname LIKE 'clawmoor_rehearsal%'")).toEqual([]);
  });

  it('that were changed are found, and say what to do (R20)', async () => {
    await using test = await startOn(await emptyDatabase());
    const superAdmin = await test.person(SUPER_ADMIN);
    const { filename } = (await superAdmin.post('/admin/backups/run')).body;
    const files = createDumpFiles(postgres.urlOf(`case_${databases}`));
    const plain = join(test.dataDir, 'plain.dump');
    await files.unpack({ from: join(test.dataDir, 'backups', filename), to: plain, maxBytes: 1e9, identity: undefined });
    const whole = readFileSync(plain);
    writeFileSync(plain, whole.subarray(0, whole.length - 2_000));
    await expect(files.check(plain)).rejects.toMatchObject({ code: 'backup.damaged' });
    writeFileSync(plain, 'SQLite format 3\0 and so on, for a while');
    await expect(files.check(plain)).rejects.toMatchObject({ code: 'backup.not_ours' });
  });

  it('come back: what was added later is gone, sessions end, and a server starts on it (S38)', async () => {
    const { test, url, copy } = await installation();
    const asked = await run(process.execPath, [commandOf('restore'), copy], { env: envOf(test, url), cwd: test.dataDir });
    expect(asked.stdout).toMatch(/server\s+1\s+2\n/);
    expect(asked.stdout).toContain('Nothing was changed.');
    const done = await run(process.execPath, [commandOf('restore'), copy, '--yes'], { env: envOf(test, url), cwd: test.dataDir });
    expect(done.stdout).toMatch(/Restored\. \d+ sessions were ended/);
    const [, before = ''] = /kept: (.*)\n/.exec(done.stdout) ?? [];
    expect(existsSync(before)).toBe(true);
    expect(await namesIn(url)).toEqual(['Before']);
    await test[Symbol.asyncDispose]();
  });

  it.each([
    ['prepared', ['Before', 'Later']],
    ['settled', ['Before', 'Later']],
    ['proven', ['Before']],
  ])('restored by a process that is killed after "%s" leave %j at the next start (R21)', async (phase, names) => {
    const { test, url, copy } = await installation();
    expect(await killedAt([phase, copy], envOf(test, url))).toBe('SIGKILL');
    expect(await namesIn(url)).toEqual(names);
    await test[Symbol.asyncDispose]();
  });

  it('are not restored while a Clawmoor runs (S38)', async () => {
    const { test, url, copy } = await installation();
    const opened = await openPostgres({ url, clock: systemClock, alone: true });
    await expect(
      run(process.execPath, [commandOf('restore'), copy, '--yes'], { env: envOf(test, url), cwd: test.dataDir }),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining('Another Clawmoor works with'),
    });
    await opened.close();
    await test[Symbol.asyncDispose]();
  });
});

describePostgres('What clawmoorctl needs of PostgreSQL', () => {
  const copies = (words: string[], test: TestWorld, url: string) =>
    run(process.execPath, [commandOf('postgres-copy'), ...words], { env: envOf(test, url), cwd: test.dataDir });

  it('is a copy beside a running server, its migrations, a try on a copy that is removed, and the way back', async () => {
    const url = await emptyDatabase();
    const test = await startOn(url);
    const owner = await test.person(1);
    await owner.post('/servers', { ...server, name: 'Before' });
    const file = join(test.dataDir, 'kept.dump');
    await copies(['dump', file], test, url);
    await owner.post('/servers', { ...server, name: 'Later' });
    expect((await copies(['migrations', file], test, url)).stdout).toBe((await copies(['migrations'], test, url)).stdout);
    const script = join(test.dataDir, 'look.mjs');
    writeFileSync(script, "console.log('on', process.env.DATABASE_URL.replace(/^.*@|[?].*$/g, '')); process.exit(3)");
    await expect(copies(['aside', script], test, url)).rejects.toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/^on \/clawmoor_rehearsal_/),
    });
    expect(await postgres.ask("SELECT datname FROM pg_database WHERE datname LIKE 'clawmoor_rehearsal%'")).toEqual([]);
    await expect(copies(['load', file], test, url)).rejects.toMatchObject({
      stderr: expect.stringContaining('Another Clawmoor works with'),
    });
    await test.world[Symbol.asyncDispose]();
    await copies(['load', file], test, url);
    expect(await namesIn(url)).toEqual(['Before']);
    await test[Symbol.asyncDispose]();
  });

  it('goes without the try, and says so, where the user may not make databases', async () => {
    const url = await emptyDatabase();
    const limited = await limitedUser(url);
    await using test = await startOn(limited);
    const script = join(test.dataDir, 'look.mjs');
    writeFileSync(script, 'process.exit(3)');
    expect((await copies(['aside', script], test, limited)).stdout).toContain('ALTER ROLE clawmoor CREATEDB');
    const superAdmin = await test.person(SUPER_ADMIN);
    await superAdmin.post('/admin/backups/run');
    const rehearsal = await superAdmin.post('/admin/backups/rehearse');
    expect(rehearsal.body).toMatchObject({ ok: true, message: expect.stringContaining('were read and counted, but not restored') });
  });
});

describePostgres('npm run migrate-to-postgres', () => {
  it('moves every row, compares numbers and hashes, walks the audit log, and the app goes on where it was', async () => {
    const url = await emptyDatabase();
    const { test, env, owner } = await onSqlite(url);
    const { stdout } = await run(process.execPath, [commandOf('migrate-to-postgres')], { env, cwd: test.dataDir });
    expect(stdout).toMatch(/Moved: \d+ rows of \d+ tables are the same on both sides, and the chain of \d+ audit entries is whole\./);
    const [, kept = ''] = /kept: (.*)\n/.exec(stdout) ?? [];
    expect([existsSync(kept), existsSync(join(test.dataDir, 'clawmoor.db'))]).toEqual([true, false]);
    await using moved = await startWorld({ env: { DATABASE_URL: url } });
    const again = await moved.request('GET', '/servers', { token: owner.token });
    expect(again.body.servers.map(({ name }: { name: string }) => name)).toEqual(['plain', 'ä "quoted" \\ back']);
    expect((await moved.request('POST', '/servers', { token: owner.token, body: { ...server, name: 'new' } })).status).toBe(201);
    expect(await moved.world.audit.verify()).toBeUndefined();
    await test[Symbol.asyncDispose]();
  });

  it('refuses a database that holds a Clawmoor, and a folder without its own file; nothing is changed', async () => {
    const url = await emptyDatabase();
    await (await startOn(url))[Symbol.asyncDispose]();
    const { test, env } = await onSqlite(url);
    const move = () => run(process.execPath, [commandOf('migrate-to-postgres')], { env, cwd: test.dataDir });
    await expect(move()).rejects.toMatchObject({ stderr: expect.stringContaining('holds a Clawmoor already, and nothing was changed') });
    expect(existsSync(join(test.dataDir, 'clawmoor.db'))).toBe(true);
    expect(await namesIn(url)).toEqual([]);
    await test[Symbol.asyncDispose]();
  });

  it.each([
    ['aside', false],
    ['kept', true],
  ])('killed after "%s" leaves the file, and PostgreSQL as it was or whole (%s)', async (phase, whole) => {
    const url = await emptyDatabase();
    const { test, env } = await onSqlite(url);
    expect(await killedAt([phase], env)).toBe('SIGKILL');
    expect(existsSync(join(test.dataDir, 'clawmoor.db'))).toBe(true);
    const again = run(process.execPath, [commandOf('migrate-to-postgres')], { env, cwd: test.dataDir });
    if (whole) await expect(again).rejects.toMatchObject({ stderr: expect.stringContaining('holds a Clawmoor already') });
    else expect((await again).stdout).toContain('are the same on both sides');
    expect(await namesIn(url)).toEqual(['plain', 'ä "quoted" \\ back']);
    await test[Symbol.asyncDispose]();
  });

  it('names the place of a text that PostgreSQL cannot hold, and moves nothing', async () => {
    const url = await emptyDatabase();
    const { test, env } = await onSqlite(url, "UPDATE server SET public_key = 'a' || char(0) || 'b' WHERE name = 'plain'");
    await expect(run(process.execPath, [commandOf('migrate-to-postgres')], { env, cwd: test.dataDir })).rejects.toMatchObject({
      stderr: expect.stringMatching(/A text in server\.public_key holds a NUL character/),
    });
    expect(await postgres.ask("SELECT nspname FROM pg_namespace WHERE nspname = 'clawmoor_before'", `case_${databases}`)).toEqual([]);
    await test[Symbol.asyncDispose]();
  });
});

/** A stopped installation on PostgreSQL: "Later" was added after the copy was made. */
async function installation() {
  const url = await emptyDatabase();
  const test = await startOn(url);
  const superAdmin = await test.person(SUPER_ADMIN);
  await superAdmin.post('/servers', { ...server, name: 'Before' });
  const { filename } = (await superAdmin.post('/admin/backups/run')).body;
  await superAdmin.post('/servers', { ...server, name: 'Later' });
  await test.world[Symbol.asyncDispose]();
  return { test, url, copy: join(test.dataDir, 'backups', filename) };
}

/** A stopped installation on SQLite, and the environment of its move to `url`. */
async function onSqlite(url: string, change?: string) {
  const test = await startWorld({ env: { DATABASE_URL: '' } });
  const owner = await test.person(1);
  for (const name of ['plain', 'ä "quoted" \\ back']) await owner.post('/servers', { ...server, name });
  await test.world.db
    .insertInto('budget')
    .values(budgetOf((await owner.get('/servers')).body.servers[0].id))
    .execute();
  if (change !== undefined) await sql.raw(change).execute(test.world.db);
  await test.world[Symbol.asyncDispose]();
  return { test, owner, env: envOf(test, url) };
}

/** The same database, for a user who owns it and has no other rights. */
async function limitedUser(url: string): Promise<string> {
  const name = `case_${databases}`;
  await postgres.ask(`CREATE ROLE ${name} LOGIN PASSWORD 'Gz7-limited'; ALTER DATABASE ${name} OWNER TO ${name}`);
  return url.replace(/\/\/[^@]*@/, `//${name}:Gz7-limited@`);
}

const budgetOf = (server_id: string) => ({
  id: 'bud_1',
  server_id,
  agent_id: null,
  period: 'day' as const,
  limit_usd: 0.1 + 0.2,
  policy: 'warn' as const,
  cheaper_model: null,
  created_by: '1',
  created_at: 1,
  since: '2026-01-01',
  spent_usd: 1e-7,
  reached: 0,
  checked_at: null,
  problem: null,
  held: '[]',
  overridden: 0,
});

/** Names of the servers as the next start finds them. */
async function namesIn(url: string): Promise<string[]> {
  const opened = await openPostgres({ url, clock: systemClock, alone: true });
  try {
    return (await opened.db.selectFrom('server').select('name').orderBy('name').execute()).map(({ name }) => name);
  } finally {
    await opened.close();
  }
}

const killedAt = (words: string[], env: NodeJS.ProcessEnv): Promise<unknown> =>
  run(process.execPath, [join(import.meta.dirname, '../support/killed-postgres.ts'), ...words], { env }).then(
    () => 'it ended by itself',
    (error: { signal?: unknown; stderr?: string }) => error.signal ?? error.stderr,
  );

/** Programs of the same names, which write down how they were called. */
async function spyOnTools(folder: string): Promise<() => string> {
  const said = join(folder, 'said');
  await mkdir(folder);
  for (const tool of ['pg_dump', 'pg_restore']) {
    const place = join(folder, tool);
    await writeFile(place, `#!/bin/sh\necho ${tool} "$@" >>${said}\nexec ${join(postgresPrograms ?? '', tool)} "$@"\n`);
    await chmod(place, 0o755);
  }
  return () => readFileSync(said, 'utf8');
}
