import { afterAll, beforeAll, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { describeIf } from '../support/needs.ts';
import { addServer, finished, statesOf } from '../support/setup.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';

const why = whyNoDebianHosts();
const API_KEY = 'sk-canary-of-the-provider-1234567890';

describeIf(why === undefined, `a real Debian server: ${why}`)('The setup on a real Debian server', () => {
  let host: DebianHost;
  let test: TestWorld;
  let owner: Person;
  let model: ModelServer;
  let id: string;

  beforeAll(async () => {
    [host, test, model] = await Promise.all([startDebianHost(), startWorld(), startModelServer()]);
    owner = await test.person(101, 'Olga');
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  it('logs in with a password, and says what the bare machine lacks', async () => {
    id = await addServer(owner, host, { authMethod: 'password', password: host.password }, 'admin');
    const prereqs = await owner.get(`/servers/${id}/setup/check-prereqs`);
    expect(prereqs.status, prereqs.text).toBe(200);
    const items = Object.fromEntries(prereqs.body.items.map((item: { key: string }) => [item.key, item]));
    expect(prereqs.body.verdict).not.toBe('block');
    expect(items.node.value).toBe('none');
    expect(items.systemd.value).toBe('for the user');
    expect(items.sudo.value).toBe('without a password');
    expect((await owner.get(`/servers/${id}/openclaw/status`)).body.state).toBe('not_set_up');
    expect((await owner.get(`/servers/${id}/openclaw/agents`)).body.code).toBe('gateway.not_set_up');
  });

  it('goes from bare to a running gateway in one task, and the provider key is on no command line', async () => {
    const seen: string[] = [];
    const watching = new AbortController();
    const watch = (async () => {
      while (!watching.signal.aborted)
        seen.push(await host.exec("tr '\\0' ' ' </dev/null; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '", 'root').catch(() => ''));
    })();
    const provider = { kind: 'openai-compatible', baseUrl: `http://10.214.61.1:${model.port}/v1`, model: 'test-model', apiKey: API_KEY };
    const run = await owner.post(`/servers/${id}/setup/run`, { provider, agent: { name: 'Harbour' } });
    expect(run.status, run.text).toBe(202);
    const second = await owner.post(`/servers/${id}/setup/install-node`);
    expect(second.body, 'R5: a second task in the lane').toMatchObject({ code: 'task.lane_busy', taskId: run.body.taskId });
    const task = await finished(owner, run.body.taskId);
    watching.abort();
    await watch;
    const log = (await owner.get(`/tasks/${run.body.taskId}/log?limit=1000`)).body.lines
      .map((line: { text: string }) => line.text)
      .join('\n');
    expect(task.error, log.slice(-3000)).toBeNull();
    expect(task.state).toBe('succeeded');
    expect(statesOf(task)).toMatchObject({
      prereqs: 'succeeded',
      node: 'succeeded',
      openclaw: 'succeeded',
      onboard: 'succeeded',
      systemd: 'succeeded',
      health: 'succeeded',
    });
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.join('\n')).not.toContain(API_KEY);
    expect(log).not.toContain(API_KEY);
    expect(JSON.stringify(await test.world.db.selectFrom('task').selectAll().execute())).not.toContain(API_KEY);
    expect(test.logged()).not.toContain(API_KEY);
    expect((await test.world.db.selectFrom('task').select('secrets').execute()).every(({ secrets }) => secrets === null)).toBe(true);
  });

  it('is healthy by /readyz and by a call over the tunnel, and lists the agent', async () => {
    expect((await owner.get(`/servers/${id}/setup/verify-health?wait=30`)).body).toMatchObject({ ok: true, ready: true, rpc: true });
    const agents = await owner.get(`/servers/${id}/openclaw/agents`);
    expect(agents.body.agents).toEqual([
      expect.objectContaining({ id: 'main', name: 'Harbour', model: 'custom/test-model', isDefault: true }),
    ]);
  });

  it('runs again in no time, skipping what is true', async () => {
    const { body } = await owner.post(`/servers/${id}/setup/run`, {});
    const task = await finished(owner, body.taskId);
    expect(statesOf(task)).toMatchObject({
      node: 'skipped',
      openclaw: 'skipped',
      onboard: 'skipped',
      gateway: 'skipped',
      systemd: 'skipped',
      health: 'skipped',
      agent: 'skipped',
    });
  });

  it('creates an agent that answers with the model', async () => {
    const created = await owner.post(`/servers/${id}/openclaw/agents`, { id: 'helper', name: 'Deck hand' });
    expect(created.status, created.text).toBe(201);
    expect(created.body).toMatchObject({ id: 'helper', name: 'Deck hand', workspace: '/home/admin/.openclaw/workspace-helper' });
    expect((await owner.post(`/servers/${id}/openclaw/agents`, { id: 'helper' })).body.code).toBe('agent.exists');
    const turn = await host.exec('PATH=$HOME/.local/bin:$PATH openclaw agent --agent helper --message "ping" --json --timeout 60');
    expect(turn).toContain('test-model heard: ping');
  });

  it('gives a viewer the state and nothing else', async () => {
    const viewer = await test.person(102, 'Vera');
    expect((await viewer.get(`/servers/${id}/openclaw/status`)).status).toBe(404);
    await test.grant(id, viewer.id, 'viewer');
    expect((await viewer.get(`/servers/${id}/openclaw/status`)).body).toMatchObject({ state: 'ready', agents: 2 });
    expect((await viewer.get(`/servers/${id}`)).body.host).toBeUndefined();
    expect((await viewer.post(`/servers/${id}/openclaw/restart`)).status).toBe(403);
  });

  it('restarts the gateway as a task and answers again', async () => {
    const { body } = await owner.post(`/servers/${id}/openclaw/restart`);
    const task = await finished(owner, body.taskId);
    expect(task.state, JSON.stringify(task.error)).toBe('succeeded');
    expect(statesOf(task)).toEqual({ restart: 'succeeded' });
  });

  it('survives a logout and a reboot of the server', async () => {
    await host.reboot();
    const health = await owner.get(`/servers/${id}/setup/verify-health?wait=60`);
    expect(health.body, health.text).toMatchObject({ ok: true });
    expect(await host.exec('systemctl --user is-active openclaw-gateway; loginctl show-user admin -p Linger')).toBe('active\nLinger=yes\n');
  });

  it('says when the gateway is down, and the setup brings it back', async () => {
    await host.exec('systemctl --user stop openclaw-gateway');
    expect((await owner.get(`/servers/${id}/openclaw/status`)).body.state).toBe('gateway_down');
    const { body } = await owner.post(`/servers/${id}/setup/run`, {});
    const task = await finished(owner, body.taskId);
    expect(statesOf(task)).toMatchObject({ node: 'skipped', systemd: 'succeeded', health: 'succeeded' });
  });

  it('uses a stored sudo password where sudo asks for one', async () => {
    const login = { authMethod: 'password', password: host.password, sudoPassword: host.password };
    const withPassword = await addServer(owner, host, login, 'sudopw');
    const { items } = (await owner.get(`/servers/${withPassword}/setup/check-prereqs`)).body;
    expect(items.find(({ key }: { key: string }) => key === 'sudo')).toMatchObject({ verdict: 'pass', value: 'with a password' });
  });

  it('becomes a service of the machine where the user has no systemd of their own', async () => {
    await host.exec('U=$(id -u admin); systemctl mask --runtime user@$U; systemctl stop user@$U', 'root');
    test.world.hosts.drop(id);
    test.world.gateways.drop(id);
    const { items } = (await owner.get(`/servers/${id}/setup/check-prereqs`)).body;
    expect(items.find(({ key }: { key: string }) => key === 'systemd').value).toBe('for the machine');
    const task = await finished(owner, (await owner.post(`/servers/${id}/setup/systemd`)).body.taskId);
    expect([task.state, task.error]).toEqual(['succeeded', null]);
    expect((await owner.get(`/servers/${id}/setup/verify-health?wait=60`)).body).toMatchObject({ ok: true });
    expect(await host.exec('systemctl show openclaw-gateway -p User -p ActiveState --value', 'root')).toBe('admin\nactive\n');
  });

  it('refuses a gateway that others could reach unless that is confirmed, and a port that is taken', async () => {
    const exposed = await owner.post(`/servers/${id}/setup/configure-gateway`, { bind: 'lan' });
    expect([exposed.status, exposed.body.code]).toEqual([400, 'setup.exposed_bind']);
    const { body } = await owner.post(`/servers/${id}/setup/configure-gateway`, { port: 22 });
    const task = await finished(owner, body.taskId);
    expect([task.state, task.error.code]).toEqual(['failed', 'setup.port_taken']);
  });

  it('refuses the server everywhere once its host key has changed (S23)', async () => {
    await host.exec('rm -f /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; systemctl restart ssh', 'root');
    test.world.hosts.drop(id);
    test.world.gateways.drop(id);
    const tried = await owner.post(`/servers/${id}/test`);
    expect(tried.body).toMatchObject({ ok: false, code: 'ssh.host_key_changed', pinned: false });
    expect((await owner.get(`/servers/${id}/setup/check-prereqs`)).body.code).toBe('ssh.host_key_changed');
    expect((await owner.get(`/servers/${id}`)).body.state).toBe('key_changed');
    expect((await owner.post(`/servers/${id}/host-key`, { sha256: tried.body.hostKey.sha256 })).body.code).toBe('auth.step_up_required');
  });
});
