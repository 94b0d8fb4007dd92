import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFakeReleases, type FakeReleases } from '../support/fake-ollama.ts';
import { describeIf } from '../support/needs.ts';
import { addServer, finished, statesOf } from '../support/setup.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';

const why = whyNoDebianHosts();

describeIf(why === undefined, `a real Debian server: ${why}`)('Ollama on a real Debian server', () => {
  let host: DebianHost;
  let releases: FakeReleases;
  let test: TestWorld;
  let owner: Person;
  let at: string;

  beforeAll(async () => {
    [host, releases] = await Promise.all([startDebianHost(), startFakeReleases(['9.9.1'], { host: '0.0.0.0' })]);
    // The releases are asked by both sides, each by its own address.
    test = await startWorld({ env: { OLLAMA_DOWNLOAD_BASE: `http://10.214.61.1:${releases.port}` } });
    owner = await test.person(101, 'Olga');
    const id = await addServer(owner, host, { authMethod: 'password', password: host.password, sudoPassword: host.password }, 'sudopw');
    at = `/servers/${id}/rag/ollama`;
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await Promise.all([host[Symbol.asyncDispose](), releases[Symbol.asyncDispose]()]);
  });
  const run = async (rest: string, body: object) => {
    const started = await owner.post(`${at}${rest}`, body);
    expect(started.status, started.text).toBe(202);
    return finished(owner, started.body.taskId);
  };

  it('installs it as a service with a user and limits of its own, for the server alone, without curl and zstd', async () => {
    expect(await host.exec('command -v zstd curl ollama; :')).toBe('');
    const task = await run('/install', { version: '9.9.1' });
    const { lines } = (await owner.get(`/tasks/${task.id}/log?limit=1000`)).body;
    expect([task.state, task.error], lines.map(({ text }: { text: string }) => text).join('\n')).toEqual(['succeeded', null]);
    const shown = await host.exec(
      'systemctl show ollama -p User -p ActiveState -p UnitFileState -p Environment -p MemoryMax -p CPUWeight',
      'root',
    );
    expect(shown).toMatch(/User=ollama/);
    expect(shown).toMatch(/ActiveState=active/);
    expect(shown).toMatch(/UnitFileState=enabled/);
    expect(shown).toMatch(/OLLAMA_HOST=127\.0\.0\.1:11434.*OLLAMA_NO_CLOUD=1/);
    expect(shown).toMatch(/MemoryMax=\d+/);
    expect(shown).toMatch(/CPUWeight=50/);
    expect(await host.exec('ls /opt/clawmoor/ollama/lib/ollama; readlink /usr/local/bin/ollama', 'root')).toBe(
      'libggml-base.so\nlibggml-base.so.0\nlibggml-cpu-haswell.so\n/opt/clawmoor/ollama/bin/ollama\n',
    );
    expect((await owner.get(`${at}/status`)).body).toMatchObject({ running: true, version: '9.9.1', origin: 'clawmoor', exposed: false });
  });

  it('brings a model into the home of its user, and runs again after a reboot', async () => {
    expect((await run('/pull-model', { model: 'minilm' })).state).toBe('succeeded');
    expect(await host.exec('ls /usr/share/ollama/.ollama/models', 'root')).toContain('minilm');
    await host.reboot();
    const { models } = (await owner.get(`${at}/status`)).body;
    expect(models.map(({ name }: { name: string }) => name)).toEqual(['minilm:latest']);
    expect(statesOf(await run('/install', { version: '9.9.1' }))).toMatchObject({
      node: 'skipped',
      'ollama-unpack': 'skipped',
      'ollama-service': 'skipped',
    });
  });

  it('uses one that others installed as it is, open to the network or not, and says so', async () => {
    const unit = '/etc/systemd/system/ollama.service';
    await host.exec(
      `cp -r /opt/clawmoor/ollama /usr/lib/theirs && sed -i 's#/opt/clawmoor/ollama#/usr/lib/theirs#' ${unit} && rm -r ${unit}.d /opt/clawmoor/ollama && sed -i 's#^User=.*#User=ollama\\nEnvironment=OLLAMA_HOST=0.0.0.0:11434#' ${unit} && systemctl daemon-reload && systemctl restart ollama`,
      'root',
    );
    const before = await host.exec(`sha256sum ${unit}; ls ${unit}.d 2>&1; :`, 'root');
    const started = Date.now();
    let status = (await owner.get(`${at}/status`)).body;
    while (!status.running && Date.now() - started < 30_000) status = (await owner.get(`${at}/status`)).body;
    expect(status).toMatchObject({ installed: true, running: true, origin: 'other', exposed: true, updateAvailable: false });
    expect(statesOf(await run('/install', {}))).toMatchObject({
      'ollama-unpack': 'skipped',
      'ollama-service': 'skipped',
      'ollama-answer': 'skipped',
    });
    expect((await run('/install', { version: '9.9.1' })).error.code).toBe('ollama.not_ours');
    await host.exec('systemctl stop ollama', 'root');
    expect(statesOf(await run('/install', {}))).toMatchObject({ 'ollama-unpack': 'skipped', 'ollama-service': 'succeeded' });
    expect(await host.exec(`sha256sum ${unit}; ls ${unit}.d 2>&1; :`, 'root')).toBe(before);
  });
});
