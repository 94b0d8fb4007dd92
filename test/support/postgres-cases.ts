import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, vi } from 'vitest';
import { openPostgres } from '../../backend/src/adapters/postgres/database.ts';
import { readConfig } from '../../backend/src/config.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { describeIf } from './needs.ts';
import { postgresPrograms, startPostgres, type TestPostgres } from './postgres.ts';
import { productionEnvironment, startWorld, type TestWorld } from './world.ts';

export const run = promisify(execFile);
export const commandOf = (name: string): string => join(import.meta.dirname, `../../backend/src/commands/${name}.ts`);
export const describePostgres = describeIf(postgresPrograms !== undefined, 'PostgreSQL is not installed');

/** A PostgreSQL for the cases of a file, each with a database of its own. */
export function usePostgres() {
  // Some cases have processes of their own, on a machine that may be busy.
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
  let postgres: TestPostgres | undefined;
  let databases = 0;
  beforeAll(async () => {
    if (postgresPrograms !== undefined) postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());
  const there = (): TestPostgres => {
    if (!postgres) throw new Error('PostgreSQL has not been started');
    return postgres;
  };
  return {
    ask: <Row extends object>(statement: string, database?: string): Promise<Row[]> => there().ask<Row>(statement, database),
    /** Answers its address. */
    emptyDatabase: (): Promise<string> => there().create(`case_${(databases += 1)}`),
    /** The name of the one that was made last. */
    lastName: (): string => `case_${databases}`,
  };
}

export const startOn = (url: string, env: Record<string, string> = {}): Promise<TestWorld> =>
  startWorld({ env: { DATABASE_URL: url, ...env } });

export const envOf = (test: TestWorld, url: string) => ({
  PATH: process.env['PATH'],
  ...productionEnvironment,
  DATA_DIR: test.dataDir,
  DATABASE_URL: url,
});

export const configOf = (test: TestWorld, url: string) => readConfig(envOf(test, url), { cwd: test.dataDir });

export const server = { host: 'example.com', username: 'root', authMethod: 'generated' };

/** Names of the servers as the next start finds them. */
export async function namesIn(url: string): Promise<string[]> {
  const opened = await openPostgres({ url, clock: systemClock, alone: true });
  try {
    return (await opened.db.selectFrom('server').select('name').orderBy('name').execute()).map(({ name }) => name);
  } finally {
    await opened.close();
  }
}

/** Runs `killed-postgres.ts`; answers the signal that ended it, or what it said. */
export const killedAt = (words: string[], env: NodeJS.ProcessEnv): Promise<unknown> =>
  run(process.execPath, [join(import.meta.dirname, 'killed-postgres.ts'), ...words], { env }).then(
    () => 'it ended by itself',
    (error: { signal?: unknown; stderr?: string }) => error.signal ?? error.stderr,
  );
