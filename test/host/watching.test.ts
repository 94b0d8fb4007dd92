import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Notice } from '../../backend/src/lib/notice.ts';
import { stepClock } from '../support/clock.ts';
import { describeIf } from '../support/needs.ts';
import { addServer } from '../support/setup.ts';
import { inShort } from '../support/watching.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';

const why = whyNoDebianHosts();
const MINUTE_MS = 60_000;
const UNIT = '~/.config/systemd/user/openclaw-gateway.service';

describeIf(why === undefined, `a real Debian server: ${why}`)('A watched Debian server', () => {
  const clock = stepClock();
  const notices: Notice[] = [];
  let host: DebianHost;
  let test: TestWorld;
  let owner: Person;
  let serverId: string;

  beforeAll(async () => {
    // Small, so that it can be filled.
    host = await startDebianHost({ disk: '700M' });
    test = await startWorld({ overrides: { clock, announce: async (notice) => void notices.push(notice) } });
    owner = await test.person(101, 'Olga');
    serverId = await addServer(owner, host, { authMethod: 'key', privateKey: host.privateKey }, 'admin');
    await host.exec('mkdir -p ~/.config/systemd/user; loginctl enable-linger 2>/dev/null || sudo -n loginctl enable-linger admin');
  });
  beforeEach(() => {
    notices.length = 0;
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  async function look(times = 1): Promise<void> {
    for (let left = times; left > 0; left--) {
      clock.step(MINUTE_MS);
      await test.world.watching.monitor.lookNow(serverId);
    }
    await test.world.watching.incidents.teller.ring();
  }
  const about = (kind: string): string[] => inShort(notices.filter((notice) => notice.kind === kind));
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
    expect(notices).toEqual([]);
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
    await look(2);
    expect(about('disk')).toEqual(['opened disk']);
    expect(notices[0]).toMatchObject({ severity: 'warning', facts: { path: '/', what: 'space' }, audience: { role: 'admin', serverId } });
    await fill(97);
    await look();
    expect(about('disk')).toEqual(['opened disk', 'changed disk']);
    expect(notices.at(-1)?.severity).toBe('critical');
    await host.exec('rm ~/ballast-*');
    await look(2);
    expect(about('disk')).toEqual(['opened disk', 'changed disk', 'resolved disk']);
  });

  it('is told of when its gateway dies again and again, and when it stays', async () => {
    await putUnit('/bin/sleep 1000');
    await look(2);
    await putUnit('/bin/false');
    await look();
    await host.exec(
      'for i in $(seq 100); do [ "$(systemctl --user show openclaw-gateway -p NRestarts --value)" -ge 4 ] && break; sleep 0.1; done',
    );
    await look();
    expect(about('crash_loop')).toEqual(['opened crash_loop']);
    await putUnit('/bin/sleep 1000');
    await look(2);
    clock.step(12 * MINUTE_MS);
    await look(2);
    expect(about('crash_loop')).toEqual(['opened crash_loop', 'resolved crash_loop']);
  });

  it('is told of when the kernel ends a process for want of memory, once', async () => {
    await look(2);
    endByMemory();
    await look(2);
    expect(about('out_of_memory')).toEqual(['opened out_of_memory']);
    clock.step(20 * MINUTE_MS);
    await look(2);
    expect(about('out_of_memory')).toEqual(['opened out_of_memory', 'resolved out_of_memory']);
  });

  it('is told of when it is off for two looks, and when it is back', async () => {
    await host.fault('unplug');
    test.world.hosts.drop(serverId);
    await look(2);
    expect(about('unreachable')).toEqual(['opened unreachable']);
    await host.fault('none');
    await look();
    expect(about('unreachable')).toEqual(['opened unreachable', 'resolved unreachable']);
  });
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
