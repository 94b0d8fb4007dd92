import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import { startFakeNpm, type FakeNpm } from '../support/fake-npm.ts';
import { startGatewayWorld, type GatewayWorld } from '../support/gateway-world.ts';
import { describeIf } from '../support/needs.ts';
import { installed, whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD } from '../support/sshd.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const SPOILT = '2026.9.90';
const HANGS = '2026.9.91';

describeIf(why === undefined, `the real OpenClaw: ${why}`)('The update of OpenClaw where our supervisor keeps it running', () => {
  let all: GatewayWorld;
  let npm: FakeNpm;
  const registryOfOurs = process.env['npm_config_registry'];
  const inHome = (...path: string[]): string => join(all.sshd.home, ...path);
  const update = async (version: string): Promise<string> => (await all.admin.post(`${all.at}/update`, { version })).body.taskId;
  const agents = async () => (await all.owner.get(`${all.at}/agents`)).body.agents.map(({ id }: { id: string }) => id);

  beforeAll(async () => {
    npm = await startFakeNpm({ [SPOILT]: 'exit 78', [HANGS]: 'never ready' });
    process.env['npm_config_registry'] = `http://127.0.0.1:${npm.port}/`;
    all = await startGatewayWorld({ overrides: { updateLimits: { readySeconds: 60 } } });
    await writeFile(inHome('.npmrc'), `registry=http://127.0.0.1:${npm.port}/\n`);
    await installAsNpmDoes();
    await all.supervise({ launcher: false });
  }, 300_000);
  afterAll(async () => {
    if (registryOfOurs === undefined) delete process.env['npm_config_registry'];
    else process.env['npm_config_registry'] = registryOfOurs;
    await all[Symbol.asyncDispose]();
    await npm[Symbol.asyncDispose]();
  });

  /** As `npm install --global --prefix ~/.npm-global` leaves it. A copy, not links: nothing here may write into the installation that all tests share. */
  async function installAsNpmDoes(): Promise<void> {
    const modules = join(await installed(TESTED_UP_TO), '../..');
    for (const folder of ['.npm-global/lib', '.npm-global/bin', '.local/bin']) mkdirSync(inHome(folder), { recursive: true });
    execFileSync('cp', ['-a', modules, inHome('.npm-global/lib/node_modules')]);
    symlinkSync('../lib/node_modules/openclaw/openclaw.mjs', inHome('.npm-global/bin/openclaw'));
    symlinkSync(inHome('.npm-global/bin/openclaw'), inHome('.local/bin/openclaw'));
    symlinkSync(process.execPath, inHome('.local/bin/node'));
    symlinkSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim(), inHome('.local/bin/npm'));
  }

  it('looks at the installation, and says what it would do', async () => {
    const { body, text } = await all.admin.get(`${all.at}/update?version=${SPOILT}`);
    expect(body, text).toMatchObject({ installed: TESTED_UP_TO, target: SPOILT, updateAvailable: true, verdict: 'warn' });
    expect(body.breaking).toContainEqual({ version: SPOILT, text: 'Ropes (breaking): tie them anew.' });
    expect(body.items.filter(({ verdict }: { verdict: string }) => verdict !== 'pass').map(({ key }: { key: string }) => key)).toEqual([
      'tested',
      'changelog',
    ]);
    expect((await all.viewer.post(`${all.at}/update`, {})).status).toBe(403);
  });

  it('goes back to the version before and its data when the new one spoils them', async () => {
    const before = { config: all.openclaw.config.read(), agents: await agents() };
    const task = await all.ended(await update(SPOILT));
    expect(task, await all.logOf(task.id)).toMatchObject({ state: 'failed', error: { code: 'openclaw_update.rolled_back' } });
    expect(task.error?.message).toMatch(/exit code 78.*ropes are missing.*2026\.9\.6 runs again, with its data as before/);
    expect((await all.viewer.get(`${all.at}/status`)).body).toMatchObject({ state: 'ready', version: TESTED_UP_TO });
    expect({ config: all.openclaw.config.read(), agents: await agents() }).toEqual(before);
    expect(lstatSync(inHome('.npm-global/lib/node_modules/openclaw')).isDirectory()).toBe(true);
    expect(readdirSync(all.sshd.home).filter((name) => name.startsWith('.openclaw.before'))).toEqual([]);
    expect((await all.admin.get(`${all.at}/backups`)).body.backups).toHaveLength(1);
  }, 200_000);

  it('goes back as well when a person stops it in the middle', async () => {
    const taskId = await update(HANGS);
    const folder = inHome('.clawmoor/openclaw-updates');
    const phase = (): string =>
      existsSync(folder)
        ? readdirSync(folder)
            .flatMap((id) => (existsSync(join(folder, id, 'phase')) ? [readFileSync(join(folder, id, 'phase'), 'utf8').trim()] : []))
            .join()
        : '';
    while (phase() !== 'starting') {
      const { body } = await all.admin.get(`/tasks/${taskId}`);
      expect(body.state, JSON.stringify(body.error)).toMatch(/queued|running/);
      await delay(50);
    }
    expect((await all.admin.post(`/tasks/${taskId}/cancel`)).status).toBe(202);
    expect(await all.ended(taskId)).toMatchObject({ state: 'cancelled', error: null });
    while (phase() !== 'restored') await delay(100);
    expect((await all.owner.get(`/servers/${all.serverId}/setup/verify-health?wait=60`)).body).toMatchObject({
      ok: true,
      version: TESTED_UP_TO,
    });
    expect(await agents()).toEqual(['main']);
  }, 200_000);
});
