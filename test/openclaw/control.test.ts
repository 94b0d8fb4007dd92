import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addServer, startGatewayWorld, until, type GatewayWorld } from '../support/daily-world.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { startRelay } from '../support/relay.ts';
import { SSHD } from '../support/sshd.ts';
import type { Person } from '../support/world.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const LONG_MS = 300_000;

/** As much of Telegram's Bot API as a channel needs to run. */
async function startBotApi(): Promise<Server> {
  const server = createServer((request, response) => {
    const method = request.url?.split('/').at(-1);
    const result = method === 'getMe' ? { id: 1, is_bot: true, first_name: 'b', username: 'b_bot' } : method === 'getUpdates' ? [] : true;
    const answer = (): void => void response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, result }));
    setTimeout(answer, method === 'getUpdates' ? 1_000 : 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describeIf(why === undefined, `the real OpenClaw: ${why}`)('Holding a real gateway back', () => {
  let all: GatewayWorld;
  let bot: Server;
  let owner: Person;
  let admin: Person;
  let path: GatewayWorld['path'];
  const signal = () => AbortSignal.timeout(60_000);

  beforeAll(async () => {
    bot = await startBotApi();
    all = await startGatewayWorld();
    ({ owner, path } = all);
    admin = await all.test.person(2, 'Anna');
    await all.test.grant(all.serverId, admin.id, 'admin');
    const telegram = {
      botToken: '123456:AAcanary-of-no-bot-at-all-0000000000',
      apiRoot: `http://127.0.0.1:${(bot.address() as AddressInfo).port}`,
    };
    const exec = { security: 'allowlist', ask: 'on-miss' };
    await all.configure({ channels: { telegram }, agents: { entries: { main: { tools: { exec } } } } });
    await until(async () => (await runs()).telegram, 'the channel runs');
  }, LONG_MS);
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    bot.closeAllConnections();
    bot.close();
  });

  /** What runs by itself, as the gateway says it. */
  async function runs(): Promise<{ schedules: boolean; telegram: boolean }> {
    const { enabled } = (await all.ask('cron.status')) as { enabled: boolean };
    const { channels } = (await all.ask('channels.status')) as { channels: Record<string, { running?: boolean }> };
    return { schedules: enabled, telegram: channels['telegram']?.running ?? false };
  }
  const waiting = (session: string) => async () => {
    const { approvals } = (await admin.get('/approvals')).body;
    return approvals.find(({ sessionKey }: { sessionKey: string }) => sessionKey.endsWith(session));
  };

  it('lets a command wait for an answer, shows it in one inbox, and takes the first answer', async () => {
    expect((await admin.put(path('/approvals/watch'), { enabled: true })).body).toEqual({ enabled: true });
    await until(async () => (await admin.get(path('/approvals'))).body.watch === 'connected', 'somebody is there to answer');
    await all.say('ask', 'please run the command: touch made-\u202eby-hand');
    const approval = await until(waiting('ask'), 'a command waits');
    expect(approval).toMatchObject({
      serverId: all.serverId,
      command: expect.stringMatching(/^touch made-\\u\{202e\}by-hand$/i),
      agentId: 'main',
      cwd: expect.stringContaining('.openclaw/workspace'),
      decisions: ['allow-once', 'deny'],
    });
    // Whoever may answer is told of it, and that it is over.
    const incident = async (state: 'open' | 'resolved') =>
      (await admin.get(`/servers/${all.serverId}/incidents?state=${state}`)).body.incidents.find(
        ({ kind, about }: { kind: string; about: string }) => kind === 'approval' && about === approval.id,
      );
    const open = await until(() => incident('open'), 'an incident for the command');
    expect(open.facts).toMatchObject({ approvalId: approval.id });
    const answers = await Promise.all([owner, admin].map((one) => one.post(path(`/approvals/${approval.id}`), { decision: 'deny' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'approval.already_resolved' });
    expect((await until(() => incident('resolved'), 'the end of that incident')).id).toBe(open.id);
    expect((await admin.post(path('/approvals/none'), { decision: 'deny' })).body.code).toBe('approval.not_found');
    expect((await admin.post(path(`/approvals/${approval.id}`), { decision: 'allow-always' })).status).toBe(400);
  });

  it('answers for the others when a server takes the connection and stays silent, and names it', async () => {
    await using relay = await startRelay(all.sshd.port);
    const id = await addServer(owner, { ...all.sshd, port: relay.port });
    relay.freeze();
    all.test.world.hosts.drop(id);
    all.test.world.gateways.drop(id);
    const { servers } = (await owner.get('/approvals')).body;
    const said = { code: 'gateway.timeout', message: 'The server did not answer within 2 s' };
    expect(servers).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ serverId: all.serverId, ok: true }),
        expect.objectContaining({ serverId: id, ok: false, ...said }),
      ]),
    );
    expect((await owner.remove(`/servers/${id}`)).status).toBe(204);
  });

  it('names a server that cannot be asked, and asks none where the person may not answer (S14)', async () => {
    const place = { name: 'sunk', host: '127.0.0.1', port: 9, username: 'root', authMethod: 'password', password: 'x' };
    const { id } = (await owner.post('/servers', place)).body;
    const { servers } = (await owner.get('/approvals')).body;
    expect(servers).toEqual([
      expect.objectContaining({ name: 'ship', ok: true, code: null, watch: 'connected' }),
      expect.objectContaining({ serverId: id, ok: false, code: expect.stringMatching(/^ssh\./), watch: 'off' }),
    ]);
    const viewer = await all.test.person(3, 'Vera');
    await all.test.grant(all.serverId, viewer.id, 'viewer');
    expect((await viewer.get('/approvals')).body).toEqual({ approvals: [], servers: [] });
    expect((await viewer.post(path('/kill'), { mode: 'pause' })).status).toBe(403);
    const { verdicts } = (await viewer.post('/kill', { serverIds: [all.serverId, id, '*'] })).body;
    expect(verdicts.map(({ code }: { code: string }) => code)).toEqual(['auth.role_too_low', 'server.not_found', 'server.not_found']);
    expect((await owner.post('/kill', { serverIds: [] })).body).toEqual({ verdicts: [] });
    expect(await runs()).toEqual({ schedules: true, telegram: true });
  });

  it('stops all that runs by itself, cuts off a turn, and resumes exactly that', async () => {
    const before = await all.config();
    await all.say('busy', 'please run the command: sleep 60');
    await until(waiting('busy'), 'a turn is under way');
    const stopped = await owner.post(path('/kill'), {});
    expect(stopped.body, stopped.text).toMatchObject({
      state: 'stopped',
      mode: 'pause',
      by: 'Olga',
      stopped: { schedules: true, channels: ['telegram'], service: false, sessions: [expect.stringContaining('busy')] },
    });
    await until(async () => !(await runs()).telegram, 'the channel has stopped');
    expect((await runs()).schedules).toBe(false);
    expect((await owner.post(path('/kill'), {})).body.stopped).toEqual(stopped.body.stopped);
    expect((await admin.get(path('/kill'))).body).toMatchObject({ state: 'stopped' });
    expect((await admin.post('/resume', { serverIds: [all.serverId] })).body.verdicts).toEqual([
      expect.objectContaining({ ok: true, state: expect.objectContaining({ state: 'running' }) }),
    ]);
    await until(async () => (await runs()).telegram, 'the channel runs again');
    expect(await runs()).toEqual({ schedules: true, telegram: true });
    const { cron: _cron, meta: _meta, ...after } = await all.config();
    const { cron: _none, meta: _old, ...wanted } = before;
    expect(after).toEqual(wanted);
  });

  it('acts at 100 % of a budget as its policy says, remembers it, and takes exactly that back (S18)', async () => {
    await all.say('spend', 'what is the tide?');
    await until(async () => (await admin.get(path('/usage?days=1'))).body.total.costUsd > 0, 'the turn has cost something');
    const add = async (body: object) => (await admin.post(path('/budgets'), { period: 'month', limitUsd: 0.01, ...body })).body;
    expect((await add({ policy: 'cheaper_model' })).code).toBe('budget.needs_model');
    expect((await add({ policy: 'stop_channels', agentId: 'main' })).code).toBe('budget.needs_server');
    const half = await add({ policy: 'warn', limitUsd: 1_000_000 });
    const stops = await add({ policy: 'stop_schedules' });
    const cheaper = await add({ policy: 'cheaper_model', cheaperModel: 'test/cheap', agentId: 'main' });
    const checked = (await admin.post(path('/budgets/check'))).body.budgets;
    expect(checked.map(({ id, reached, done, problem }: Record<string, unknown>) => [id, reached, done, problem])).toEqual([
      [half.id, 0, [], null],
      [stops.id, 100, ['Schedules and heartbeats are stopped'], null],
      [cheaper.id, 100, ['The model of main is test/cheap'], null],
    ]);
    expect((await runs()).schedules).toBe(false);
    const undone = (await admin.post(path(`/budgets/${stops.id}/undo`))).body;
    expect(undone).toMatchObject({ done: [], overridden: true, reached: 100 });
    expect((await runs()).schedules).toBe(true);
    await admin.post(path('/budgets/check'));
    expect((await runs()).schedules).toBe(true);
    expect((await admin.remove(path(`/budgets/${cheaper.id}`))).status).toBe(204);
    expect(JSON.stringify((await all.config())['agents'])).not.toContain('test/cheap');
    const rows = await all.test.world.db.selectFrom('audit').selectAll().where('actor_name', '=', 'system').execute();
    expect(rows.map(({ action }) => action)).toEqual(['budget.act', 'budget.threshold', 'budget.act', 'budget.threshold']);
    await all.test.world.db.updateTable('member').set({ role: 'viewer' }).where('user_id', '=', admin.id).execute();
    const [, lost] = await all.test.world.budgets.check(all.serverId, signal());
    expect(lost?.problem?.code).toBe('budget.creator_lost_rights');
  });
});
