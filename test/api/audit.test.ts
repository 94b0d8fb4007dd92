import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAudit } from '../../backend/src/features/audit/audit.ts';
import { auditStore, type AuditFilter } from '../../backend/src/features/audit/audit.store.ts';
import { fillAudit } from '../support/audit-rows.ts';
import { onPostgres, storeOf, tamper } from '../support/store.ts';
import { productionEnvironment, startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';

const run = promisify(execFile);
const DAY_MS = 86_400_000;
const server = (name: string) => ({ name, host: 'example.com', username: 'root', authMethod: 'generated' });

describe('The audit log', () => {
  let test: TestWorld;
  let owner: Person;
  let superAdmin: Person;
  let serverId: string;
  beforeAll(async () => {
    test = await startWorld();
    owner = await test.person(1, 'Олег');
    superAdmin = await test.person(SUPER_ADMIN, 'Sue');
    serverId = (await owner.post('/servers', server('=cmd()'))).body.id;
    await owner.put(`/servers/${serverId}`, { name: '+evil', tags: ['prod'] });
    await owner.put(`/servers/${serverId}`, { port: 99_999 });
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const search = async (query: string) => (await superAdmin.get(`/admin/audit?${query}`)).body.entries;

  it('says who did what to what, with before and after, result, address and request (S39)', async () => {
    const [entry] = await search(`serverId=${serverId}&action=server.update&result=ok`);
    expect(entry).toMatchObject({
      actor: { id: '1', name: 'Олег' },
      action: 'server.update',
      serverId,
      target: serverId,
      before: { name: '=cmd()' },
      after: { name: '+evil', tags: ['prod'] },
      ip: expect.stringMatching(/127\.0\.0\.1/),
      requestId: expect.stringMatching(/^[\w-]{8,}$/),
    });
    expect(Date.parse(entry.at)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('holds refused attempts too: a change that was not valid, and a look at what is somebody else’s (S39)', async () => {
    const stranger = await test.person(2, 'Eve');
    await stranger.get(`/servers/${serverId}`);
    await stranger.get(`/servers/${serverId}`);
    await stranger.get('/admin/audit');
    await stranger.remove(`/servers/${serverId}`);
    expect(
      (await search('actor=2&result=failed')).map((entry: { action: string; result: string }) => [entry.action, entry.result]),
    ).toEqual([
      ['server.delete', 'server.not_found'],
      ['access.denied', 'auth.super_admin_only'],
      ['access.denied', 'server.not_found'],
    ]);
    expect(await search('action=server.update&result=request.invalid')).toHaveLength(1);
  });

  it.each([
    ['a word in any language, whatever its case', 'q=ОЛЕГ', (entry: { actor: { id: string } }) => entry.actor.id === '1'],
    ['a sign that means something to LIKE', 'q=%25', undefined],
    ['the result', 'result=ok', (entry: { result: string }) => entry.result === 'ok'],
    ['a time that has not come', 'from=2999-01-01T00:00:00Z', undefined],
    ['a time before all', 'to=2001-01-01T00:00:00Z', undefined],
  ])('finds by %s', async (_what, query, fits) => {
    const entries = await search(query.replace(/ОЛЕГ/, encodeURIComponent('ОЛЕГ')));
    if (fits) expect(entries.length).toBeGreaterThan(0);
    expect(entries.every(fits ?? (() => false))).toBe(true);
  });

  it('shows an owner the slice of the own server, without addresses, and nobody else (S39)', async () => {
    const { body } = await owner.get(`/servers/${serverId}/audit?limit=2`);
    expect(body.entries).toHaveLength(2);
    expect(body.entries.every((entry: { serverId: string; ip: null }) => entry.serverId === serverId && entry.ip === null)).toBe(true);
    const rest = await owner.get(`/servers/${serverId}/audit?cursor=${body.nextCursor}`);
    expect(rest.body.entries.at(-1).action).toBe('server.create');
    const admin = await test.person(3);
    await test.grant(serverId, '3', 'admin');
    expect((await admin.get(`/servers/${serverId}/audit`)).body.code).toBe('auth.role_too_low');
  });

  it('is exported as CSV in which no cell is a formula, and as a JSON object per line (S39)', async () => {
    const odd = { ip: undefined, requestId: undefined, actorId: '1', serverId: undefined, result: 'ok' };
    for (const target of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', 'plain, with "quotes"\nand lines']) {
      await test.world.audit.record({ ...odd, action: 'test.odd', actorName: '=HYPERLINK("x")', target });
    }
    const csv = await superAdmin.get('/admin/audit/export?action=test.odd');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="clawmoor-audit-[\d-]+\.csv"/);
    expect(csv.text.split('\r\n')[0]).toBe('id,at,actorId,actorName,action,serverId,target,result,before,after,ip,requestId,hash');
    for (const cell of csv.text.matchAll(/(?:^|,)"([^"]|"")*"/gm)) expect(cell[0]).not.toMatch(/^,?"[=+\-@\t]/);
    expect(csv.text).toContain(`"'=1+1"`);
    expect(csv.text).toContain('"plain, with ""quotes""\nand lines"');
    const lines = (await superAdmin.get('/admin/audit/export?action=test.odd&format=ndjson')).text.trim().split('\n');
    expect(
      lines
        .map((line) => JSON.parse(line).target)
        .toReversed()
        .slice(0, 2),
    ).toEqual(['=1+1', '+1']);
    expect(await search('action=audit.export')).toHaveLength(2);
  });

  it('refuses every change and every deletion (S39)', async () => {
    await expect(test.world.db.updateTable('audit').set({ result: 'ok' }).execute()).rejects.toThrow('cannot be changed');
    await expect(test.world.db.deleteFrom('audit').execute()).rejects.toThrow('cannot be deleted');
    await expect(test.world.db.deleteFrom('audit_floor').execute()).resolves.toBeDefined(); // there is none yet
  });
});

describe('The audit log with many rows', () => {
  let test: TestWorld;
  let superAdmin: Person;
  beforeAll(async () => {
    test = await startWorld();
    superAdmin = await test.person(SUPER_ADMIN);
    await fillAudit(test.world.db, 12_000);
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const FILTERS: AuditFilter[] = [
    {},
    { serverId: 'srv_3' },
    { actor: '7' },
    { action: 'server.change' },
    { result: 'failed' },
    { result: 'ok' },
    { result: 'ssh.timeout' },
    { from: 1, to: 2 },
    { serverId: 'srv_3', from: 1 },
    { serverId: 'srv_3', actor: '7', action: 'server.change', result: 'failed', q: 'x' },
    { q: 'needle' },
    { actor: '7', q: 'needle' },
  ];
  it.skipIf(onPostgres).each(FILTERS)('has a plan without a scan and without a sort for %j (P5)', async (filter) => {
    const store = auditStore(test.world.db);
    const before = { at: Number.MAX_SAFE_INTEGER, id: 0 };
    const queries = [
      store.page({ filter, before, limit: 50 }),
      store.windowEnd({ filter, before, rows: 2_000 }),
      store.inWindow({ filter, before, end: { at: 5, id: 5 }, limit: 50 }),
    ];
    const raw = new Database(join(test.dataDir, 'clawmoor.db'), { readonly: true });
    for (const query of queries) {
      const { sql, parameters } = query.compile();
      const plan = raw
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...parameters)
        .map(({ detail }) => detail)
        .join('; ');
      expect(plan).toMatch(/^SEARCH audit USING (COVERING )?INDEX audit_/);
      expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
    }
    raw.close();
  });

  it('is read page by page to its end, each row once, also where most rows do not fit', async () => {
    for (const [query, expected] of [
      ['limit=200', undefined],
      ['serverId=srv_3&limit=200', 1_200],
      ['serverId=srv_3&result=failed&limit=100', undefined],
      ['q=needle&limit=2', 6],
    ] as const) {
      const ids: number[] = [];
      for (let cursor = ''; ;) {
        const { body } = await superAdmin.get(`/admin/audit?${query}${cursor}`);
        ids.push(...body.entries.map(({ id }: { id: number }) => id));
        if (body.nextCursor === null) break;
        cursor = `&cursor=${body.nextCursor}`;
      }
      expect(new Set(ids).size, query).toBe(ids.length);
      if (expected !== undefined) expect(ids.length, query).toBe(expected);
      // Row 1 is the sign-in, of today; the others are older.
      const filled = ids.filter((id) => id !== 1);
      expect(filled, query).toEqual(filled.toSorted((a, b) => b - a));
    }
  });

  it('lets other work in between while it looks for what is not there', async () => {
    let turns = 0;
    let looking = true;
    const count = (): void => {
      turns += 1;
      if (looking) setImmediate(count);
    };
    setImmediate(count);
    const { body } = await superAdmin.get('/admin/audit?q=nothing-like-this');
    looking = false;
    expect(body).toMatchObject({ entries: [], nextCursor: null });
    expect(turns).toBeGreaterThan(6);
  });

  it('lets other work in between while it is exported to a reader that takes all at once', async () => {
    let turns = 0;
    let exporting = true;
    const count = (): void => {
      turns += 1;
      if (exporting) setImmediate(count);
    };
    setImmediate(count);
    let chunks = 0;
    for await (const _chunk of test.world.audit.export('ndjson', {})) chunks += 1;
    exporting = false;
    expect(chunks).toBeGreaterThan(50);
    expect(turns).toBeGreaterThanOrEqual(chunks - 1);
  });
});

describe('The chain of the audit log', () => {
  const clockAt = (now: () => number) => ({ now, monotonic: () => performance.now() });

  it('shows the first row that was changed, and that the newest were cut off (S39)', async () => {
    await using test = await startWorld();
    await fillAudit(test.world.db, 1_500);
    const { audit, db } = test.world;
    expect(await audit.chain.check({ whole: true })).toMatchObject({ id: 1_500, rows: 1_500 });
    await tamper(db, "UPDATE audit SET actor_id = '666' WHERE id = 777");
    expect(await audit.verify()).toBe(777);
    expect((await audit.chain.check({ whole: false })).brokenAt).toBeUndefined();
    expect((await audit.chain.check({ whole: true })).brokenAt).toBe(777);
    const superAdmin = await test.person(SUPER_ADMIN);
    const { checks } = (await superAdmin.get('/admin/health/detailed')).body;
    expect(checks.find(({ key }: { key: string }) => key === 'audit_chain')).toMatchObject({
      status: 'failing',
      values: { brokenAt: 777 },
    });
    await db.deleteFrom('audit').where('id', '>', 700).execute();
    expect((await audit.chain.check({ whole: false })).brokenAt).toBeGreaterThanOrEqual(776);
    expect((await db.selectFrom('audit').select('id').orderBy('id', 'desc').executeTakeFirst())?.id).toBe(700);
  });

  it('holds from the floor on after old rows were removed, and the floor only rises (S39)', async () => {
    await using test = await startWorld();
    const start = Date.now() - 100 * DAY_MS;
    await fillAudit(test.world.db, 1_000, { at: (index) => start + index * (DAY_MS / 10) });
    const audit = createAudit({ db: test.world.db, clock: clockAt(Date.now), keepDays: 50 });
    const removed = await audit.removeOld();
    expect(removed).toBeGreaterThanOrEqual(499);
    expect(removed).toBeLessThanOrEqual(501);
    expect(await audit.verify()).toBeUndefined();
    const superAdmin = await test.person(SUPER_ADMIN);
    const { body } = await superAdmin.get('/admin/audit?limit=1');
    expect(body.floor.id).toBe(removed);
    expect((await superAdmin.get('/admin/audit?action=audit.retention')).body.entries[0].after).toEqual({ removed, keepDays: 50 });
    await expect(test.world.db.deleteFrom('audit').execute()).rejects.toThrow('cannot be deleted');
    await expect(test.world.db.deleteFrom('audit_floor').execute()).rejects.toThrow('only rises');
    await expect(test.world.db.updateTable('audit_floor').set({ audit_id: 3 }).execute()).rejects.toThrow('only rises');
    expect(await audit.removeOld()).toBe(0);
  });

  it('is walked by npm run audit:verify, beside a running server (S39)', async () => {
    await using test = await startWorld();
    await fillAudit(test.world.db, 30);
    const env = { PATH: process.env['PATH'], ...productionEnvironment, DATA_DIR: test.dataDir, ...(await storeOf(test.dataDir)) };
    const command = join(import.meta.dirname, '../../backend/src/commands/audit-verify.ts');
    expect((await run(process.execPath, [command], { env, cwd: test.dataDir })).stdout).toBe(
      'The audit log is whole: 30 entries, the newest is 30.\n',
    );
    await tamper(test.world.db, "UPDATE audit SET action = 'x' WHERE id = 12");
    await expect(run(process.execPath, [command], { env, cwd: test.dataDir })).rejects.toMatchObject({
      code: 1,
      stdout: 'The audit log does not fit together at entry 12; the 11 entries before it do.\n',
    });
  });
});
