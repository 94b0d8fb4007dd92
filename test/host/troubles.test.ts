import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { addServer, finished } from '../support/setup.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';

const why = whyNoDebianHosts();

interface Item {
  key: string;
  verdict: string;
  value: string;
  message: string;
  fix?: string;
}

describeIf(why === undefined, `a real Debian server: ${why}`)('The setup on a server that is not fit for it', () => {
  let host: DebianHost;
  let small: DebianHost;
  let test: TestWorld;
  let owner: Person;

  beforeAll(async () => {
    host = await startDebianHost();
    [small, test] = await Promise.all([startDebianHost({ disk: '300M' }), startWorld()]);
    owner = await test.person(101, 'Olga');
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await Promise.all([host[Symbol.asyncDispose](), small[Symbol.asyncDispose]()]);
  });

  const itemOf = async (id: string, key: string): Promise<Item> => {
    const { body, text } = await owner.get(`/servers/${id}/setup/check-prereqs`);
    const item = (body.items as Item[] | undefined)?.find((one) => one.key === key);
    if (!item) throw new Error(`no item ${key}: ${text}`);
    return item;
  };
  const outcome = async (id: string, operation: string, body: object = {}) => {
    const started = await owner.post(`/servers/${id}/setup/${operation}`, body);
    expect(started.status, started.text).toBe(202);
    return finished(owner, started.body.taskId);
  };

  it('blocks a machine of 512 MB, says how to add swap, and changes nothing on it', async () => {
    await host.exec(
      'sed -e "s/^MemTotal:.*/MemTotal: 503808 kB/" -e "s/^SwapTotal:.*/SwapTotal: 0 kB/" /proc/meminfo >/run/meminfo && mount --bind /run/meminfo /proc/meminfo',
      'root',
    );
    const id = await addServer(owner, host, { authMethod: 'password', password: host.password }, 'admin');
    expect(await itemOf(id, 'memory')).toMatchObject({ verdict: 'block', fix: expect.stringContaining('swapfile') });
    const task = await outcome(id, 'run');
    expect([task.state, task.error.code, task.steps[0].state, task.steps[1].state]).toEqual([
      'failed',
      'setup.prereqs_blocked',
      'failed',
      'waiting',
    ]);
    expect(await host.exec('ls -A ~/.clawmoor/runs 2>/dev/null; command -v node; :')).toBe('');
    await host.exec('umount /proc/meminfo', 'root');
  });

  it('says that the disk is full, in the check and in the middle of an installation, and leaves no half of Node behind', async () => {
    const id = await addServer(owner, small, { authMethod: 'password', password: small.password }, 'admin');
    expect(await itemOf(id, 'disk')).toMatchObject({ verdict: 'block', fix: expect.stringContaining('df -h') });
    await small.exec('fallocate -l 150M /home/admin/ballast');
    const task = await outcome(id, 'install-node');
    expect([task.state, task.error.code]).toEqual(['failed', 'setup.disk_full']);
    expect(task.error.fix).toContain('df -h');
    expect((await small.exec('command -v node; :')).trim()).toBe('');
  });

  it('installs Node for the user alone where there is no sudo', async () => {
    const id = await addServer(owner, host, { authMethod: 'key', privateKey: host.privateKey }, 'nosudo');
    expect(await itemOf(id, 'sudo')).toMatchObject({ verdict: 'warn' });
    const task = await outcome(id, 'install-node');
    expect([task.state, task.error]).toEqual(['succeeded', null]);
    expect(await host.exec('PATH=$HOME/.local/bin:$HOME/.clawmoor/node/bin:$PATH command -v node', 'nosudo')).toMatch(/^\/home\/nosudo\//);
    expect(await host.exec('command -v node; :', 'root')).toBe('');
    const updates = (await owner.get(`/servers/${id}/setup/check-updates`)).body.components;
    expect(updates.find(({ component }: { component: string }) => component === 'node')).toMatchObject({ updateAvailable: false });
  });

  it('stops at the step whose predecessor is missing, and says which', async () => {
    const id = await addServer(owner, host, { authMethod: 'password', password: host.password }, 'admin');
    const openclaw = await outcome(id, 'install-openclaw');
    expect([openclaw.state, openclaw.error.code]).toEqual(['failed', 'setup.node_missing']);
    const service = await outcome(id, 'systemd');
    expect([service.state, service.error.code]).toEqual(['failed', 'setup.openclaw_missing']);
  });

  it('says that there is no network, and that a version does not exist', async () => {
    const id = await addServer(owner, host, { authMethod: 'key', privateKey: host.privateKey }, 'nosudo');
    const strange = await outcome(id, 'install-openclaw', { version: '1.2.3' });
    expect([strange.state, strange.error.code]).toEqual(['failed', 'setup.version_not_found']);
    await host.exec('ip route del default; echo "registry=http://192.0.2.1/" >>/home/nosudo/.npmrc; :', 'root');
    expect(await itemOf(id, 'registry')).toMatchObject({ verdict: expect.stringMatching(/warn|block/) });
  });

  it('tells a user who has no systemd and no sudo that a supervisor of ours does its work', async () => {
    await host.exec('U=$(id -u nosudo); systemctl mask --runtime user@$U; systemctl stop user@$U', 'root');
    const id = await addServer(owner, host, { authMethod: 'key', privateKey: host.privateKey }, 'nosudo');
    expect(await itemOf(id, 'systemd')).toMatchObject({ verdict: 'warn', message: expect.stringContaining('supervisor') });
  });
});
