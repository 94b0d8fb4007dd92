import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { EXTERNALS, NEVER_LOADED } from '../../backend/externals.mjs';
import { openPostgres } from '../../backend/src/adapters/postgres/database.ts';
import { toPostgres } from '../../backend/src/adapters/postgres/translate.ts';
import { openDatabase } from '../../backend/src/adapters/sqlite/database.ts';
import { migrations } from '../../backend/src/adapters/sqlite/migrations/list.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { run, describePostgres, usePostgres, startOn, envOf, server } from '../support/postgres-cases.ts';
import { startWorld } from '../support/world.ts';

const { ask, emptyDatabase, lastName } = usePostgres();

it('What speaks with PostgreSQL is loaded only where it is used', async () => {
  const { metafile } = await build({
    entryPoints: ['backend/src/main.ts'],
    absWorkingDir: join(import.meta.dirname, '../..'),
    outdir: 'nowhere',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    external: [...EXTERNALS, ...NEVER_LOADED],
    logLevel: 'silent',
  });
  const seen = new Set(['nowhere/main.js']);
  for (const path of seen)
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? []) if (kind === 'import-statement') seen.add(next);
  const inputs = [...seen].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
  expect(inputs).toContain('backend/src/world.ts');
  expect(inputs.filter((path) => /node_modules\/pg(-|\/)|adapters\/postgres/.test(path))).toEqual([]);
  expect(
    Object.values(metafile.outputs).some((output) => Object.keys(output.inputs).some((path) => path.includes('node_modules/pg/'))),
  ).toBe(true);
});

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
    const rows = await ask<{ name: string }>('SELECT name FROM clawmoor.migration ORDER BY name', name);
    expect(rows.map((row) => row.name)).toEqual(migrations.map((migration) => migration.name));
    await ask("INSERT INTO clawmoor.migration VALUES ('9999-later', 'x', 1)", name);
    await expect(open()).rejects.toThrow('newer than this build: it has the migration 9999-later');
    await ask(
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
    await ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'clawmoor' AND datname = '${lastName()}'`);
    await expect.poll(async () => (await owner.post('/servers', { ...server, name: 'after' })).status, { timeout: 30_000 }).toBe(201);
    expect((await owner.get('/servers')).body.servers.length).toBeGreaterThan(0);
    await expect(openPostgres({ url, clock: systemClock, alone: true })).rejects.toThrow('Another Clawmoor works with');
  });

  it('that was lost to a process which stood by is left to it: the one before is told to end', async () => {
    const url = await emptyDatabase();
    let lost: Error | undefined;
    const open = () => openPostgres({ url, clock: systemClock, alone: true, standbys: true, onLost: (error) => (lost = error) });
    const first = await open();
    const second = open();
    await ask(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = '${lastName()}')`);
    const next = await second;
    await expect.poll(() => lost?.message, { timeout: 30_000 }).toContain('Another Clawmoor works with');
    await expect(first.db.deleteFrom('ticket').execute()).rejects.toMatchObject({ code: 'internal.busy' });
    await next.db.deleteFrom('ticket').execute();
    await Promise.all([first.close(), next.close()]);
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
