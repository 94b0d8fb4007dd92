import type { Host } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { sh, type Command } from '../../lib/sh.ts';

/** A user and a service of its own; a service of the login's user; or our own small supervisor. */
export type RagKind = 'system' | 'user' | 'supervised';

export const UNIT = 'ragd.service';
export const SYSTEM_FOLDER = '/opt/ragd';
export const SYSTEM_DATA = '/var/lib/ragd';
/** Below the home folder. */
export const HOME_FOLDER = '.clawmoor/ragd';
const FIRST_PORT = 7_842;
const PORTS = 40;

export interface RagFacts {
  kernel: string;
  arch: string;
  libc: string;
  memAvailableBytes: number;
  diskFreeBytes: number;
  home: string;
  systemd: boolean;
  userBus: boolean;
  /** Ours; `undefined` when there is none. */
  kind: RagKind | undefined;
  /** Where `current` leads to, and where it led to before; empty when there is none. */
  version: string;
  previous: string;
  /** Of our service; `undefined` when there is none. */
  port: number | undefined;
  /** The first of the usual ports on which nothing listens. */
  freePort: number | undefined;
}

/** Where the parts of the service are. */
export interface Places {
  kind: RagKind;
  /** Versions, `current`, `port`. */
  folder: string;
  /** Collections. */
  data: string;
}

export const placesOf = (kind: RagKind, home: string): Places =>
  kind === 'system'
    ? { kind, folder: SYSTEM_FOLDER, data: SYSTEM_DATA }
    : { kind, folder: `${home}/${HOME_FOLDER}`, data: `${home}/${HOME_FOLDER}/data` };

/** One round trip; it changes nothing. */
const factsScript = (trial: boolean): Command => sh`say() { printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr '\n' ' ' | cut -c1-300)"; }
say kernel "$(uname -s)"
say arch "$(uname -m)"
if ls /lib/ld-musl-* >/dev/null 2>&1; then say libc musl; else say libc glibc; fi
awk '/^MemAvailable:/{print "memAvailable=" $2}' /proc/meminfo
say home "$HOME"
say disk "$(df -Pk "$HOME" 2>/dev/null | awk 'NR==2{print $4}')"
say diskSystem "$(df -Pk /opt 2>/dev/null | awk 'NR==2{print $4}')"
[ -d /run/systemd/system ] && say systemd yes
systemctl --user show-environment >/dev/null 2>&1 && say userBus yes
kind=; folder="$HOME/${HOME_FOLDER}"
if [ -z ${trial ? 'yes' : ''} ] && grep -qs ${SYSTEM_FOLDER} /etc/systemd/system/${UNIT}; then kind=system; folder=${SYSTEM_FOLDER}
elif grep -qs ${HOME_FOLDER} "$HOME/.config/systemd/user/${UNIT}"; then kind=user
elif [ -f "$HOME/${HOME_FOLDER}/supervise.sh" ]; then kind=supervised; fi
say kind "$kind"
say version "$(readlink "$folder/current" 2>/dev/null)"
say previous "$(readlink "$folder/previous" 2>/dev/null)"
say port "$(cat "$folder/port" 2>/dev/null)"
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4=="0A" {n=split($2,a,":"); print "listens=" a[n]}' | sort -u`;

const VERSION = /^[\w.-]{1,40}$/;

/** What a server says of itself. It is not trusted: known keys, numbers as numbers, short printable values. */
export async function readFacts(
  host: Host,
  { trial = false, signal }: { trial?: boolean | undefined; signal: AbortSignal },
): Promise<RagFacts> {
  const { stdout } = await host.run(factsScript(trial), { idleTimeoutMs: 30_000, signal });
  const lines = stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const);
  const one = (key: string): string => (lines.find(([name]) => name === key)?.[1] ?? '').slice(0, 300).replace(/[^\x20-\x7e]/g, '');
  const version = (key: string): string => (VERSION.test(one(key)) ? one(key) : '');
  const kib = (key: string): number => (Number(one(key)) || 0) * 1024;
  const kind = one('kind');
  const ours = kind === 'system' || kind === 'user' || kind === 'supervised' ? kind : undefined;
  const taken = new Set(lines.filter(([name]) => name === 'listens').map(([, hex]) => Number.parseInt(hex, 16)));
  const port = Number(one('port'));
  return {
    kernel: one('kernel'),
    arch: one('arch'),
    libc: one('libc'),
    memAvailableBytes: kib('memAvailable'),
    diskFreeBytes: Math.min(kib('disk'), kib('diskSystem') || kib('disk')),
    home: one('home'),
    systemd: one('systemd') === 'yes',
    userBus: one('userBus') === 'yes',
    kind: ours,
    version: version('version'),
    previous: version('previous'),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
    freePort: Array.from({ length: PORTS }, (_, at) => FIRST_PORT + at).find((candidate) => !taken.has(candidate)),
  };
}

/** The best that the server offers: a user of its own with systemd, else the login's systemd, else our supervisor. */
export async function bestPlaces(host: Host, facts: RagFacts, trial: boolean): Promise<Places> {
  const { kind, systemd, userBus, home } = facts;
  if (trial) return placesOf('supervised', home);
  if (kind) return placesOf(kind, home);
  if (systemd && (await mayBeRoot(host))) return placesOf('system', home);
  return placesOf(userBus ? 'user' : 'supervised', home);
}

async function mayBeRoot(host: Host): Promise<boolean> {
  try {
    return await host.test(sh`true`, { root: true });
  } catch (error) {
    if (error instanceof Problem && error.code.startsWith('ssh.sudo_')) return false;
    throw error;
  }
}
