import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { moveToPostgres } from '../../backend/src/world/move.ts';
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
import { startWorld } from '../support/world.ts';

const { ask, emptyDatabase, lastName } = usePostgres();

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
    const { test } = await onSqlite(url);
    const move = () => moveToPostgres({ config: configOf(test, url), clock: systemClock });
    await expect(move()).rejects.toThrow('holds a Clawmoor already, and nothing was changed');
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
    const again = moveToPostgres({ config: configOf(test, url), clock: systemClock });
    if (whole) await expect(again).rejects.toThrow('holds a Clawmoor already');
    else expect((await again).tables.find(({ table }) => table === 'server')?.rows).toBe(2);
    expect(await namesIn(url)).toEqual(['plain', 'ä "quoted" \\ back']);
    await test[Symbol.asyncDispose]();
  });

  it('names the place of a text that PostgreSQL cannot hold, and moves nothing', async () => {
    const url = await emptyDatabase();
    const { test } = await onSqlite(url, "UPDATE server SET public_key = 'a' || char(0) || 'b' WHERE name = 'plain'");
    const moving = moveToPostgres({ config: configOf(test, url), clock: systemClock });
    await expect(moving).rejects.toThrow(/A text in server\.public_key holds a NUL character/);
    expect(await ask("SELECT nspname FROM pg_namespace WHERE nspname = 'clawmoor_before'", lastName())).toEqual([]);
    await test[Symbol.asyncDispose]();
  });
});

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
