import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MINUTE_MS, stepClock } from '../support/clock.ts';
import { startFakeBotApi, type FakeBotApi } from '../support/fake-bot-api.ts';
import { AT_ONCE, startListeners, type Listeners } from '../support/listeners.ts';
import { describeIf } from '../support/needs.ts';
import { addServer } from '../support/setup.ts';
import { BOT_TOKEN, startWorld, type Person, type TestWorld } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';

const why = whyNoDebianHosts();
const UNIT = '~/.config/systemd/user/openclaw-gateway.service';

/** Each trouble is caused for real; one person hears of it, one has muted everything, for one it is night. */
describeIf(why === undefined, `a real Debian server: ${why}`)('A watched Debian server', () => {
  const clock = stepClock();
  let host: DebianHost;
  let test: TestWorld;
  let api: FakeBotApi;
  let them: Listeners;
  let owner: Person;
  let serverId: string;

  beforeAll(async () => {
    // Small, so that it can be filled.
    [host, api] = await Promise.all([startDebianHost({ disk: '700M' }), startFakeBotApi({ token: BOT_TOKEN })]);
    test = await startWorld({ env: { TELEGRAM_API_ROOT: api.root, ...AT_ONCE.env }, overrides: { clock, pace: AT_ONCE.pace } });
    owner = await test.person(101, 'Olga');
    serverId = await addServer(owner, host, { authMethod: 'key', privateKey: host.privateKey }, 'admin');
    await host.exec('mkdir -p ~/.config/systemd/user; loginctl enable-linger 2>/dev/null || sudo -n loginctl enable-linger admin');
    them = await startListeners({ test, api, serverId });
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await Promise.all([host[Symbol.asyncDispose](), api[Symbol.asyncDispose]()]);
  });

  async function look(times = 1): Promise<void> {
    for (let left = times; left > 0; left--) {
      clock.step(MINUTE_MS);
      await them.look();
    }
  }
  const lastHost = () => test.world.watching.monitor.lastLook(serverId)?.host;
  /** A gateway that is none: what systemd does with it is what counts here. */
  const putUnit = (command: string): Promise<string> =>
    host.exec(
      `printf '[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nExecStart=${command}\\nRestart=always\\nRestartSec=100ms\\n' >${UNIT}; systemctl --user daemon-reload; systemctl --user restart openclaw-gateway`,
    );

  it('is seen as it is: disks, memory, load, and the unit that keeps the gateway running', async () => {
    await putUnit('/bin/sleep 1000');
    await look(2);
    const seen = lastHost();
    expect(seen).toMatchObject({ service: { kind: 'user', running: true, restarts: 0, result: 'success' } });
    expect(seen?.disks.map(({ path }) => path)).toEqual(['/']);
    const kib = Number(await host.exec("awk '/MemTotal/ {print $2}' /proc/meminfo"));
    expect(seen?.memoryMiB).toBe(Math.round(kib / 1024));
    const used = Number((await host.exec("df -Pk / | awk 'NR==2 {print $5}'")).trim().replace('%', ''));
    expect(Math.abs((seen?.disks[0]?.used ?? 0) - used)).toBeLessThanOrEqual(2);
    expect(seen?.oomKills).toBeTypeOf('number');
    // It is the first time that the unit is seen; nothing is wrong with it.
    await them.settled();
    expect(api.of('sendMessage')).toEqual([]);
    await host.exec('systemctl --user stop openclaw-gateway');
    await look();
    expect(lastHost()?.service?.running).toBe(false);
  });

  it('is told of when its disk fills up, when it is worse, and when there is room again', async () => {
    const fill = async (percent: number): Promise<void> => {
      const [size = 0, used = 0] = (await host.exec("df -Pk / | awk 'NR==2 {print $3+$4, $3}'")).trim().split(' ').map(Number);
      await host.exec(`fallocate -l ${Math.max(1, Math.ceil((size * percent) / 100) - used)}K ~/ballast-${percent}`);
    };
    await fill(88);
    const warning = await them.says('Disk almost full', '<code>/</code> is 8');
    expect(warning.text).toMatch(/^⚠️ <b>as admin<\/b> · Disk almost full\n<code>\/<\/code> is 8[89] % full\.$/);
    await fill(97);
    const critical = await them.says('Disk almost full', '<code>/</code> is 9');
    expect(critical.text).toMatch(/^🔴 .*\n<code>\/<\/code> is 9[78] % full\.$/);
    await host.exec('rm ~/ballast-*');
    await them.ends('Disk almost full', 'has room again', critical);
    // The first message was brought up to date each time; the second made the sound.
    expect(them.read('Disk almost full').map(({ id, text }) => [id, text.slice(0, 1)])).toEqual([
      [warning.id, '✅'],
      [critical.id, '✅'],
    ]);
  });

  it('is told of when its gateway dies again and again, and when it stays', async () => {
    await putUnit('/bin/sleep 1000');
    await look(2);
    await putUnit('/bin/false');
    await look();
    await host.exec(
      'for i in $(seq 100); do [ "$(systemctl --user show openclaw-gateway -p NRestarts --value)" -ge 4 ] && break; sleep 0.1; done',
    );
    const message = await them.says('Gateway keeps restarting', 'times in 10 minutes');
    expect(message.text).toMatch(/^🔴/);
    await putUnit('/bin/sleep 1000');
    await look(2);
    clock.step(12 * MINUTE_MS);
    await them.ends('Gateway keeps restarting', 'without a restart for a while', message);
  });

  it('is told of when the kernel ends a process for want of memory, once', async () => {
    await look(2);
    endByMemory();
    const message = await them.says('Out of memory', 'has ended');
    clock.step(20 * MINUTE_MS);
    await them.ends('Out of memory', 'not happened again', message);
  });

  it('is told of when it is off for two looks, and when it is back', async () => {
    await host.fault('unplug');
    test.world.hosts.drop(serverId);
    const message = await them.says('Server unreachable', 'does not answer');
    expect(message.text).toMatch(/^🔴/);
    await host.fault('none');
    await them.ends('Server unreachable', 'answers again', message);
  });

  it('is told of once in the morning to whoever was asleep, and never to who has muted it', () => them.wake());
});

/** A real kill: the guest counts with the kernel that both share. In a control group of its own, which ends nobody else. */
function endByMemory(): void {
  const [folder, limit] = existsSync('/sys/fs/cgroup/memory')
    ? [`/sys/fs/cgroup/memory/clawmoor-${process.pid}`, 'memory.limit_in_bytes']
    : [`/sys/fs/cgroup/clawmoor-${process.pid}`, 'memory.max'];
  mkdirSync(folder);
  try {
    writeFileSync(`${folder}/${limit}`, String(16 * 1024 * 1024));
    const eat = `echo $$ >${folder}/cgroup.procs; exec tail /dev/zero`;
    expect(() => execFileSync('sh', ['-c', eat], { stdio: 'ignore', timeout: 60_000 })).toThrow(/SIGKILL|Command failed/);
  } finally {
    rmdirSync(folder);
  }
}
