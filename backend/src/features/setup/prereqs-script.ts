import { sh, type Command } from '../../lib/sh.ts';

/**
 * One script, one round trip: `key=value` lines of facts. It needs nothing but a POSIX sh and /proc, changes nothing, and no part
 * of it waits for long: the registry is given 8 s, sudo asks for no password.
 */
export function prereqsScript({ port }: { port: number }): Command {
  return sh`say() { printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr '\n' ' ' | cut -c1-200)"; }
say os "$(. /etc/os-release 2>/dev/null; printf '%s' "$PRETTY_NAME")"
say kernel "$(uname -s)"
say arch "$(uname -m)"
if ls /lib/ld-musl-* >/dev/null 2>&1; then say libc musl; else say libc glibc; fi
awk '/^MemTotal:/{print "memTotal=" $2} /^SwapTotal:/{print "swapTotal=" $2}' /proc/meminfo
g=$(sed -n 's/^0:://p' /proc/self/cgroup 2>/dev/null); d="/sys/fs/cgroup$g"; i=0
while [ $i -lt 12 ]; do
  [ -r "$d/memory.max" ] && say memoryMax "$(cat "$d/memory.max")"
  [ "$d" = /sys/fs/cgroup ] && break; [ "$d" = / ] && break; d=$(dirname "$d"); i=$((i+1))
done
say diskHome "$(df -Pk "$HOME" 2>/dev/null | awk 'NR==2{print $4}')"
say diskTmp "$(df -Pk /tmp 2>/dev/null | awk 'NR==2{print $4}')"
say node "$(node -v 2>/dev/null)"
say npm "$(npm -v 2>/dev/null)"
say openclaw "$(openclaw --version 2>/dev/null)"
say user "$(id -un)"
if [ "$(id -u)" = 0 ]; then say sudo root
elif ! command -v sudo >/dev/null 2>&1; then say sudo missing
elif o=$(sudo -n true 2>&1); then say sudo free
else say sudo "no $o"; fi
if [ -d /run/systemd/system ]; then say systemd yes; else say systemd no; fi
if systemctl --user show-environment >/dev/null 2>&1; then say userBus yes; else say userBus no; fi
if [ -e "/var/lib/systemd/linger/$(id -un)" ]; then say linger yes; else say linger no; fi
h=$(printf '%04X' ${port})
if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$h" '$4=="0A" && substr($2,length($2)-4)==p {f=1} END{exit !f}'; then say port taken; else say port free; fi
say portBy "$(ss -ltnp 2>/dev/null | awk -v p=":${port}" 'index($4 "|", p "|"){print $6; exit}')"
say now "$(date +%s)"
say shell "$(awk -F: -v u="$(id -un)" '$1==u{print $7}' /etc/passwd)"
f=/tmp/.clawmoor-$$; if printf '#!/bin/sh\nexit 0\n' >$f 2>/dev/null && chmod +x $f && $f 2>/dev/null; then say tmpExec yes; else say tmpExec no; fi; rm -f $f
say tar "$(command -v tar 2>/dev/null)"
if command -v npm >/dev/null 2>&1; then if timeout 8 npm ping >/dev/null 2>&1; then say registry yes; else say registry no; fi; else say registry unknown; fi
echo end=yes`;
}

export type Facts = Record<string, string>;

const KNOWN = new Set([
  'os',
  'kernel',
  'arch',
  'libc',
  'memTotal',
  'swapTotal',
  'memoryMax',
  'diskHome',
  'diskTmp',
  'node',
  'npm',
  'openclaw',
  'user',
  'sudo',
  'systemd',
  'userBus',
  'linger',
  'port',
  'portBy',
  'now',
  'shell',
  'tmpExec',
  'tar',
  'registry',
  'end',
]);

/** The facts of the output. It comes from the server and is not trusted: known keys, short printable values, the smallest limit. */
export function readFacts(output: string): Facts {
  const facts: Facts = Object.create(null) as Facts; // no prototype: a key of the server's can hit nothing
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    const key = line.slice(0, at);
    if (at < 1 || !KNOWN.has(key)) continue;
    const value = line
      .slice(at + 1, at + 201)
      .replace(/[^\x20-\x7e]/g, '')
      .trim();
    if (key === 'memoryMax' && facts[key] !== undefined && Number(facts[key]) <= Number(value)) continue;
    if (key === 'memoryMax' && !/^\d+$/.test(value)) continue;
    facts[key] = value;
  }
  return facts;
}
