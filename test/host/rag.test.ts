import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { buildRagdFor } from '../support/rag-world.ts';
import { addServer, finished, statesOf } from '../support/setup.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost, type TestUser } from './debian.ts';

const why = whyNoDebianHosts();

describeIf(why === undefined, `a real Debian server: ${why}`)('The document search on a real Debian server', () => {
  let host: DebianHost;
  let bundle: Awaited<ReturnType<typeof buildRagdFor>>;
  let test: TestWorld;
  let owner: Person;

  beforeAll(async () => {
    [host, bundle] = await Promise.all([startDebianHost(), buildRagdFor()]);
    test = await startWorld({ overrides: { ragdBundles: bundle.folder } });
    owner = await test.person(101, 'Olga');
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    bundle[Symbol.dispose]();
  });

  const add = (username: TestUser): Promise<string> =>
    addServer(owner, host, { authMethod: 'password', password: host.password, sudoPassword: host.password }, username);
  const install = async (id: string) => {
    const started = await owner.post(`/servers/${id}/rag/install`);
    expect(started.status, started.text).toBe(202);
    const task = await finished(owner, started.body.taskId);
    const { lines } = (await owner.get(`/tasks/${task.id}/log?limit=1000`)).body;
    expect([task.state, task.error], lines.map(({ text }: { text: string }) => text).join('\n')).toEqual(['succeeded', null]);
    return task;
  };
  const health = async (id: string) => (await owner.get(`/servers/${id}/rag/health`)).body;
  const untilItRuns = (id: string) => expect.poll(async () => (await health(id)).running, { timeout: 60_000, interval: 500 }).toBe(true);

  it('is kept running for a user who may not be root', async () => {
    const id = await add('nosudo');
    await install(id);
    const found = await health(id);
    expect(found).toMatchObject({ installed: true, running: true, version: bundle.version });
    expect(['user', 'supervised']).toContain(found.kind);
    expect(await host.exec("ss -Hltn | awk '{print $4}' | grep ':784'", 'root')).toBe('127.0.0.1:7842\n');
    expect(statesOf(await install(id))).toMatchObject({ node: 'skipped', copy: 'skipped', start: 'skipped', token: 'skipped' });
  });

  it('is a service with a user and limits of its own, for the server alone; it comes back when it is killed and after a reboot', async () => {
    const id = await add('sudopw');
    await install(id);
    expect(await health(id)).toMatchObject({ installed: true, running: true, kind: 'system', version: bundle.version });
    const shown = await host.exec('systemctl show ragd -p User -p UnitFileState -p MemoryMax -p ProtectSystem -p NoNewPrivileges', 'root');
    expect(shown).toMatch(/User=ragd/);
    expect(shown).toMatch(/UnitFileState=enabled/);
    expect(shown).toMatch(/MemoryMax=536870912/);
    expect(shown).toMatch(/ProtectSystem=strict/);
    expect(shown).toMatch(/NoNewPrivileges=yes/);
    expect(Number(await host.exec('ps -o rss= -p $(systemctl show ragd -p MainPID --value)', 'root'))).toBeLessThan(150 * 1024);
    expect(await host.exec("ss -Hltn | awk '{print $4}' | grep ':784' | sort", 'root')).toBe('127.0.0.1:7842\n127.0.0.1:7843\n');
    // Nobody else reads what it keeps, and no token stands on a command line.
    expect(await host.exec('stat -c "%a %U" /var/lib/ragd', 'root')).toBe('700 ragd\n');
    expect(await host.exec('tr "\\0" " " </proc/$(systemctl show ragd -p MainPID --value)/cmdline', 'root')).toMatch(
      /ragd\.mjs serve --data \/var\/lib\/ragd --listen 127\.0\.0\.1:7843 $/,
    );
    // An agent of another user may run the command that searches: without a connection file it says how it is used.
    expect(await host.exec('node /opt/ragd/current/rag.mjs 2>&1; echo "exit $?"', 'sudopw')).toMatch(/usage: rag[\s\S]*exit 2\n$/);
    await host.exec('systemctl kill --signal=KILL ragd', 'root');
    await untilItRuns(id);
    await host.reboot();
    await untilItRuns(id);
    expect(statesOf(await install(id))).toMatchObject({ node: 'skipped', copy: 'skipped', start: 'skipped', token: 'skipped' });
  });
});
