import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, type Host } from '../../../lib/host.ts';
import type { OpenOllama } from '../../../lib/ollama.ts';
import { Problem } from '../../../lib/problem.ts';
import { Command, sh } from '../../../lib/sh.ts';
import type { Step, StepContext } from '../../../tasks/plan.ts';
import { readFacts, SUPERVISOR_FOLDER, SYSTEM_HOME, UNIT, type OllamaFacts, type OllamaKind } from '../facts.ts';
import type { InstallInput } from '../inputs.ts';
import { notStarted } from '../ollama.problems.ts';
import { dropIn, dropInPath, environmentFile, unitFile, unitPath } from '../service-files.ts';
import { ollamaSupervisor } from '../supervisor.ts';
import { isAdopted } from './preflight.step.ts';
import { bestKind, folderOf } from './unpack.step.ts';

const SUPERVISED = sh`grep -qs supervise.sh "/proc/$(cat supervisor.pid 2>/dev/null)/cmdline"`;

/** Keeps Ollama running after a logout, a crash and a reboot, with limits, and for programs on this server alone. */
export const serviceStep: Step<InstallInput> = {
  key: 'ollama-service',
  title: 'Keep Ollama running',
  async done({ host, input, signal }) {
    const facts = await readFacts(host, { ...input, signal });
    if (isAdopted(facts)) return facts.port !== 'free';
    return facts.kind !== undefined && (await isSettled(host, { ...facts, kind: facts.kind }, input));
  },
  async apply(context) {
    const { host, input, signal, log } = context;
    const facts = await readFacts(host, { ...input, signal });
    if (isAdopted(facts)) return startTheirs(context);
    const kind = await bestKind(host, facts, input.trial);
    log(
      {
        system: 'As a service of the machine …',
        user: 'As a service of the user …',
        supervised: 'There is no systemd to use; by a supervisor …',
      }[kind],
    );
    if (kind === 'supervised') await supervise(context);
    else await install(context, kind);
    // What runs is what was unpacked: a newer version is restarted into.
    await host.run(sh`cp ${`${folderOf(kind, facts)}/version`} ${`${folderOf(kind, facts)}/started`}`, { root: kind === 'system' });
  },
};

async function isSettled(host: Host, facts: OllamaFacts & { kind: OllamaKind }, { port }: InstallInput): Promise<boolean> {
  const { kind } = facts;
  const folder = folderOf(kind, facts);
  if (!(await host.test(sh`cmp -s ${`${folder}/version`} ${`${folder}/started`}`))) return false;
  if (kind === 'supervised') {
    const written = await host.readFile(`${SUPERVISOR_FOLDER}/environment`);
    return written === environmentFile(port) && (await host.test(sh`cd ${SUPERVISOR_FOLDER} && ${SUPERVISED}`));
  }
  const [unit, limits] = [await host.readFile(unitPath(kind)), await host.readFile(dropInPath(kind))];
  const systemctl = systemctlOf(kind);
  return (
    unit === unitFile(kind) &&
    limits === dropIn(port) &&
    (await host.test(sh`${systemctl} is-active --quiet ${UNIT} && ${systemctl} is-enabled --quiet ${UNIT}`))
  );
}

const systemctlOf = (kind: 'system' | 'user'): Command => (kind === 'user' ? sh`systemctl --user` : sh`systemctl`);

async function install({ host, input }: StepContext<InstallInput>, kind: 'system' | 'user'): Promise<void> {
  const root = kind === 'system';
  if (root) {
    await host.run(
      sh`getent passwd ollama >/dev/null 2>&1 || useradd -r -s /usr/sbin/nologin -U -m -d ${SYSTEM_HOME} ollama
install -d -m 750 -o ollama -g ollama ${SYSTEM_HOME}`,
      { root },
    );
  } else await linger(host);
  for (const [path, content] of [
    [unitPath(kind), unitFile(kind)],
    [dropInPath(kind), dropIn(input.port)],
  ] as const) {
    await host.run(sh`umask 022; mkdir -p "$(dirname ${path})" && cat >${`${path}.draft`} && mv -f ${`${path}.draft`} ${path}`, {
      root,
      stdin: content,
    });
  }
  const systemctl = systemctlOf(kind);
  await host.run(
    sh`${systemctl} daemon-reload; ${systemctl} enable ${UNIT} 2>&1; ${systemctl} reset-failed ${UNIT} 2>/dev/null; ${systemctl} restart ${UNIT} 2>&1`,
    { root },
  );
}

/** Without linger a service of the user ends with the last login. Where it is denied Ollama runs at least while somebody is logged in. */
async function linger(host: Host): Promise<void> {
  await host.test(sh`[ -e "/var/lib/systemd/linger/$(id -un)" ] || loginctl enable-linger 2>/dev/null`);
}

async function supervise({ host, input }: StepContext<InstallInput>): Promise<void> {
  await host.run(sh`umask 077; mkdir -p ${SUPERVISOR_FOLDER}`);
  await host.writeFile(`${SUPERVISOR_FOLDER}/supervise.sh`, ollamaSupervisor, { mode: 0o700 });
  await host.writeFile(`${SUPERVISOR_FOLDER}/environment`, environmentFile(input.port));
  await host.run(sh`cd ${SUPERVISOR_FOLDER} || exit 1
if ${SUPERVISED}; then
  kill -TERM "$(cat supervisor.pid)"; i=0
  while ${SUPERVISED} && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
fi
rm -f stop
setsid sh ./supervise.sh >/dev/null 2>&1 </dev/null &
cd; [ -n "${new Command('${CLAWMOOR_TRIAL:-}')}" ] && exit 0; command -v crontab >/dev/null 2>&1 || exit 0
line="@reboot sh $HOME/${SUPERVISOR_FOLDER}/supervise.sh >/dev/null 2>&1"
{ crontab -l 2>/dev/null | grep -v '${SUPERVISOR_FOLDER}'; printf '%s\n' "$line"; } | crontab - 2>/dev/null || :`);
}

async function startTheirs({ host, log }: StepContext<InstallInput>): Promise<void> {
  log('It does not run; starting it …');
  try {
    await host.run(sh`systemctl enable --now ${UNIT} 2>&1`, { root: true });
  } catch (error) {
    if (error instanceof CommandFailed) throw notStarted(error.stdout.trim().split('\n').at(-1)?.slice(0, 200) ?? '');
    throw error;
  }
}

const ANSWERS_WITHIN_MS = 60_000;

/** It answers, as the version that it should be. */
export const answerStep = ({ openOllama }: { openOllama: OpenOllama }): Step<InstallInput> => ({
  key: 'ollama-answer',
  title: 'Wait until Ollama answers',
  done: async (context) => (await answers(openOllama, context)) !== undefined,
  async apply(context) {
    const endAt = performance.now() + ANSWERS_WITHIN_MS;
    for (;;) {
      const version = await answers(openOllama, context);
      if (version !== undefined) return context.log(`Ollama ${version} answers.`);
      if (performance.now() > endAt) throw notStarted(await lastWords(context));
      await delay(500, undefined, { signal: context.signal });
    }
  },
});

async function answers(openOllama: OpenOllama, { host, input, signal }: StepContext<InstallInput>): Promise<string | undefined> {
  try {
    return await openOllama(host, { port: input.port, signal }).version();
  } catch (error) {
    if (error instanceof Problem && error.code === 'ollama.down') return undefined;
    throw error;
  }
}

async function lastWords({ host, input, log }: StepContext<InstallInput>): Promise<string> {
  const { kind } = await readFacts(host, input);
  const command =
    kind === 'supervised'
      ? sh`tail -n 5 ${`${SUPERVISOR_FOLDER}/ollama.log`} 2>/dev/null; :`
      : sh`journalctl -u ${UNIT} -n 5 --no-pager -o cat 2>/dev/null; :`;
  const { stdout } = await host.run(command, kind === 'system' ? { root: true } : {});
  const lines = stdout.trim().split('\n');
  for (const line of lines) log(line.slice(0, 500));
  return lines.at(-1)?.slice(0, 200) || 'it does not answer within a minute';
}
