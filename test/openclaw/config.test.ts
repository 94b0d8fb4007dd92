import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { startGatewayWorld, type GatewayWorld } from '../support/gateway-world.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD } from '../support/sshd.ts';
import type { Answer } from '../support/world.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const CANARIES = ['canary-key-7731-of-a-model', 'canary-env-4412', 'canary-new-9921'];

describeIf(why === undefined, `the real OpenClaw: ${why}`)('The configuration of a real gateway', () => {
  let all: GatewayWorld;
  const hash = async (): Promise<string> => (await all.admin.get(`${all.at}/config`)).body.hash;
  /** A gateway that still applies the change before refuses the next one for a moment, and has done nothing: asked again as it was. */
  const whenIdle = async (act: () => Promise<Answer>): Promise<Answer> => {
    const endAt = performance.now() + 60_000;
    for (;;) {
      const answer = await act();
      if (answer.body?.code !== 'gateway.busy' || performance.now() > endAt) return answer;
      await delay(300);
    }
  };
  type Changes = { path: string; value: unknown }[];
  const putOn = (baseHash: string, changes: Changes) => whenIdle(() => all.admin.put(`${all.at}/config`, { baseHash, changes }));
  const put = async (changes: Changes) => putOn(await hash(), changes);
  const undo = (changeId: string) => whenIdle(() => all.admin.post(`${all.at}/config/history/${changeId}/undo`));
  const history = async () => (await all.admin.get(`${all.at}/config/history`)).body.changes;

  beforeAll(async () => {
    // It takes 6–10 s to come back; a minute of waiting for one that never will proves no more.
    all = await startGatewayWorld({ overrides: { gatewayBackWithinMs: 40_000 } });
  }, 300_000);
  afterAll(() => all[Symbol.asyncDispose]());

  it('is read by admins, and no secret is in it', async () => {
    const { status, body, text } = await all.admin.get(`${all.at}/config`);
    expect(status, text).toBe(200);
    expect(body.config.gateway).toMatchObject({ port: all.openclaw.port, bind: 'loopback', auth: { token: '__OPENCLAW_REDACTED__' } });
    expect(text).not.toContain(all.openclaw.token);
    expect((await all.viewer.get(`${all.at}/config`)).status).toBe(403);
  });

  it('is explained path by path', async () => {
    const { body, text } = await all.admin.get(`${all.at}/config/schema?path=gateway`);
    expect(body).toMatchObject({ label: 'Gateway', reload: 'restart', help: expect.stringContaining('bind') });
    expect(body.children.find(({ key }: { key: string }) => key === 'port')).toMatchObject({ path: 'gateway.port', type: 'integer' });
    expect(text.length).toBeLessThan(60_000);
    const key = await all.admin.get(`${all.at}/config/schema?path=models.providers.test.apiKey`);
    expect(key.body).toMatchObject({ isSecret: true, reload: 'hot' });
    const none = await all.admin.get(`${all.at}/config/schema?path=no.such.thing`);
    expect([none.status, none.body.code]).toEqual([404, 'config.path_unknown']);
    expect((await all.admin.get(`${all.at}/config/schema?path=..%2F`)).status).toBe(400);
  });

  it('shows what a change would do before it is made', async () => {
    const changes = [
      { path: 'gateway.bind', value: 'lan' },
      { path: 'agents.entries.main.name', value: 'Mate' },
      { path: 'models.providers.test.apiKey', value: CANARIES[2] },
    ];
    const { body, text } = await all.admin.post(`${all.at}/config/preview`, { changes });
    expect(body, text).toMatchObject({
      restarts: true,
      risks: [{ path: 'gateway.bind', message: expect.stringContaining('beyond this machine') }],
    });
    expect(body.changes).toMatchObject([
      { path: 'gateway.bind', before: 'loopback', after: 'lan', reload: 'restart' },
      { path: 'agents.entries.main.name', before: 'main', after: 'Mate', reload: 'hot' },
      { path: 'models.providers.test.apiKey', isSecret: true, after: '__OPENCLAW_REDACTED__' },
    ]);
    expect((await all.admin.get(`${all.at}/config`)).body.config.gateway.bind).toBe('loopback');
    const refused = await put([{ path: 'gateway.bind', value: 'lan' }]);
    expect([refused.status, refused.body.code]).toEqual([400, 'setup.exposed_bind']);
  });

  it('is changed while it runs; the change is remembered, and taken back with one call', async () => {
    const changed = await put([
      { path: 'agents.entries.main.name', value: 'Mate' },
      { path: 'agents.defaults.models["test/gpt-4.1"]', value: {} },
      { path: 'tools.deny', value: ['a', 'b'] },
    ]);
    expect(changed.body, changed.text).toMatchObject({ restarts: false, taskId: null, changeId: expect.any(String) });
    expect(changed.body.hash).toBe(await hash());
    expect((await put([{ path: 'tools.deny', value: ['a'] }])).status).toBe(200);
    expect((await put([{ path: 'tools.deny', value: ['a', 'b'] }])).status).toBe(200);
    const [, , first] = await history();
    expect(first).toMatchObject({ state: 'applied', by: { firstName: 'Adam' }, undoable: true });
    expect(first.changes).toEqual([
      { path: 'agents.entries.main.name', before: 'main', after: 'Mate' },
      { path: 'agents.defaults.models["test/gpt-4.1"]', before: null, after: {} },
      { path: 'tools.deny', before: null, after: ['a', 'b'] },
    ]);
    const undone = await undo(first.id);
    expect(undone.status, undone.text).toBe(200);
    const { config } = (await all.admin.get(`${all.at}/config`)).body;
    expect([config.agents.entries.main.name, Object.keys(config.agents.defaults.models), config.tools.deny]).toEqual([
      'main',
      ['test/test-model'],
      undefined,
    ]);
    expect((await history())[3]).toMatchObject({ id: first.id, state: 'undone', undoable: false });
    const again = await undo(first.id);
    expect([again.status, again.body.code]).toEqual([409, 'config.not_undoable']);
  });

  it('is not overwritten by somebody who has seen an older one, nor undone over a newer change', async () => {
    const old = await hash();
    const first = await put([{ path: 'agents.entries.main.name', value: 'One' }]);
    const stale = await putOn(old, [{ path: 'agents.entries.main.name', value: 'Two' }]);
    expect([stale.status, stale.body.code]).toEqual([409, 'config.changed_meanwhile']);
    await put([{ path: 'agents.entries.main.name', value: 'Three' }]);
    const undone = await undo(first.body.changeId);
    expect([undone.status, undone.body.code]).toEqual([409, 'config.changed_meanwhile']);
    const seen = await hash();
    const both = await Promise.all([1, 2, 3].map((n) => putOn(seen, [{ path: 'agents.entries.main.name', value: `Racer ${n}` }])));
    expect(
      both
        .map(({ status }) => status)
        .toSorted()
        .at(0),
    ).toBe(200);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it('refuses what the schema does, path by path, and keeps the rest as it was', async () => {
    const before = await hash();
    const wrong = await put([
      { path: 'gateway.port', value: 'x' },
      { path: 'gateway.nonsense', value: 1 },
      { path: 'agents.entries.main.name', value: 'Never' },
    ]);
    expect([wrong.status, wrong.body.code]).toEqual([400, 'config.invalid']);
    expect(wrong.body.issues).toEqual(expect.arrayContaining([{ path: 'gateway.port', message: expect.stringContaining('number') }]));
    for (const path of ['__proto__.x', 'a..b', '', 'a.constructor', 'x'.repeat(600)])
      expect((await put([{ path, value: 1 }])).status, path).toBe(400);
    expect(await hash()).toBe(before);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('keeps secrets: what comes back redacted leaves them alone, and none is in history, audit or log (S5)', async () => {
    const [key, env] = CANARIES;
    expect((await put([{ path: 'models.providers.test.apiKey', value: key }])).body.changeId).toEqual(expect.any(String));
    const { config } = (await all.admin.get(`${all.at}/config`)).body;
    const provider = { ...config.models.providers.test, baseUrl: `${config.models.providers.test.baseUrl}/` };
    const { models: _models, ...sent } = provider;
    expect((await put([{ path: 'models.providers.test', value: sent }])).status).toBe(200);
    expect(all.openclaw.config.read()['models'].providers.test).toMatchObject({ apiKey: key, baseUrl: sent.baseUrl });
    const same = await put([{ path: 'models.providers.test.apiKey', value: '__OPENCLAW_REDACTED__' }]);
    expect(same.body).toMatchObject({ changeId: null });
    expect((await put([{ path: 'skills.entries.x.env', value: { PLAIN_NAME: env } }])).status).toBe(200);
    expect((await all.admin.get(`${all.at}/config`)).text).not.toContain(env);
    expect(all.openclaw.config.read()['skills'].entries.x.env.PLAIN_NAME).toBe(env);
    const list = await put([{ path: 'hooks.mappings', value: [{ token: '__OPENCLAW_REDACTED__' }] }]);
    expect([list.status, list.body.issues?.[0]?.path]).toEqual([400, 'hooks.mappings']);
    const changes = await history();
    const ofKey = changes.find(({ changes: [one] }: { changes: { path: string }[] }) => one?.path === 'models.providers.test.apiKey');
    expect(ofKey).toMatchObject({ undoable: false, changes: [{ after: '__OPENCLAW_REDACTED__' }] });
    const audit = await all.test.world.db.selectFrom('audit').selectAll().execute();
    const rows = await all.test.world.db.selectFrom('config_change').selectAll().execute();
    expect(audit.filter(({ action }) => action === 'openclaw.config_change').length).toBeGreaterThan(5);
    for (const canary of CANARIES) expect(JSON.stringify([changes, audit, rows, all.test.logged()])).not.toContain(canary);
    expect(readdirSync(join(all.sshd.home, '.clawmoor/config'))).toEqual([]);
  });

  it('goes back to the last good one when the gateway does not come back with the new one (R)', async () => {
    await all.supervise();
    const good = readFileSync(join(all.sshd.home, '.openclaw/openclaw.json'), 'utf8');
    const { status, body, text } = await put([{ path: 'gateway.auth.mode', value: 'password' }]);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({ restarts: true, taskId: expect.any(String) });
    const second = await putOn(body.hash, [{ path: 'tools.deny', value: ['x'] }]);
    expect(second.body).toMatchObject({ code: 'task.lane_busy', taskId: body.taskId });
    await expect
      .poll(async () => (await all.admin.get(`${all.at}/diagnosis`)).body, { timeout: 38_000, interval: 1_000 })
      .toMatchObject({
        status: { state: expect.stringMatching(/^(gateway_down|auth_failed)$/) },
        service: 'supervised',
        finding: { message: 'The gateway does not start with its configuration.' },
      });
    const task = await all.ended(body.taskId);
    expect(task, await all.logOf(body.taskId)).toMatchObject({ state: 'failed', error: { code: 'config.restored' } });
    expect(readFileSync(join(all.sshd.home, '.openclaw/openclaw.json'), 'utf8')).toBe(good);
    expect((await all.viewer.get(`${all.at}/status`)).body.state).toBe('ready');
    expect((await history())[0]).toMatchObject({ state: 'restored', undoable: false });
    expect(readdirSync(join(all.sshd.home, '.clawmoor/config'))).toEqual([]);
  }, 240_000);

  it('is left alone by a diagnosis of a gateway that is well, and by a look at what a restart would interrupt', async () => {
    const { body, text } = await all.admin.get(`${all.at}/diagnosis`);
    expect(body).toMatchObject({ status: { state: 'ready' }, service: 'supervised', running: true, finding: null, crashLoop: false });
    expect(body.log.length).toBeGreaterThan(3);
    expect(text).not.toContain(all.openclaw.token);
    expect((await all.viewer.get(`${all.at}/diagnosis`)).status).toBe(403);
    // The gateway has work of its own for a while after a start.
    const preflight = async () => (await all.viewer.get(`${all.at}/restart/preflight`)).body;
    await expect.poll(preflight, { timeout: 45_000, interval: 500 }).toMatchObject({ safe: true, counts: { totalActive: 0 } });
    const { supports } = all.test.world.gateways;
    const known = ['config.get', 'sessions.usage', 'no.such.method'].map((method) => supports(all.serverId, method));
    expect(await Promise.all(known)).toEqual([true, true, false]);
  });

  it('is watched back after a change that restarts the gateway', async () => {
    const { body, text } = await put([{ path: 'env.vars', value: { TIDE: 'high' } }]);
    expect(body, text).toMatchObject({ restarts: true, taskId: expect.any(String) });
    const task = await all.ended(body.taskId);
    expect(task, await all.logOf(body.taskId)).toMatchObject({ state: 'succeeded' });
    expect((await history())[0]).toMatchObject({ state: 'applied', undoable: true, restarts: true });
  }, 120_000);
});
