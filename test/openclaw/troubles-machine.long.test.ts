import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SUPERVISOR_FOLDER } from '../../backend/src/lib/gateway-service.ts';
import { MINUTE_MS, stepClock } from '../support/clock.ts';
import { until } from '../support/daily-world.ts';
import { startFakeBotApi, type FakeBotApi } from '../support/fake-bot-api.ts';
import { startGatewayWorld, type GatewayWorld } from '../support/gateway-world.ts';
import { AT_ONCE, startListeners, type Listeners } from '../support/listeners.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD, startSshd } from '../support/sshd.ts';
import { BOT_TOKEN, type Person } from '../support/world.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const LONG_MS = 600_000;
const CGROUP = existsSync('/sys/fs/cgroup/memory')
  ? { folder: `/sys/fs/cgroup/memory/clawmoor-${process.pid}`, limit: 'memory.limit_in_bytes' }
  : { folder: `/sys/fs/cgroup/clawmoor-${process.pid}`, limit: 'memory.max' };

/** The gateway is kept running by our supervisor, as on a server without systemd. */
describeIf(why === undefined, `the real OpenClaw: ${why}`)('A trouble of a machine and of the gateway on it', () => {
  const clock = stepClock();
  let all: GatewayWorld;
  let api: FakeBotApi;
  let owner: Person;
  let them: Listeners;
  const pidOf = (name: string): number => Number(readFileSync(join(all.sshd.home, SUPERVISOR_FOLDER, name), 'utf8'));
  const ready = (): Promise<unknown> =>
    until(async () => (await owner.get(`${all.at}/status`)).body.state === 'ready', 'the gateway is ready', 120_000);

  beforeAll(async () => {
    api = await startFakeBotApi({ token: BOT_TOKEN });
    all = await startGatewayWorld({
      env: { TELEGRAM_API_ROOT: api.root, ...AT_ONCE.env },
      overrides: { clock, pace: AT_ONCE.pace },
    });
    await all.supervise();
    them = await startListeners({ test: all.test, api, serverId: all.serverId });
    await them.look(2);
    await them.settled();
    expect(api.of('sendMessage')).toEqual([]);
  }, LONG_MS);
  beforeEach(async () => {
    owner = await all.test.person(101, 'Olga');
  });
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it(
    'gateway_down: what the kill switch stops is nobody’s alarm; what dies by itself is',
    async () => {
      const stopped = await owner.post(`${all.at}/kill`, { mode: 'service' });
      expect(stopped.body, stopped.text).toMatchObject({ state: 'stopped', mode: 'service' });
      await them.look(4);
      expect(all.test.world.watching.monitor.lastLook(all.serverId)?.gateway?.answers).toBe(false);
      await them.settled();
      expect(api.of('sendMessage')).toEqual([]);
      await until(async () => (await owner.post(`${all.at}/resume`)).body.state === 'running', 'it runs again', 120_000);
      await ready();
      await them.look(2);
      expect(api.of('sendMessage')).toEqual([]);

      const [supervisor, gateway] = [pidOf('supervisor.pid'), pidOf('gateway.pid')];
      for (const pid of [supervisor, gateway]) process.kill(pid, 'SIGSTOP'); // it hangs: nobody starts it anew
      try {
        const message = await them.says('Gateway down', 'does not answer', 150_000);
        expect(message.text).toMatch(/^🔴/);
        for (const pid of [gateway, supervisor]) process.kill(pid, 'SIGCONT');
        await them.ends('Gateway down', 'The gateway runs again', message, 150_000);
      } finally {
        for (const pid of [gateway, supervisor]) process.kill(pid, 'SIGCONT');
      }
    },
    LONG_MS * 2,
  );

  it(
    'crash_loop: the gateway is killed time after time, and then stays',
    async () => {
      for (let time = 0; time < 3; time++) {
        const pid = pidOf('gateway.pid');
        process.kill(pid, 'SIGKILL');
        await until(
          async () => existsSync(join(all.sshd.home, SUPERVISOR_FOLDER, 'gateway.pid')) && pidOf('gateway.pid') !== pid,
          'it is started anew',
          120_000,
        );
      }
      const message = await them.says('Gateway keeps restarting', 'times in 10 minutes', 150_000);
      await ready();
      clock.step(12 * MINUTE_MS);
      await them.ends('Gateway keeps restarting', 'without a restart for a while', message);
    },
    LONG_MS * 2,
  );

  it(
    'unreachable: the server does not answer, and answers again',
    async () => {
      const { world } = all.test;
      const { pid } = all.sshd;
      // Its children hold what is open; a stopped sshd takes no new connection.
      process.kill(pid, 'SIGSTOP');
      world.hosts.drop(all.serverId);
      world.watching.monitor.forget(all.serverId);
      try {
        const message = await them.says('Server unreachable', 'does not answer', 200_000);
        expect(message.text).toMatch(/^🔴/);
        process.kill(pid, 'SIGCONT');
        await them.ends('Server unreachable', 'answers again', message, 120_000);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    },
    LONG_MS * 2,
  );

  it(
    'cron: a job misses its time, and is gone',
    async () => {
      await ready();
      const job = { name: 'Tide', agentId: 'main', schedule: { kind: 'every', everyMs: 600_000 }, message: 'what is the tide?' };
      const made = await owner.post(`${all.at}/cron`, job);
      expect(made.status, made.text).toBe(201);
      clock.step(25 * MINUTE_MS);
      const message = await them.says('Scheduled job', 'Tide did not run when it should have');
      owner = await all.test.person(101, 'Olga');
      expect((await owner.remove(`${all.at}/cron/${made.body.id}`)).status).toBe(204);
      await them.ends('Scheduled job', 'Tide runs again', message);
    },
    LONG_MS,
  );

  it.skipIf(!canLimit())(
    'out_of_memory: the kernel ends a process',
    async () => {
      await them.look(2);
      endByMemory();
      const message = await them.says('Out of memory', 'has ended');
      clock.step(20 * MINUTE_MS);
      await them.ends('Out of memory', 'not happened again', message);
    },
    LONG_MS,
  );

  it(
    'host_key: another machine answers at its address, and its owner confirms that this is meant',
    async () => {
      const { sshd, test, serverId } = all;
      process.kill(sshd.pid, 'SIGKILL');
      await using other = await until(() => startSshd({ port: sshd.port }).catch(() => undefined), 'another one takes its port');
      await copyFile(join(sshd.dir, 'authorized_keys'), join(other.dir, 'authorized_keys'));
      test.world.hosts.drop(serverId);
      test.world.watching.monitor.forget(serverId);
      const message = await them.says('Host key changed', 'shows another key');
      expect(message.text).toMatch(/^🔴/);
      owner = await test.person(101, 'Olga');
      const seen = (await owner.post(`/servers/${serverId}/test`, {})).body;
      const code = await test.stepUp(owner);
      const body = { sha256: seen.hostKey.sha256 };
      const confirmed = await owner.post(`/servers/${serverId}/host-key`, body, { 'x-step-up': code });
      expect(confirmed.status, confirmed.text).toBe(200);
      await them.ends('Host key changed', 'Its key is confirmed', message);
    },
    LONG_MS,
  );

  it('all of that is summed up once for whoever was asleep', () => them.wake());
});

function canLimit(): boolean {
  try {
    mkdirSync(CGROUP.folder);
    const can = existsSync(join(CGROUP.folder, CGROUP.limit));
    rmdirSync(CGROUP.folder);
    return can;
  } catch {
    return false;
  }
}

/** In a control group of its own, which ends nobody else. */
function endByMemory(): void {
  mkdirSync(CGROUP.folder);
  try {
    writeFileSync(join(CGROUP.folder, CGROUP.limit), String(16 * 1024 * 1024));
    const eat = `echo $$ >${CGROUP.folder}/cgroup.procs; exec tail /dev/zero`;
    expect(() => execFileSync('sh', ['-c', eat], { stdio: 'ignore', timeout: 60_000 })).toThrow(/SIGKILL|Command failed/);
  } finally {
    rmdirSync(CGROUP.folder);
  }
}
