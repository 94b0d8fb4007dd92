import type { Host } from '../../lib/host.ts';
import { sh, type Command } from '../../lib/sh.ts';

/** systemd of the machine, systemd of the user, or our own small supervisor. */
export type OllamaKind = 'system' | 'user' | 'supervised';

export const UNIT = 'ollama.service';
export const SYSTEM_FOLDER = '/opt/clawmoor/ollama';
/** Below the home folder. */
export const HOME_FOLDER = '.clawmoor/ollama';
export const SUPERVISOR_FOLDER = '.clawmoor/ollama-service';
/** The home of the user `ollama`: its models. */
export const SYSTEM_HOME = '/usr/share/ollama';

export interface OllamaFacts {
  kernel: string;
  arch: string;
  libc: string;
  memTotalBytes: number;
  memAvailableBytes: number;
  /** Free where models lie, or would lie. */
  diskFreeBytes: number;
  home: string;
  systemd: boolean;
  userBus: boolean;
  /** Ours; `undefined` when we have installed none. */
  kind: OllamaKind | undefined;
  /** Of our files; empty when there are none. */
  installedVersion: string;
  /** A program or unit called ollama that is not ours. */
  other: 'unit' | 'program' | undefined;
  /** Whether something listens on its port, and whether other machines can reach that. */
  port: 'free' | 'loopback' | 'exposed';
}

/** One round trip; it changes nothing. */
const factsScript = ({
  port,
  trial,
}: {
  port: number;
  trial: boolean;
}): Command => sh`say() { printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr '\n' ' ' | cut -c1-300)"; }
say kernel "$(uname -s)"
say arch "$(uname -m)"
if ls /lib/ld-musl-* >/dev/null 2>&1; then say libc musl; else say libc glibc; fi
awk '/^MemTotal:/{print "memTotal=" $2} /^MemAvailable:/{print "memAvailable=" $2}' /proc/meminfo
g=$(sed -n 's/^0:://p' /proc/self/cgroup 2>/dev/null); d="/sys/fs/cgroup$g"; i=0
while [ $i -lt 12 ]; do
  [ -r "$d/memory.max" ] && say memoryMax "$(cat "$d/memory.max")"
  [ "$d" = /sys/fs/cgroup ] && break; [ "$d" = / ] && break; d=$(dirname "$d"); i=$((i+1))
done
say diskHome "$(df -Pk "$HOME" 2>/dev/null | awk 'NR==2{print $4}')"
say diskSystem "$(df -Pk /usr/share 2>/dev/null | awk 'NR==2{print $4}')"
say home "$HOME"
[ -d /run/systemd/system ] && say systemd yes
systemctl --user show-environment >/dev/null 2>&1 && say userBus yes
trial=${trial ? 'yes' : ''}; kind=; folder="$HOME/${HOME_FOLDER}"
if [ -z "$trial" ] && grep -qs ${SYSTEM_FOLDER} /etc/systemd/system/${UNIT}; then kind=system; folder=${SYSTEM_FOLDER}
elif grep -qs ${HOME_FOLDER} "$HOME/.config/systemd/user/${UNIT}"; then kind=user
elif [ -f "$HOME/${SUPERVISOR_FOLDER}/supervise.sh" ]; then kind=supervised; fi
say kind "$kind"
[ -x "$folder/bin/ollama" ] && say installed "$(cat "$folder/version" 2>/dev/null)"
if [ -z "$kind$trial" ]; then
  [ -x ${`${SYSTEM_FOLDER}/bin/ollama`} ] && say installed "$(cat ${SYSTEM_FOLDER}/version 2>/dev/null)"
  if [ -e /etc/systemd/system/${UNIT} ] || [ -e /usr/lib/systemd/system/${UNIT} ] || [ -e /lib/systemd/system/${UNIT} ]; then say other unit
  else p=$(command -v ollama 2>/dev/null); case $(readlink -f "$p" 2>/dev/null) in '' | ${SYSTEM_FOLDER}/* | "$HOME/${HOME_FOLDER}"/*) ;; *) say other program ;; esac; fi
fi
h=$(printf '%04X' ${port})
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$h" '$4=="0A" && substr($2,length($2)-4)==p {print "listens=" $2}'
echo end=yes`;

const LOOPBACK = /^(0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F):/;

interface Looking {
  port: number;
  trial?: boolean | undefined;
  signal?: AbortSignal;
}

/** What a server says of itself. It is not trusted: known keys, numbers as numbers, short printable values. */
export async function readFacts(host: Host, { trial = false, port, signal }: Looking): Promise<OllamaFacts> {
  const script = factsScript({ port, trial });
  const { stdout } = await host.run(script, { idleTimeoutMs: 30_000, ...(signal && { signal }) });
  const lines = stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const);
  const all = (key: string): string[] =>
    lines.filter(([name]) => name === key).map(([, value]) => value.slice(0, 300).replace(/[^\x20-\x7e]/g, ''));
  const one = (key: string): string => all(key)[0] ?? '';
  const kib = (key: string): number => (Number(one(key)) || 0) * 1024;
  const limits = all('memoryMax').map(Number).filter(Number.isFinite);
  const memTotalBytes = Math.min(kib('memTotal'), ...limits);
  const kind = one('kind');
  const ours = kind === 'system' || kind === 'user' || kind === 'supervised' ? kind : undefined;
  const other = one('other');
  const listening = all('listens');
  const disks = { home: kib('diskHome'), system: kib('diskSystem') };
  return {
    kernel: one('kernel'),
    arch: one('arch'),
    libc: one('libc'),
    memTotalBytes,
    memAvailableBytes: Math.min(kib('memAvailable'), memTotalBytes),
    diskFreeBytes:
      ours === 'user' || ours === 'supervised' || trial
        ? disks.home
        : ours === 'system'
          ? disks.system
          : Math.min(disks.home, disks.system),
    home: one('home'),
    systemd: one('systemd') === 'yes',
    userBus: one('userBus') === 'yes',
    kind: ours,
    installedVersion: one('installed').slice(0, 40),
    other: other === 'unit' || other === 'program' ? other : undefined,
    port: listening.length === 0 ? 'free' : listening.every((address) => LOOPBACK.test(address)) ? 'loopback' : 'exposed',
  };
}
