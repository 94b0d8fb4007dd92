import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayWorld, until, type GatewayWorld } from '../support/daily-world.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { askToBePaired } from '../support/pairing-device.ts';
import { SSHD } from '../support/sshd.ts';
import type { Person } from '../support/world.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const LONG_MS = 300_000;
const KEY = 'sk-canary-0123456789abcdef0123456789';

describeIf(why === undefined, `the real OpenClaw: ${why}`)('Day to day with the real gateway', () => {
  let all: GatewayWorld;
  let owner: Person;
  let viewer: Person;
  let path: GatewayWorld['path'];

  beforeAll(async () => {
    all = await startGatewayWorld();
    ({ owner, path } = all);
    viewer = await all.test.person(2, 'Vera');
    await all.test.grant(all.serverId, viewer.id, 'viewer');
  }, LONG_MS);
  afterAll(() => all[Symbol.asyncDispose]());

  const audit = () => all.test.world.db.selectFrom('audit').selectAll().execute();
  const job = { name: 'Tide ⚓', agentId: 'main', schedule: { kind: 'every', everyMs: 3_600_000 }, message: 'what is the tide?' };

  it('lists, makes, changes, switches and deletes scheduled jobs', async () => {
    const made = await owner.post(path('/cron'), job);
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      name: 'Tide ⚓',
      agentId: 'main',
      enabled: true,
      managed: false,
      failuresInARow: 0,
      missed: 0,
      lastRun: null,
    });
    const { id } = made.body;
    const changed = await owner.put(path(`/cron/${id}`), {
      enabled: false,
      message: 'and now?',
      schedule: { kind: 'cron', expr: '15 3 * * *', timeZone: 'Europe/Berlin' },
    });
    expect(changed.body, changed.text).toMatchObject({
      enabled: false,
      message: 'and now?',
      schedule: { kind: 'cron', expr: '15 3 * * *', timeZone: 'Europe/Berlin' },
    });
    const { jobs, enabled } = (await viewer.get(path('/cron'))).body;
    expect(enabled).toBe(true);
    expect(jobs.find((one: { id: string }) => one.id === id)).toEqual(changed.body);
    expect(jobs.some((one: { managed: boolean }) => one.managed)).toBe(true);
    expect((await owner.remove(path(`/cron/${id}`))).status).toBe(204);
    expect((await owner.remove(path(`/cron/${id}`))).body).toMatchObject({ code: 'cron.not_found', fix: expect.stringMatching(/./) });
  });

  it('tells the truth about a job that fails: its history, and how often in a row', async () => {
    const { id } = (await owner.post(path('/cron'), { ...job, model: 'nope/none' })).body;
    for (const failures of [1, 2]) {
      const started = await owner.post(path(`/cron/${id}/run`));
      expect(started.body, started.text).toMatchObject({ runId: expect.stringContaining(id) });
      const failed = await until(async () => {
        const { jobs } = (await viewer.get(path('/cron'))).body;
        return jobs.find((one: { id: string; failuresInARow: number }) => one.id === id && one.failuresInARow === failures);
      }, 'the job has failed');
      expect(failed.lastRun).toMatchObject({
        status: 'error',
        error: expect.stringContaining('nope/none'),
        durationMs: expect.any(Number),
      });
    }
    const { runs } = (await viewer.get(path(`/cron/${id}/runs?limit=5`))).body;
    expect(runs.map(({ status }: { status: string }) => status)).toEqual(['error', 'error']);
    await owner.remove(path(`/cron/${id}`));
  });

  it('refuses a job that the gateway does not take, and edits of its own, with a sentence', async () => {
    const bad = await owner.post(path('/cron'), { ...job, schedule: { kind: 'cron', expr: '61 25 * * *' } });
    expect(bad.body).toMatchObject({ code: 'cron.refused', error: expect.stringContaining('does not take this job') });
    expect((await owner.post(path('/cron'), { ...job, agentId: 'nobody' })).body.code).toBe('cron.refused');
    expect((await owner.post(path('/cron'), { ...job, schedule: { kind: 'every', everyMs: 1 } })).body.code).toBe('request.invalid');
    const { jobs } = (await viewer.get(path('/cron'))).body;
    const heartbeat = jobs.find(({ name }: { name: string }) => /heartbeat/i.test(name));
    expect((await owner.put(path(`/cron/${heartbeat.id}`), { enabled: false })).body).toMatchObject({ code: 'cron.managed' });
    expect((await viewer.post(path('/cron'), job)).status).toBe(403);
  });

  it('passes on how long the gateway wants to be left alone', async () => {
    const answers = [];
    for (let at = 0; at < 31; at++) answers.push(await owner.post(path('/cron/none/run')));
    const last = answers.at(-1);
    expect(last?.body).toMatchObject({ code: 'gateway.busy', error: expect.stringContaining('rate limit') });
    expect(last?.status).toBe(503);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(10);
  });

  it('takes a model key straight to the gateway, and keeps it nowhere (S36)', async () => {
    const set = await owner.put(path('/model-providers/openai/key'), { apiKey: KEY });
    expect(set.body, set.text).toEqual({ credentialId: 'openai:manual' });
    const { providers, addable } = (await viewer.get(path('/model-providers'))).body;
    expect(addable).toContain('openai');
    expect(providers.find(({ provider }: { provider: string }) => provider === 'openai')).toMatchObject({
      status: 'static',
      expiresAt: null,
      credentials: [{ id: 'openai:manual', type: 'api_key', canLogOut: true }],
    });
    const everywhere = [set.text, JSON.stringify(providers), all.test.logged(), JSON.stringify(await audit())].join();
    expect(everywhere).not.toContain(KEY);
    expect((await owner.remove(path('/model-providers/openai/credentials'))).body).toEqual({ removed: ['openai:manual'] });
  });

  it('lists the models and tests their provider', async () => {
    // A real gateway is busy at times, and says so.
    const models = await until(async () => (await viewer.get(path('/models'))).body.models, 'the models');
    expect(models).toEqual([
      expect.objectContaining({ id: 'test/test-model', provider: 'test', isDefault: true, available: true, contextWindow: 128_000 }),
    ]);
    const tested = await until(async () => {
      const { body } = await owner.post(path('/model-providers/test/test'));
      return body.ok ? body : undefined;
    }, 'a provider that answers');
    expect(tested).toMatchObject({ ok: true, status: 'ok', ms: expect.any(Number) });
    expect((await owner.post(path('/model-providers/nonsense/test'))).body).toMatchObject({
      ok: false,
      message: expect.stringMatching(/./),
    });
  });

  it('adds up tokens and cost by agent, model and day', async () => {
    await all.say('cost', 'what is the tide?');
    const usage = await until(async () => {
      const { body } = await viewer.get(path('/usage?days=2'));
      return body.complete && body.total.costUsd > 0 ? body : undefined;
    }, 'the cost of a turn');
    const { costUsd, tokens } = usage.total;
    expect(costUsd % 1).toBe(0);
    expect(usage.byAgent).toEqual([{ agentId: 'main', costUsd, tokens }]);
    expect(usage.byModel[0]).toMatchObject({ provider: 'test', model: 'test-model', costUsd });
    expect(usage.byDay.at(-1)).toEqual({ date: usage.to, costUsd, tokens });
  });

  it('lists devices, lets one in that asks, names it and throws it out', async () => {
    await all.configure({ gateway: { nodes: { pairing: { autoApproveLocal: false } } } });
    const asks = await askToBePaired(all.openclaw);
    try {
      const { pending } = await until(async () => {
        const { body } = await owner.get(path('/devices'));
        return body.pending?.length > 0 ? body : undefined;
      }, 'a device asks');
      expect(pending[0]).toMatchObject({ deviceId: asks.deviceId, requestId: expect.any(String) });
      expect((await viewer.get(path('/devices'))).status).toBe(403);
      const approved = await owner.post(path(`/devices/requests/${pending[0].requestId}/approve`));
      expect(approved.status, approved.text).toBe(204);
      expect((await owner.put(path(`/devices/${asks.deviceId}`), { label: 'deck tablet' })).status).toBe(204);
      const { paired } = (await owner.get(path('/devices'))).body;
      expect(paired.map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual([asks.deviceId]);
      expect(paired[0].operatorLabel).toBe('deck tablet');
      expect(JSON.stringify(paired)).not.toMatch(/token/i);
      expect((await owner.remove(path(`/devices/${asks.deviceId}`))).status).toBe(204);
      expect((await owner.get(path('/devices'))).body).toMatchObject({ pending: [], paired: [] });
      expect((await owner.post(path('/devices/requests/none/reject'))).status).toBe(502);
    } finally {
      asks.close();
    }
  });

  it('shows the log from a cursor on, and reads it over SSH when the gateway is down', async () => {
    const first = (await viewer.get(path('/logs?limit=20'))).body;
    expect(first).toMatchObject({ source: 'gateway', because: null, cursor: expect.stringMatching(/^\d+$/) });
    expect(first.lines.length).toBeGreaterThan(5);
    expect(first.lines[0]).toMatchObject({ at: expect.stringMatching(/Z$/), level: expect.stringMatching(/^(info|warn|error|debug)$/) });
    expect(first.lines.some(({ subsystem }: { subsystem: string | null }) => subsystem !== null)).toBe(true);
    await owner.post(path('/cron/lost-job-4711/run'));
    const next = (await viewer.get(path(`/logs?cursor=${first.cursor}`))).body;
    expect(next.reset).toBe(false);
    expect(next.lines.length).toBeLessThan(20);
    expect((await viewer.get(path('/logs?cursor=x'))).status).toBe(400);
    await all.openclaw.stop('SIGKILL');
    const down = (await viewer.get(path('/logs?limit=20'))).body;
    expect(down).toMatchObject({ source: 'file', because: expect.stringMatching(/gateway|Nothing answers/), cursor: null });
    expect(down.lines.length).toBeGreaterThan(5);
    expect(`${JSON.stringify([first, next, down])}`).not.toContain(all.openclaw.token);
  });
});
