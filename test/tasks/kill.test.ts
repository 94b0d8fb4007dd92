import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MAX_INTERRUPTIONS } from '../../backend/src/tasks/run-task.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { addServer, startTasks } from './driver.ts';

// npm test kills at 8 points; npm run test:long at 100.
const KILLS = process.env['CLAWMOOR_LONG'] === '1' ? 100 : 8;

describeIf(SSHD !== undefined, 'there is no sshd')('A task whose process is killed', () => {
  let sshd: TestSshd;
  let dir: string;
  beforeAll(async () => {
    sshd = await startSshd();
    dir = await mkdtemp(join(tmpdir(), 'clawmoor-kill-'));
  });
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  const driver = async (file: string): Promise<ChildProcess> => {
    const child = fork(join(import.meta.dirname, 'driver.ts'), ['drive'], { serialization: 'advanced', stdio: 'inherit' });
    child.send({ file, target: sshd.target });
    await new Promise((resolve) => child.once('message', resolve));
    return child;
  };

  it(`goes on at any point, starts nothing twice and loses no line: ${KILLS} times kill -9 (R1)`, async () => {
    for (let round = 0; round < KILLS; round++) {
      const file = join(dir, `${round}.db`);
      const mark = `round-${round}`;
      let id: string;
      {
        await using world = await startTasks(file, sshd.target);
        await addServer(world.db);
        // Queued by hand: the process that drives it is the one that dies.
        await world.tasks.drain();
        id = await world.tasks.start({
          serverId: 's',
          type: 'test.count',
          input: { mark },
          secrets: { apiKey: 'canary-task-secret' },
          by: 'u',
        });
      }
      const child = await driver(file);
      await delay(50 + Math.random() * 2_000);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));

      await using world = await startTasks(file, sshd.target);
      await world.tasks.resume();
      for await (const event of world.tasks.watch(id, undefined, AbortSignal.timeout(30_000))) if (event.event === 'end') break;
      const task = await world.tasks.get(id);
      expect(task.state, `${round}: ${JSON.stringify(task.error)}`).toBe('succeeded');
      const { lines } = await world.tasks.logAfter(id, 0, 1_000);
      for (const key of ['first', 'second', 'third']) {
        expect(readFileSync(join(sshd.home, `${mark}-starts-${key}`), 'utf8'), `${round} ${key}`).toBe('started\n');
        const ofStep = lines.filter(({ step, text }) => step === key && text.startsWith(key)).map(({ text }) => text);
        expect(ofStep, `${round} ${key}`).toEqual(Array.from({ length: 20 }, (_, line) => `${key} line ${line}`));
      }
      const row = await world.db.selectFrom('task').select(['secrets', 'last_seq']).where('id', '=', id).executeTakeFirstOrThrow();
      expect(row.secrets).toBeNull();
      const seqs = (await world.db.selectFrom('task_event').select('seq').where('task_id', '=', id).orderBy('seq').execute()).map(
        ({ seq }) => seq,
      );
      expect(seqs).toEqual(Array.from({ length: row.last_seq }, (_, at) => at + 1));
    }
  }, 600_000);

  it('is given up after many restarts in one step, and leaves nothing running that a retry would start beside (R1 R7)', async () => {
    const file = join(dir, 'given-up.db');
    let id = '';
    {
      await using world = await startTasks(file, sshd.target);
      await addServer(world.db);
      await world.tasks.drain();
      id = await world.tasks.start({ serverId: 's', type: 'test.count', input: { mark: 'given-up', pauseSeconds: 60 }, by: 'u' });
    }
    const child = await driver(file);
    const runs = join(sshd.home, '.clawmoor/runs');
    const pidFile = join(runs, `${id}-first-count`, 'pid');
    await expect.poll(() => existsSync(pidFile), { timeout: 30_000 }).toBe(true);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const pid = Number(readFileSync(pidFile, 'utf8').split(' ')[0]);
    expect(existsSync(`/proc/${pid}`), 'it outlives the process that started it').toBe(true);

    await using world = await startTasks(file, sshd.target);
    await world.db.updateTable('task').set({ interruptions: MAX_INTERRUPTIONS }).where('id', '=', id).execute();
    await world.tasks.resume();
    await expect.poll(async () => (await world.tasks.get(id)).state, { timeout: 30_000 }).toBe('interrupted');
    expect((await world.tasks.get(id)).error).toMatchObject({ code: 'task.interrupted', fix: expect.any(String) });
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  }, 120_000);

  it('is left alone by a polite stop, and goes on after it (R14)', async () => {
    const file = join(dir, 'drain.db');
    let id = '';
    {
      await using world = await startTasks(file, sshd.target);
      await addServer(world.db);
      id = await world.tasks.start({ serverId: 's', type: 'test.count', input: { mark: 'drain' }, by: 'u' });
      await delay(700);
    }
    await using world = await startTasks(file, sshd.target);
    expect((await world.tasks.get(id)).state).toBe('running');
    await world.tasks.resume();
    for await (const event of world.tasks.watch(id, undefined, AbortSignal.timeout(30_000))) if (event.event === 'end') break;
    expect((await world.tasks.get(id)).state).toBe('succeeded');
    expect(readFileSync(join(sshd.home, 'drain-starts-first'), 'utf8')).toBe('started\n');
  }, 60_000);
});
