import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openPostgres } from '../../backend/src/adapters/postgres/database.ts';
import { createDumpFiles } from '../../backend/src/adapters/postgres/dump-files.ts';
import { migrations } from '../../backend/src/adapters/sqlite/migrations/list.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { postgresCopy } from '../../backend/src/world/postgres-copy.ts';
import { inspectDump, restoreDump } from '../../backend/src/world/restore-postgres.ts';
import {
  run,
  commandOf,
  describePostgres,
  usePostgres,
  startOn,
  envOf,
  configOf,
  server,
  namesIn,
  killedAt,
} from '../support/postgres-cases.ts';
import { postgresPrograms } from '../support/postgres.ts';
import { SUPER_ADMIN, type TestWorld } from '../support/world.ts';

const { ask, emptyDatabase, lastName } = usePostgres();

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
    expect(await ask("SELECT datname FROM pg_database WHERE datname LIKE 'clawmoor_rehearsal%'")).toEqual([]);
  });

  it('that were changed are found, and say what to do (R20)', async () => {
    const url = await emptyDatabase();
    await using test = await startOn(url);
    const superAdmin = await test.person(SUPER_ADMIN);
    const { filename } = (await superAdmin.post('/admin/backups/run')).body;
    const files = createDumpFiles(url);
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
    const asked = await inspectDump({ url, copy, config: configOf(test, url), identity: undefined, clock: systemClock });
    expect([asked.copy.counts['server'], asked.current?.counts['server']]).toEqual([1, 2]);
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
    const restoring = restoreDump({ url, copy, config: configOf(test, url), identity: undefined, clock: systemClock });
    await expect(restoring).rejects.toThrow('Another Clawmoor works with');
    await opened.close();
    await test[Symbol.asyncDispose]();
  });
});

describePostgres('What clawmoorctl needs of PostgreSQL', () => {
  /** What it says, or how it failed. */
  async function copies(words: string[], test: TestWorld, url: string): Promise<{ code: number; said: string }> {
    const said: string[] = [];
    const code = await postgresCopy({ config: configOf(test, url), words, say: (line) => said.push(line) });
    return { code, said: said.join('\n') };
  }

  it('is a copy beside a running server, its migrations, a try on a copy that is removed, and the way back', async () => {
    const url = await emptyDatabase();
    const test = await startOn(url);
    const owner = await test.person(1);
    await owner.post('/servers', { ...server, name: 'Before' });
    const file = join(test.dataDir, 'kept.dump');
    expect(await copies(['dump', file], test, url)).toEqual({ code: 0, said: '' });
    await owner.post('/servers', { ...server, name: 'Later' });
    const names = migrations.map(({ name }) => name).join('\n');
    expect(await copies(['migrations', file], test, url)).toEqual({ code: 0, said: names });
    expect(await copies(['migrations'], test, url)).toEqual({ code: 0, said: names });
    const [script, seen] = [join(test.dataDir, 'look.mjs'), join(test.dataDir, 'seen')];
    const look = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(seen)}, process.env.DATABASE_URL); process.exit(3)`;
    writeFileSync(script, look);
    expect(await copies(['aside', script], test, url)).toEqual({ code: 3, said: '' });
    expect(readFileSync(seen, 'utf8')).toContain('/clawmoor_rehearsal_');
    expect(await ask("SELECT datname FROM pg_database WHERE datname LIKE 'clawmoor_rehearsal%'")).toEqual([]);
    for (const words of [['free'], ['load', file]]) await expect(copies(words, test, url)).rejects.toThrow('Another Clawmoor works with');
    await test.world[Symbol.asyncDispose]();
    expect(await copies(['free'], test, url)).toEqual({ code: 0, said: '' });
    expect(await copies(['load', file], test, url)).toEqual({ code: 0, said: '' });
    expect(await namesIn(url)).toEqual(['Before']);
    await test[Symbol.asyncDispose]();
  });

  it('goes without the try, and says so, where the user may not make databases', async () => {
    const url = await emptyDatabase();
    const limited = await limitedUser(url);
    await using test = await startOn(limited);
    const script = join(test.dataDir, 'look.mjs');
    writeFileSync(script, 'process.exit(3)');
    expect((await copies(['aside', script], test, limited)).said).toContain('ALTER ROLE clawmoor CREATEDB');
    const superAdmin = await test.person(SUPER_ADMIN);
    await superAdmin.post('/admin/backups/run');
    const rehearsal = await superAdmin.post('/admin/backups/rehearse');
    expect(rehearsal.body).toMatchObject({ ok: true, message: expect.stringContaining('were read and counted, but not restored') });
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

/** The same database, for a user who owns it and has no other rights. */
async function limitedUser(url: string): Promise<string> {
  const name = lastName();
  await ask(`CREATE ROLE ${name} LOGIN PASSWORD 'Gz7-limited'; ALTER DATABASE ${name} OWNER TO ${name}`);
  return url.replace(/\/\/[^@]*@/, `//${name}:Gz7-limited@`);
}

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
