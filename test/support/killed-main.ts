import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '../../backend/src/adapters/sqlite/database.ts';
import { createAudit } from '../../backend/src/features/audit/audit.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { signIn, startMain, type MainProcess } from './main-process.ts';
import type { Answer, Person } from './world.ts';
import { SUPER_ADMIN } from './world.ts';

export interface KilledMain {
  /** The super admin, who asks whichever process runs, and again while none does: only what may be sent again. */
  owner: Person;
  /** SIGKILL, and a new process on the same data. */
  killAndStart: () => Promise<void>;
  kills: () => number;
  url: () => string;
  /** What is wrong with the database and the audit log, in words; empty where nothing is. Nothing may run meanwhile. */
  damage: () => Promise<string[]>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

const AWAY_MS = 60_000;

/** The whole backend in a process that is killed again and again. */
export async function startKilledMain(env: Record<string, string> = {}): Promise<KilledMain> {
  const dir = await mkdtemp(join(tmpdir(), 'clawmoor-killed-'));
  let main: MainProcess = await startMain(dir, { env });
  let kills = 0;
  const token = await signIn(main.url);

  async function ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
    const endAt = performance.now() + AWAY_MS;
    for (;;) {
      try {
        const response = await fetch(`${main.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...more },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
      } catch (error) {
        // Cut off by the kill, or nobody listens yet.
        if (performance.now() > endAt) throw error;
        await delay(50);
      }
    }
  }

  return {
    owner: {
      id: String(SUPER_ADMIN),
      token,
      get: (path) => ask('GET', path),
      post: (path, body = {}, more) => ask('POST', path, body, more),
      put: (path, body) => ask('PUT', path, body),
      remove: (path) => ask('DELETE', path),
    },
    async killAndStart() {
      await main.kill();
      kills += 1;
      main = await startMain(dir, { env });
    },
    kills: () => kills,
    url: () => main.url,
    async damage() {
      await main.kill();
      const file = join(dir, 'clawmoor.db');
      const plain = new Database(file);
      const found = [plain.pragma('integrity_check', { simple: true }) as string].filter((word) => word !== 'ok');
      if ((plain.pragma('foreign_key_check') as unknown[]).length > 0) found.push('a row points to one that is not there');
      plain.close();
      const { db, close } = await openDatabase(file, { clock: systemClock });
      const broken = await createAudit({ db, clock: systemClock, keepDays: 365 }).verify();
      if (broken !== undefined) found.push(`the audit log is not whole: ${JSON.stringify(broken)}`);
      const kept = await db.selectFrom('task').select('id').where('secrets', 'is not', null).where('finished_at', 'is not', null).execute();
      if (kept.length > 0) found.push(`secrets of an ended task are still there: ${kept.map(({ id }) => id).join(', ')}`);
      await close();
      main = await startMain(dir, { env });
      return found;
    },
    async [Symbol.asyncDispose]() {
      await main.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
