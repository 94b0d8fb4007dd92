import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../../../lib/host.ts';
import { Problem } from '../../../lib/problem.ts';
import { Command, sh } from '../../../lib/sh.ts';
import type { RagAccess } from '../access.ts';
import { HOME_FOLDER, SYSTEM_DATA, UNIT, type Places } from '../facts.ts';
import { supervisorFile, unitFile, unitPath, type Service } from '../service-files.ts';

const SUPERVISED = sh`grep -qs ragd/supervise.sh "/proc/$(cat supervisor.pid 2>/dev/null)/cmdline"`;
const ANSWERS_WITHIN_MS = 60_000;
const FALLS = 3;
/** In the log, by our supervisor: how often it ended by itself. */
const ENDED = 'the document search ended with';

/** Whether it is kept running, by exactly the files that this version writes. */
export async function isSettled(host: Host, { kind, folder }: Places, service: Service): Promise<boolean> {
  if (kind === 'supervised') {
    const written = await host.readFile(`${folder}/supervise.sh`);
    return written === supervisorFile(service) && (await host.test(sh`cd ${folder} && ${SUPERVISED}`));
  }
  const systemctl = systemctlOf(kind);
  return (
    (await host.readFile(unitPath(kind))) === unitFile(kind, service) &&
    (await host.test(sh`${systemctl} is-active --quiet ${UNIT} && ${systemctl} is-enabled --quiet ${UNIT}`))
  );
}

/** Writes what keeps it running, and starts it anew. */
export async function startService(host: Host, places: Places, service: Service): Promise<void> {
  const { kind, data } = places;
  if (kind === 'supervised') return supervise(host, places, service);
  const root = kind === 'system';
  if (root) {
    const user = sh`getent passwd ragd >/dev/null 2>&1 || useradd -r -s /usr/sbin/nologin -U -d ${SYSTEM_DATA} ragd`;
    await host.run(
      sh`${user}
install -d -m 700 -o ragd -g ragd ${data}`,
      { root },
    );
  } else {
    // Without linger a service of the user ends with the last login. Where it is denied it runs at least while somebody is logged in.
    await host.test(sh`[ -e "/var/lib/systemd/linger/$(id -un)" ] || loginctl enable-linger 2>/dev/null`);
  }
  const path = unitPath(kind);
  const write = sh`umask 022; mkdir -p "$(dirname ${path})" && cat >${`${path}.draft`} && mv -f ${`${path}.draft`} ${path}`;
  await host.run(write, { root, stdin: unitFile(kind, service) });
  const systemctl = systemctlOf(kind);
  await host.run(
    sh`${systemctl} daemon-reload; ${systemctl} enable ${UNIT} 2>&1; ${systemctl} reset-failed ${UNIT} 2>/dev/null; ${systemctl} restart ${UNIT} 2>&1`,
    { root },
  );
}

/** Ends it, whatever state it is in; nothing is written to its data afterwards. */
export async function stopService(host: Host, { kind, folder }: Places): Promise<void> {
  if (kind !== 'supervised') return void (await host.run(sh`${systemctlOf(kind)} stop ${UNIT} 2>&1; :`, { root: kind === 'system' }));
  await host.run(sh`cd ${folder} || exit 0
if ${SUPERVISED}; then
  kill -TERM "$(cat supervisor.pid)"; i=0
  while ${SUPERVISED} && [ $i -lt 150 ]; do sleep 0.1; i=$((i+1)); done
fi`);
}

const systemctlOf = (kind: 'system' | 'user'): Command => (kind === 'user' ? sh`systemctl --user` : sh`systemctl`);

async function supervise(host: Host, places: Places, service: Service): Promise<void> {
  const { folder } = places;
  await host.run(sh`umask 077; mkdir -p ${folder}`);
  await host.writeFile(`${folder}/supervise.sh`, supervisorFile(service), { mode: 0o700 });
  await stopService(host, places);
  await host.run(sh`cd ${folder} || exit 1
rm -f stop
setsid sh ${`${folder}/supervise.sh`} >/dev/null 2>&1 </dev/null &
cd; [ -n "${new Command('${CLAWMOOR_TRIAL:-}')}" ] && exit 0; command -v crontab >/dev/null 2>&1 || exit 0
line="@reboot sh $HOME/${HOME_FOLDER}/supervise.sh >/dev/null 2>&1"
{ crontab -l 2>/dev/null | grep -v '${HOME_FOLDER}'; printf '%s\n' "$line"; } | crontab - 2>/dev/null || :`);
}

/** Which version answers; `undefined` while none does. Throws `rag.incompatible`. */
export async function versionAt(access: RagAccess, host: Host, port: number, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await access.openWith(host, { port, token: '', signal }).version();
  } catch (error) {
    if (error instanceof Problem && ['rag.down', 'rag.bad_answer', 'rag.too_slow'].includes(error.code)) return undefined;
    throw error;
  }
}

/** Whether this version answers within a minute. One that falls again and again is not waited for. */
export async function comesUp(access: RagAccess, host: Host, { places, port, version, signal }: Coming): Promise<boolean> {
  const endAt = performance.now() + ANSWERS_WITHIN_MS;
  const before = await fallsOf(host, places);
  for (;;) {
    if ((await versionAt(access, host, port, signal)) === version) return true;
    if (performance.now() > endAt || (await fallsOf(host, places)) - before >= FALLS) return false;
    await delay(300, undefined, { signal });
  }
}

interface Coming {
  places: Places;
  port: number;
  version: string;
  signal: AbortSignal;
}

/** How often it ended by itself so far, as what keeps it running counts. */
async function fallsOf(host: Host, { kind, folder }: Places): Promise<number> {
  const count =
    kind === 'supervised'
      ? sh`grep -c ${ENDED} ${`${folder}/ragd.log`} 2>/dev/null; :`
      : sh`${systemctlOf(kind)} show ${UNIT} -p NRestarts --value; :`;
  return Number((await host.run(count)).stdout.trim()) || 0;
}

export async function lastWords(host: Host, { kind, folder }: Places): Promise<string[]> {
  const command =
    kind === 'supervised'
      ? sh`tail -n 9 ${`${folder}/ragd.log`} 2>/dev/null; :`
      : kind === 'user'
        ? sh`journalctl --user -u ${UNIT} -n 5 --no-pager -o cat 2>/dev/null; :`
        : sh`journalctl -u ${UNIT} -n 5 --no-pager -o cat 2>/dev/null; :`;
  const { stdout } = await host.run(command, { root: kind === 'system' });
  return stdout
    .trim()
    .split('\n')
    .filter((line) => !line.includes(ENDED)) // what our supervisor says of it
    .map((line) => line.slice(0, 500));
}
