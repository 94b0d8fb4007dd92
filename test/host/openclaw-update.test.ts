import { afterAll, beforeAll, expect, it } from 'vitest';
import { TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import { startFakeNpm, type FakeNpm } from '../support/fake-npm.ts';
import { describeIf } from '../support/needs.ts';
import { finished, statesOf } from '../support/setup.ts';
import { startUpdateHost, type UpdateHost } from '../support/update-host.ts';
import { whyNoDebianHosts } from './debian.ts';

const why = whyNoDebianHosts();
const OLD = '2026.9.5';
const SPOILT = '2026.9.90';

describeIf(why === undefined, `a real Debian server: ${why}`)('The update of OpenClaw on a real Debian server', () => {
  let all: UpdateHost;
  let npm: FakeNpm;
  beforeAll(async () => {
    [all, npm] = await Promise.all([startUpdateHost({ version: OLD }), startFakeNpm({ [SPOILT]: 'exit 78' })]);
  });
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    await npm[Symbol.asyncDispose]();
  });

  it('says what it would be before it is begun', async () => {
    const radar = await all.owner.get(`/servers/${all.id}/openclaw/update`);
    expect(radar.body, radar.text).toMatchObject({ installed: OLD, target: TESTED_UP_TO, updateAvailable: true, breaking: [], kept: null });
    expect(['pass', 'warn']).toContain(radar.body.verdict);
    const verdicts = Object.fromEntries(radar.body.items.map((item: { key: string; verdict: string }) => [item.key, item.verdict]));
    expect(verdicts).toMatchObject({
      version: 'pass',
      tested: 'pass',
      node: 'pass',
      installation: 'pass',
      service: 'pass',
      gateway: 'pass',
      changelog: 'pass',
    });
    expect(radar.body.changes.join(' ')).toContain(`${OLD} is kept on the server`);
    const viewer = await all.test.person(102, 'Vera');
    await all.test.grant(all.id, viewer.id, 'viewer');
    expect((await viewer.get(`/servers/${all.id}/openclaw/update`)).status).toBe(403);
    expect((await viewer.post(`/servers/${all.id}/openclaw/update`)).status).toBe(403);
  });

  it('says so when the registry cannot be reached, and refuses what is not newer', async () => {
    await all.useRegistry(1);
    const radar = await all.owner.get(`/servers/${all.id}/openclaw/update?version=beta`);
    expect(radar.body).toMatchObject({ verdict: 'block', updateAvailable: null, target: null, installed: OLD });
    expect((await all.owner.post(`/servers/${all.id}/openclaw/update`, { version: 'beta' })).body.code).toBe('setup.node_unavailable');
    await all.useRegistry(undefined);
    const task = await all.update('2026.9.4');
    expect([task.state, task.error?.code]).toEqual(['failed', 'openclaw_update.blocked']);
    expect(task.error?.message).toContain(`OpenClaw ${OLD} runs on`);
    await all.expectWorking(OLD);
  });

  it('goes back to the old version and its data when the new one spoils the data and refuses to start', async () => {
    const before = await all.asked();
    await all.useRegistry(npm.port);
    const task = await all.update(SPOILT);
    await all.useRegistry(undefined);
    const log = await all.logOf(task.id);
    expect([task.state, task.error?.code], log).toEqual(['failed', 'openclaw_update.rolled_back']);
    expect(task.error?.message).toContain('exit code 78');
    expect(task.error?.message).toContain('ropes are missing');
    expect(task.error?.message).toContain(`OpenClaw ${OLD} runs again, with its data as before`);
    expect(statesOf(task)).toEqual({
      preflight: 'succeeded',
      backup: 'succeeded',
      install: 'succeeded',
      switch: 'failed',
      tidy: 'waiting',
    });
    await all.expectWorking(OLD);
    expect(await all.asked()).toEqual(before);
  });

  it('updates to the newest version, keeps the one before, and leaves agents and configuration as they were', async () => {
    const { taskId } = (await all.owner.post(`/servers/${all.id}/setup/update-component`, { component: 'openclaw' })).body;
    const task = await finished(all.owner, taskId);
    expect([task.type, task.state, task.error], await all.logOf(taskId)).toEqual(['openclaw.update', 'succeeded', null]);
    await all.expectWorking(TESTED_UP_TO);
    expect(await all.host.exec('cat ~/.clawmoor/openclaw-updates/*/old/package.json | grep \'"version"\'')).toContain(OLD);
    expect(await all.host.exec('ls -d ~/.openclaw.failed-* 2>/dev/null; :')).toBe('');
    expect((await all.owner.get(`/servers/${all.id}/openclaw/update`)).body).toMatchObject({
      updateAvailable: false,
      kept: OLD,
      changes: [],
    });
    expect((await all.owner.get(`/servers/${all.id}/openclaw/backups`)).body.backups).toHaveLength(2);
    const turn = await all.host.exec('PATH=$HOME/.local/bin:$PATH openclaw agent --agent helper --message "ping" --json --timeout 60');
    expect(turn).toContain('test-model heard: ping');
  });
});
