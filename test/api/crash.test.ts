import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../backend/src/adapters/sqlite/database.ts';
import { createAudit } from '../../backend/src/features/audit/audit.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { productionEnvironment, signInitData, SUPER_ADMIN } from '../support/world.ts';

// npm test kills at 4 points; npm run test:long at 80.
const KILLS = process.env['CLAWMOOR_LONG'] === '1' ? 80 : 4;
const MAIN = join(import.meta.dirname, '../../backend/src/main.ts');
/** A bug of ours, in a real process: an exception in no request, at the moment of the signal. */
const BUG = `data:text/javascript,process.on("SIGUSR2",()=>setImmediate(()=>{throw new Error("a bug")}))`;

describe('The whole process, with people at work', () => {
  let dir: string;
  let child: ChildProcess;
  let url: string;
  let token = '';
  /** Answered 201: from then on it must be there, and in the audit log. */
  const promised: string[] = [];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'clawmoor-crash-'));
  });
  afterEach(() => void child.kill('SIGKILL'));
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function start(): Promise<void> {
    const env = { ...productionEnvironment, PATH: process.env['PATH'] ?? '', DATA_DIR: dir, LOG_LEVEL: 'silent' };
    child = spawn(process.execPath, ['--import', BUG, MAIN], { cwd: dir, env, stdio: ['ignore', 'pipe', 'ignore'] });
    url = await new Promise((resolve, reject) => {
      let said = '';
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
      child.stdout?.on('data', (chunk: Buffer) => {
        const port = /listening on [\d.]+:(\d+)/.exec((said += String(chunk)))?.[1];
        if (port) resolve(`http://127.0.0.1:${port}/api`);
      });
    });
    child.removeAllListeners('exit');
    if (token !== '') return;
    const initData = signInitData({ user: JSON.stringify({ id: SUPER_ADMIN, first_name: 'Olga' }) });
    const answer = await post('/auth/telegram', { initData });
    if (answer?.status !== 200) throw new Error(`sign-in was answered ${answer?.status}`);
    ({ token } = (await answer.json()) as { token: string });
  }

  /** `undefined` when the process is gone. */
  const post = (path: string, body: unknown): Promise<Response | undefined> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    }).catch(() => undefined);

  /** Adds servers and makes backups, four at a time, until the process is gone. */
  async function work(): Promise<void> {
    const adding = async (): Promise<void> => {
      for (;;) {
        const answer = await post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
        if (!answer) return;
        // 409: more than 100 servers.
        if ([409, 429, 503].includes(answer.status)) await delay(20);
        else if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
        else {
          const server = (await answer.json().catch(() => undefined)) as { id: string } | undefined;
          if (server) promised.push(server.id);
        }
      }
    };
    const backingUp = async (): Promise<void> => {
      while (await post('/admin/backups/run', {})) await delay(50);
    };
    await Promise.all([adding(), adding(), adding(), backingUp()]);
  }

  const gone = (): Promise<number | null> => new Promise((resolve) => void child.once('exit', resolve));

  async function nothingIsLost(): Promise<void> {
    const file = join(dir, 'clawmoor.db');
    const plain = new Database(file);
    expect(plain.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(plain.pragma('foreign_key_check')).toEqual([]);
    plain.close();
    const { db, close } = await openDatabase(file, { clock: systemClock });
    try {
      expect(await createAudit({ db, clock: systemClock, keepDays: 365 }).verify()).toBeUndefined();
      const rows = await db
        .selectFrom('audit')
        .select('server_id')
        .where('action', '=', 'server.create')
        .where('result', '=', 'ok')
        .execute();
      const told = rows.map(({ server_id }) => server_id);
      expect(promised.filter((id) => !told.includes(id))).toEqual([]);
      expect(new Set(told).size).toBe(told.length);
      const there = (await db.selectFrom('server').select('id').execute()).map(({ id }) => id);
      expect(promised.filter((id) => !there.includes(id))).toEqual([]);
    } finally {
      await close();
    }
  }

  /** One person may own 100 servers: what was proved makes room for more. */
  async function makeRoom(): Promise<void> {
    const { db, close } = await openDatabase(join(dir, 'clawmoor.db'), { clock: systemClock });
    await db.deleteFrom('server').execute();
    await close();
    promised.length = 0;
  }

  it(`loses no answered change and no row of the audit log, and its database stays whole: ${KILLS} times kill -9 (R1 R19)`, async () => {
    for (let round = 0; round < KILLS; round += 1) {
      await start();
      const working = work();
      const before = promised.length;
      // Not before something was promised, and then at a random moment.
      await expect.poll(() => promised.length, { timeout: 30_000 }).toBeGreaterThan(before);
      await delay(Math.random() * 400);
      const over = gone();
      child.kill('SIGKILL');
      await over;
      await working;
      await nothingIsLost();
      await makeRoom();
    }
  }, 1_200_000);

  it('ends itself with 1 at an exception that nobody caught, having closed its database, and starts again (R15)', async () => {
    await start();
    const working = work();
    const before = promised.length;
    await expect.poll(() => promised.length, { timeout: 30_000 }).toBeGreaterThan(before);
    const over = gone();
    child.kill('SIGUSR2');
    expect(await over).toBe(1);
    await working;
    await nothingIsLost();
    await makeRoom();
    await start();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  }, 120_000);

  it('comes to a good end at SIGTERM in the middle of it all: what was answered is there (R14)', async () => {
    await start();
    const working = work();
    const before = promised.length;
    await expect.poll(() => promised.length, { timeout: 30_000 }).toBeGreaterThan(before);
    const over = gone();
    child.kill('SIGTERM');
    expect(await over).toBe(0);
    await working;
    await nothingIsLost();
  }, 120_000);
});
