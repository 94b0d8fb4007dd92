import { lstatSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import type { GatewayWorld } from '../support/gateway-world.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD } from '../support/sshd.ts';
import { startSupervisedUpdate, type SupervisedUpdate } from '../support/supervised-update.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const SPOILT = '2026.9.90';
const HANGS = '2026.9.91';

describeIf(why === undefined, `the real OpenClaw: ${why}`)('The update of OpenClaw where our supervisor keeps it running', () => {
  let update: SupervisedUpdate;
  let all: GatewayWorld;
  beforeAll(async () => {
    update = await startSupervisedUpdate({ [SPOILT]: 'exit 78', [HANGS]: 'never ready' });
    all = update.world;
  }, 300_000);
  afterAll(() => update[Symbol.asyncDispose]());

  it('looks at the installation, and says what it would do', async () => {
    const { body, text } = await all.admin.get(`${all.at}/update?version=${SPOILT}`);
    expect(body, text).toMatchObject({ installed: TESTED_UP_TO, target: SPOILT, updateAvailable: true, verdict: 'warn' });
    expect(body.breaking).toContainEqual({ version: SPOILT, text: 'Ropes (breaking): tie them anew.' });
    const notable = body.items.filter(({ verdict }: { verdict: string }) => verdict !== 'pass');
    expect(notable.map(({ key }: { key: string }) => key)).toEqual(['tested', 'changelog']);
    expect((await all.viewer.post(`${all.at}/update`, {})).status).toBe(403);
  });

  it('goes back to the version before and its data when the new one spoils them', async () => {
    const before = { config: all.openclaw.config.read(), agents: await update.agents() };
    const task = await all.ended(await update.begin(SPOILT));
    expect(task, await all.logOf(task.id)).toMatchObject({ state: 'failed', error: { code: 'openclaw_update.rolled_back' } });
    expect(task.error?.message).toMatch(/exit code 78.*ropes are missing.*2026\.9\.6 runs again, with its data as before/);
    expect((await all.viewer.get(`${all.at}/status`)).body).toMatchObject({ state: 'ready', version: TESTED_UP_TO });
    expect({ config: all.openclaw.config.read(), agents: await update.agents() }).toEqual(before);
    expect(lstatSync(update.inHome('.npm-global/lib/node_modules/openclaw')).isDirectory()).toBe(true);
    expect(readdirSync(all.sshd.home).filter((name) => name.startsWith('.openclaw.before'))).toEqual([]);
    expect((await all.admin.get(`${all.at}/backups`)).body.backups).toHaveLength(1);
  }, 200_000);

  it('goes back as well when a person stops it in the middle', async () => {
    const taskId = await update.begin(HANGS);
    await update.untilPhase(taskId, 'starting');
    expect((await all.admin.post(`/tasks/${taskId}/cancel`)).status).toBe(202);
    expect(await all.ended(taskId)).toMatchObject({ state: 'cancelled', error: null });
    while (update.phase() !== 'restored') await delay(100);
    const health = await all.owner.get(`/servers/${all.serverId}/setup/verify-health?wait=60`);
    expect(health.body).toMatchObject({ ok: true, version: TESTED_UP_TO });
    expect(await update.agents()).toEqual(['main']);
  }, 200_000);
});
