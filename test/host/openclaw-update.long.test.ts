import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TESTED_FROM, TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import { startFakeNpm, type FakeNpm, type Fault } from '../support/fake-npm.ts';
import { describeIf } from '../support/needs.ts';
import { startSecondBackend } from '../support/second-backend.ts';
import { finished, statesOf } from '../support/setup.ts';
import { AGENTS, startUpdateHost, type UpdateHost } from '../support/update-host.ts';
import { whyNoDebianHosts, type DebianHost } from './debian.ts';

const why = whyNoDebianHosts();
// Two installations of OpenClaw, on a machine that may be busy with others.
const LONG_MS = 1_800_000;
const OLD = '2026.9.5';
// Older than what is claimed: the claim may follow when this has passed.
const OLDER = '2026.8.1';

/** What goes wrong by the new version itself, at which step, and what a person is told. */
const FAULTS: [version: string, fault: Fault, step: string, code: string, said: RegExp][] = [
  ['2026.9.91', 'bad tarball', 'install', 'setup.npm_failed', /integrity/i],
  ['2026.9.92', 'wrong version', 'install', 'setup.npm_failed', /it says that it is OpenClaw 2020/],
  ['2026.9.93', 'exit 78', 'switch', 'openclaw_update.rolled_back', /exit code 78/],
  ['2026.9.94', 'falls over', 'switch', 'openclaw_update.rolled_back', /falls over.*no wind/],
  ['2026.9.95', 'never ready', 'switch', 'openclaw_update.rolled_back', /not ready within 90 s/],
  ['2026.9.96', 'ready without calls', 'switch', 'openclaw_update.rolled_back', /Clawmoor gets no answer/],
];

describeIf(why === undefined, `a real Debian server: ${why}`)('An update of OpenClaw that is made to fail at every step', () => {
  let all: UpdateHost;
  let npm: FakeNpm;
  let before: Awaited<ReturnType<UpdateHost['asked']>>;
  beforeAll(async () => {
    npm = await startFakeNpm(Object.fromEntries(FAULTS.map(([version, fault]) => [version, fault])));
    all = await startUpdateHost({ version: OLD, disk: '5G' });
    before = await all.asked();
  }, LONG_MS);
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    await npm[Symbol.asyncDispose]();
  });

  /** The old version works as before: a call, agents, configuration, and nothing that is half. */
  const expectOld = async (): Promise<void> => {
    await all.expectWorking(OLD);
    expect(await all.asked()).toEqual(before);
  };
  const expectFailed = async (taskId: string, { step, code, said }: { step: string; code: string; said: RegExp }): Promise<void> => {
    const task = await finished(all.owner, taskId);
    const log = await all.logOf(taskId);
    expect([task.state, task.error?.code, statesOf(task)[step]], log).toEqual(['failed', code, 'failed']);
    expect(task.error.message).toMatch(said);
    expect(task.error.message).toMatch(code.startsWith('openclaw_update.rolled') ? /2026\.9\.5 runs again/ : /2026\.9\.5 runs on/);
    await expectOld();
  };

  it.each(FAULTS)('%s, %s: step %s fails with %s', async (version, _fault, step, code, said) => {
    await all.useRegistry(npm.port);
    const taskId = await all.begin(version);
    await finished(all.owner, taskId);
    await all.useRegistry(undefined);
    await expectFailed(taskId, { step, code, said });
  });

  it('preflight: too little disk', async () => {
    await all.host.exec("fallocate -l $(( $(df -Pk ~ | awk 'NR==2{print $4}') - 500000 ))K ~/ballast");
    const taskId = await all.begin(TESTED_UP_TO);
    await finished(all.owner, taskId);
    await all.host.exec('rm ~/ballast');
    await expectFailed(taskId, { step: 'preflight', code: 'openclaw_update.blocked', said: /Not enough for the new version/ });
  });

  it('backup: its folder cannot be made', async () => {
    await all.host.exec('mv ~/.clawmoor/openclaw-backups ~/aside && : >~/.clawmoor/openclaw-backups');
    const taskId = await all.begin(TESTED_UP_TO);
    await finished(all.owner, taskId);
    await all.host.exec('rm ~/.clawmoor/openclaw-backups && mv ~/aside ~/.clawmoor/openclaw-backups');
    await expectFailed(taskId, { step: 'backup', code: 'openclaw_backup.failed', said: /could not make the backup/ });
  });

  it('install: the disk fills up in the middle of it', async () => {
    const taskId = await all.begin(TESTED_UP_TO);
    await all.host.exec('while [ ! -d ~/.clawmoor/openclaw-updates/*/new ]; do sleep 0.05; done');
    await all.host.exec("fallocate -l $(( $(df -Pk ~ | awk 'NR==2{print $4}') - 150000 ))K ~/ballast");
    await finished(all.owner, taskId);
    await all.host.exec('rm ~/ballast');
    await expectFailed(taskId, { step: 'install', code: 'setup.disk_full', said: /disk of the server is full/ });
  });

  it('switch: the state cannot be copied aside, because the disk is full by then', async () => {
    // Written, not only promised: of a file without data the copy would take no room.
    await all.host.exec('head -c 300M /dev/urandom >~/.openclaw/workspace/large');
    const taskId = await all.begin(TESTED_UP_TO);
    // The gateway takes a second to stop, and then the copy begins: most of the disk goes at once, the rest in pieces.
    const free = "$(df -Pk ~ | awk 'NR==2{print $4}')";
    const fill = `fallocate -l $(( ${free} - 400000 ))K ~/ballast-0; i=0; while [ ${free} -gt 150000 ]; do i=$((i+1)); fallocate -l 50M ~/ballast-$i || break; done`;
    await all.host.exec(`while [ ! -f ~/.clawmoor/openclaw-updates/*/installed ]; do sleep 0.02; done; ${fill}`);
    await finished(all.owner, taskId);
    await all.host.exec('rm -f ~/ballast-* ~/.openclaw/workspace/large');
    await expectFailed(taskId, { step: 'switch', code: 'openclaw_update.rolled_back', said: /state could not be copied aside/ });
  });

  it('switch: another program keeps writing to the state', async () => {
    await all.host.exec('nohup sh -c "exec 8>>$HOME/.openclaw/state/other.sqlite; exec sleep 600" >/dev/null 2>&1 & echo $! >~/writer');
    const taskId = await all.begin(TESTED_UP_TO);
    await finished(all.owner, taskId);
    await all.host.exec('kill $(cat ~/writer); rm ~/writer ~/.openclaw/state/other.sqlite');
    await expectFailed(taskId, { step: 'switch', code: 'openclaw_update.rolled_back', said: /another program keeps/ });
  });

  it('check: the new version has lost an agent', async () => {
    const edit =
      'const f=process.env.HOME+"/.openclaw/openclaw.json",fs=require("fs"),c=JSON.parse(fs.readFileSync(f));delete c.agents.entries.helper;fs.writeFileSync(f,JSON.stringify(c))';
    const taskId = await all.begin(TESTED_UP_TO);
    await all.host.exec(
      `PATH=$HOME/.clawmoor/node/bin:$PATH; until grep -qs switching ~/.clawmoor/openclaw-updates/*/phase; do sleep 0.01; done; node -e '${edit}'`,
    );
    await finished(all.owner, taskId);
    await expectFailed(taskId, { step: 'switch', code: 'openclaw_update.rolled_back', said: /lost the agents helper/ });
  });

  it.each(['stopping', 'copying', 'starting', 'ready'])('stopped by a person while it is %s', async (phase) => {
    const taskId = await all.begin(TESTED_UP_TO);
    await all.host.exec(`until grep -qs ${phase} ~/.clawmoor/openclaw-updates/*/phase; do sleep 0.01; done`);
    expect((await all.owner.post(`/tasks/${taskId}/cancel`)).status).toBe(202);
    const task = await finished(all.owner, taskId);
    expect([task.state, task.error]).toEqual(['cancelled', null]);
    await all.untilPhase('restored');
    await expectOld();
  });

  it.each(['copying', 'starting'])('the script on the server is killed while it is %s', async (phase) => {
    const taskId = await all.begin(TESTED_UP_TO);
    await all.host.exec(
      `until grep -qs ${phase} ~/.clawmoor/openclaw-updates/*/phase; do sleep 0.01; done; read -r p rest <$(ls -d ~/.clawmoor/runs/*-switch-switch | tail -n 1)/pid; kill -KILL -- -$p`,
    );
    await finished(all.owner, taskId);
    await expectFailed(taskId, { step: 'switch', code: 'openclaw_update.rolled_back', said: /cut off in the middle/ });
  });

  // A reboot in order ends the script by a signal, and it puts things right before the machine goes down; a power cut says nothing.
  it.each([
    ['is rebooted', (host: DebianHost) => host.reboot(), /cut off in the middle|it was stopped/],
    ['loses its power and boots again', (host: DebianHost) => host.powerCycle(), /cut off in the middle/],
  ] as const)('the machine %s while the new version starts', async (_what, harm, said) => {
    const taskId = await all.begin(TESTED_UP_TO);
    await all.untilPhase('starting', 'ready');
    await harm(all.host);
    await finished(all.owner, taskId);
    await expectFailed(taskId, { step: 'switch', code: 'openclaw_update.rolled_back', said });
  });

  describe('and one that goes on', () => {
    it(
      'when Clawmoor itself is killed in the middle of every phase, and the gateway is killed as well',
      async () => {
        // From here on only the processes that are killed drive tasks.
        await all.test.world.tasks.drain();
        const taskId = await all.begin(TESTED_UP_TO);
        const marks = [
          '[ -f before.json ]',
          '[ -d new/lib ]',
          '[ -f installed ]',
          'grep -qs copying phase',
          'grep -qs starting phase',
          'grep -qsE "ready|committed" phase',
        ];
        for (const [round, mark] of marks.entries()) {
          const backend = await startSecondBackend(all.test.dataDir);
          await all.host.exec(
            `i=0; until ( cd ~/.clawmoor/openclaw-updates/*/ 2>/dev/null && ${mark} ); do i=$((i+1)); [ $i -gt 6000 ] && exit 1; sleep 0.02; done`,
          );
          if (round === 4) await all.host.exec('systemctl --user kill --signal=KILL openclaw-gateway; :');
          await backend.kill();
        }
        const last = await startSecondBackend(all.test.dataDir);
        const task = await finished(all.owner, taskId);
        await last.kill();
        const works = task.state === 'succeeded' ? TESTED_UP_TO : OLD;
        expect([task.state, task.error?.code ?? null], await all.logOf(taskId)).toEqual(['succeeded', null]);
        await delay(2_000);
        await all.expectWorking(works, AGENTS);
      },
      LONG_MS,
    );
  });
});

describeIf(why === undefined, `a real Debian server: ${why}`)('The versions that Clawmoor says it is tested with', () => {
  it.each([TESTED_FROM, OLDER])(
    `are set up with %s, and updated to the newest, ${TESTED_UP_TO}, with their data`,
    async (oldest) => {
      await using all = await startUpdateHost({ version: oldest });
      expect((await all.asked()).version).toBe(oldest);
      const radar = await all.owner.get(`/servers/${all.id}/openclaw/update`);
      expect(radar.body.breaking.every(({ version }: { version: string }) => version !== oldest)).toBe(true);
      // Tidying up is the one step after the new version was accepted: what it cannot remove, it leaves.
      await all.host.exec('mkdir -p ~/.clawmoor/openclaw-updates && sudo mkdir -p ~/.clawmoor/openclaw-updates/of-root/full');
      const task = await all.update(TESTED_UP_TO);
      expect([task.state, task.error], await all.logOf(task.id)).toEqual(['succeeded', null]);
      await all.expectWorking(TESTED_UP_TO);
      expect(await all.host.exec('ls ~/.clawmoor/openclaw-updates/of-root')).toBe('full\n');
      const turn = await all.host.exec('PATH=$HOME/.local/bin:$PATH openclaw agent --agent helper --message "ping" --json --timeout 60');
      expect(turn).toContain('test-model heard: ping');
    },
    LONG_MS,
  );
});

describeIf(why === undefined, `a real Debian server: ${why}`)(
  'An update where the systemd of the machine keeps the gateway running',
  () => {
    it(
      'goes back by itself, and succeeds',
      async () => {
        await using npm = await startFakeNpm({ '2026.9.93': 'exit 78' });
        await using all = await startUpdateHost({ version: OLD });
        await all.host.exec(
          'U=$(id -u admin); systemctl --user -M admin@ disable --now openclaw-gateway; systemctl mask --runtime user@$U; systemctl stop user@$U',
          'root',
        );
        all.test.world.hosts.drop(all.id);
        all.test.world.gateways.drop(all.id);
        const { error } = await finished(all.owner, (await all.owner.post(`/servers/${all.id}/setup/systemd`)).body.taskId);
        expect(error).toBeNull();
        expect((await all.owner.get(`/servers/${all.id}/setup/verify-health?wait=60`)).body).toMatchObject({ ok: true });
        const before = await all.asked();
        await all.useRegistry(npm.port);
        const failed = await all.update('2026.9.93');
        await all.useRegistry(undefined);
        expect(failed.error?.code, await all.logOf(failed.id)).toBe('openclaw_update.rolled_back');
        await all.expectWorking(OLD);
        expect(await all.asked()).toEqual(before);
        const task = await all.update(TESTED_UP_TO);
        expect([task.state, task.error], await all.logOf(task.id)).toEqual(['succeeded', null]);
        await all.expectWorking(TESTED_UP_TO);
      },
      LONG_MS,
    );
  },
);
