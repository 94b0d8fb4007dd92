import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { startSecondBackend } from '../support/second-backend.ts';
import { SSHD } from '../support/sshd.ts';
import { startSupervisedUpdate, type SupervisedUpdate } from '../support/supervised-update.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const SPOILT = '2026.9.90';
const HANGS = '2026.9.91';

describeIf(why === undefined, `the real OpenClaw: ${why}`)('An update under our supervisor that is cut off', () => {
  let all: SupervisedUpdate;
  beforeAll(async () => {
    all = await startSupervisedUpdate({ [SPOILT]: 'exit 78', [HANGS]: 'never ready' });
  }, 600_000);
  afterAll(() => all?.[Symbol.asyncDispose]());

  const expectOld = async (): Promise<void> => {
    const { body } = await all.world.owner.get(`/servers/${all.world.serverId}/setup/verify-health?wait=60`);
    expect(body).toMatchObject({ ok: true, version: TESTED_UP_TO });
    expect(await all.agents()).toEqual(['main']);
  };

  it.each(['copying', 'starting'])(
    'goes back when its script on the server is killed while it is %s',
    async (phase) => {
      const taskId = await all.begin(HANGS);
      await all.untilPhase(taskId, phase);
      const runs = all.inHome('.clawmoor/runs');
      const run = readdirSync(runs).find((name) => name === `${taskId}-switch-switch`) ?? '';
      process.kill(-Number(readFileSync(join(runs, run, 'pid'), 'utf8').split(' ')[0]), 'SIGKILL');
      const task = await all.world.ended(taskId, 400_000);
      expect(task, await all.world.logOf(taskId)).toMatchObject({ state: 'failed', error: { code: 'openclaw_update.rolled_back' } });
      expect(task.error?.message).toMatch(/cut off in the middle/);
      await expectOld();
    },
    500_000,
  );

  it('goes on, and goes back, when Clawmoor is killed again and again', async () => {
    // From here on only the processes that are killed drive tasks.
    await all.world.test.world.tasks.drain();
    const earlier = all.folders();
    const taskId = await all.begin(SPOILT);
    const folder = (): string =>
      join(all.inHome('.clawmoor/openclaw-updates'), all.folders().find((name) => !earlier.includes(name)) ?? 'none');
    const phase = (): string => (existsSync(join(folder(), 'phase')) ? readFileSync(join(folder(), 'phase'), 'utf8').trim() : '');
    const marks = [
      () => existsSync(join(folder(), 'before.json')),
      () => existsSync(join(folder(), 'new')),
      () => ['stopping', 'copying', 'switching', 'starting'].includes(phase()),
      () => phase() === 'restoring',
    ];
    const seen: string[] = [];
    for (const mark of marks) {
      const backend = await startSecondBackend(all.world.test.dataDir);
      for (let tries = 0; !mark() && phase() !== 'restored'; tries++) {
        if (tries > 20_000) throw new Error(`it stands at ${phase()}`);
        await delay(10);
      }
      seen.push(phase());
      await backend.kill();
    }
    expect(seen.slice(0, 2), 'it was killed before anything that runs was touched').toEqual(['', '']);
    const last = await startSecondBackend(all.world.test.dataDir);
    const task = await all.world.ended(taskId, 400_000);
    await last.kill();
    expect(task, await all.world.logOf(taskId)).toMatchObject({ state: 'failed', error: { code: 'openclaw_update.rolled_back' } });
    expect(task.error?.message).toMatch(/exit code 78/);
    await expectOld();
  }, 900_000);
});
