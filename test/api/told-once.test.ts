import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore } from '../support/store.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';

const SCRIPT = join(import.meta.dirname, '../support/killed-telling.ts');
const KILLS = 6;
const SERVERS = 10;
const FOR_EVER = 1_000_000;

describe('What is told', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clawmoor-told-'));
    file = join(folder, 'x.db');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs for so many rounds, or is killed so long after it has begun. */
  async function run(rounds: number, killAfterMs?: number): Promise<void> {
    const child = spawn(process.execPath, [SCRIPT, file, String(rounds)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    if (killAfterMs === undefined) return expect(await ended).toBe(0);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await delay(killAfterMs);
    child.kill('SIGKILL');
    await ended;
  }

  it('is told once and not lost, wherever the process is killed', async () => {
    const { db, close } = await openTestStore(file, { clock: systemClock });
    const row = { host: 'h', port: 22, username: 'u', public_key: null, tags: '[]', jump_host: null, jump_port: null, jump_username: null };
    for (let index = 0; index < SERVERS; index++) {
      const id = `srv_${String(index).padStart(20, '0')}`;
      await db
        .insertInto('server')
        .values({ ...row, id, name: 'ship', auth_method: 'key', state_at: null, created_at: 1, updated_at: 1 })
        .execute();
    }
    await close();
    for (let kill = 0; kill < KILLS; kill++) await run(FOR_EVER, Math.random() * 150);
    await run(4);

    const again = await openTestStore(file, { clock: systemClock });
    const events = await again.db.selectFrom('incident_event').select(['incident_id', 'what', 'at']).execute();
    const told = await again.db.selectFrom('setting').select('key').where('key', 'like', 'told inc%').execute();
    const waiting = await again.db.selectFrom('notice_pending').select('seq').execute();
    await again.close();
    const happened = events.map(({ incident_id, what, at }) => `told ${incident_id} ${what === 'returned' ? 'changed' : what} ${at}`);
    expect(waiting).toEqual([]);
    expect(happened.length).toBeGreaterThan(SERVERS);
    expect(told.map(({ key }) => key).toSorted()).toEqual([...new Set(happened)].toSorted());
  });
});
