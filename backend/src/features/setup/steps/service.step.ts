import { setTimeout as delay } from 'node:timers/promises';
import { askService, findService, restartService, SUPERVISOR_FOLDER, UNIT, type ServiceKind } from '../../../lib/gateway-service.ts';
import { CommandFailed, type Host } from '../../../lib/host.ts';
import { Problem } from '../../../lib/problem.ts';
import { Command, sh } from '../../../lib/sh.ts';
import type { Step, StepContext } from '../../../tasks/plan.ts';
import { lastLine, readConfig } from '../openclaw-config.ts';
import { lingerDenied, openclawMissing, serviceFailed } from '../setup.problems.ts';
import { supervisor } from '../supervisor.ts';

/** Keeps the gateway running after a logout, a crash and a reboot, by the best means that the server has. */
export const serviceStep = ({ trial }: { trial: boolean }): Step<unknown, unknown> => ({
  key: 'systemd',
  title: 'Keep the gateway running',
  async done({ host }) {
    const kind = await installed(host);
    if (kind === undefined) return false;
    const answers = (await host.run(sh`${askService(kind)}; :`)).stdout.split('\n');
    return ['active', 'enabled', 'linger'].every((word) => answers.includes(word));
  },
  async apply(context) {
    const { host, log } = context;
    if (!(await readConfig(host))) throw openclawMissing();
    const kind = await bestKind(host, trial);
    log(
      {
        user: 'Installing a service of the user …',
        system: 'Installing a service of the machine …',
        supervised: 'There is no systemd to use; installing our own supervisor …',
      }[kind],
    );
    await { user: installForUser, system: installForMachine, supervised: installSupervisor }[kind](context);
    await untilActive(context, kind);
  },
});

async function installed(host: Host): Promise<ServiceKind | undefined> {
  const kind = (await host.run(findService)).stdout.trim();
  return kind === 'user' || kind === 'system' || kind === 'supervised' ? kind : undefined;
}

async function bestKind(host: Host, trial: boolean): Promise<ServiceKind> {
  if (trial) return 'supervised';
  if (await host.test(sh`systemctl --user show-environment >/dev/null 2>&1`)) return 'user';
  if ((await host.test(sh`[ -d /run/systemd/system ]`)) && (await mayBeRoot(host))) return 'system';
  return 'supervised';
}

async function mayBeRoot(host: Host): Promise<boolean> {
  try {
    return await host.test(sh`true`, { root: true });
  } catch (error) {
    if (error instanceof Problem && error.code.startsWith('ssh.sudo_')) return false;
    throw error;
  }
}

/** OpenClaw's own unit: its updates know how to hand over to it. */
async function installForUser({ host, detached, log }: StepContext): Promise<void> {
  await enableLinger(host);
  await detached({ name: 'unit', script: sh`openclaw gateway install --json --force 2>&1`.text }).catch((error: unknown) => {
    throw error instanceof CommandFailed ? serviceFailed(lastLine(error.stdout)) : error;
  });
  log('Starting the gateway …');
  await host.run(sh`systemctl --user daemon-reload; systemctl --user enable ${UNIT} 2>&1`);
  await host.run(restartService('user'));
}

/** Without linger the gateway dies 20 s after the last login ends, and is back at the next: nobody would notice. */
async function enableLinger(host: Host): Promise<void> {
  const lingers = sh`[ -e "/var/lib/systemd/linger/$(id -un)" ]`;
  if (await host.test(lingers)) return;
  if (await host.test(sh`loginctl enable-linger 2>/dev/null && ${lingers}`)) return;
  const { stdout: user } = await host.run(sh`id -un`);
  try {
    await host.run(sh`loginctl enable-linger ${user.trim()}`, { root: true });
  } catch (error) {
    if (error instanceof CommandFailed || (error instanceof Problem && error.code.startsWith('ssh.sudo_'))) throw lingerDenied();
    throw error;
  }
}

async function installForMachine({ host, log }: StepContext): Promise<void> {
  const [user = '', home = '', openclaw = '', path = ''] = (
    await host.run(sh`id -un; printf '%s\n' "$HOME"; command -v openclaw; printf '%s\n' "$PATH"`)
  ).stdout.split('\n');
  if (!openclaw) throw openclawMissing();
  const unit = [
    '[Unit]',
    'Description=OpenClaw gateway',
    'After=network-online.target',
    'Wants=network-online.target',
    'StartLimitBurst=10',
    'StartLimitIntervalSec=300',
    '',
    '[Service]',
    `User=${user}`,
    `WorkingDirectory=${home}`,
    `Environment="HOME=${home}" "PATH=${path}"`,
    `ExecStart=${openclaw} gateway run`,
    'Restart=always',
    'RestartSec=5',
    'RestartPreventExitStatus=78',
    'TimeoutStopSec=330',
    'KillMode=mixed',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
  const file = `/etc/systemd/system/${UNIT}`;
  await host.run(
    sh`umask 022; cat >${`${file}.draft`} && mv -f ${`${file}.draft`} ${file} && systemctl daemon-reload && systemctl enable ${UNIT}`,
    { root: true, stdin: unit },
  );
  log('Starting the gateway …');
  await host.run(restartService('system'), { root: true });
}

async function installSupervisor({ host, log }: StepContext): Promise<void> {
  await host.run(sh`umask 077; mkdir -p ${SUPERVISOR_FOLDER}`);
  await host.writeFile(`${SUPERVISOR_FOLDER}/supervise.sh`, supervisor, { mode: 0o700 });
  log('Starting the gateway …');
  await host.run(restartService('supervised'));
  // Where cron is there it starts the supervisor after a reboot; an entry of ours is replaced, others stay.
  await host.run(sh`[ -z "${new Command('${CLAWMOOR_TRIAL:-}')}" ] && command -v crontab >/dev/null 2>&1 || exit 0
line="@reboot sh $HOME/${SUPERVISOR_FOLDER}/supervise.sh >/dev/null 2>&1"
{ crontab -l 2>/dev/null | grep -v '${SUPERVISOR_FOLDER}'; printf '%s\n' "$line"; } | crontab - 2>/dev/null || :`);
}

const ACTIVE_WITHIN_MS = 30_000;

async function untilActive({ host, signal }: StepContext, kind: ServiceKind): Promise<void> {
  const endAt = performance.now() + ACTIVE_WITHIN_MS;
  for (;;) {
    const answers = (await host.run(sh`${askService(kind)}; :`)).stdout.split('\n');
    if (answers.includes('active')) return;
    if (performance.now() > endAt) throw serviceFailed(answers[0]?.slice(0, 100) || 'it does not become active');
    await delay(1_000, undefined, { signal });
  }
}
