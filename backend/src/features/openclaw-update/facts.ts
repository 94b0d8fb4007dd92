import { findService, UNIT } from '../../lib/gateway-service.ts';
import type { Host } from '../../lib/host.ts';
import { sh } from '../../lib/sh.ts';
import { UPDATES } from './server-script.ts';

// Folders of workspaces can be large; what cannot be measured in this time is said to be unknown.
const MEASURE_SECONDS = 20;

/** One script, one round trip, nothing changed: where OpenClaw lies, what keeps it running, and what room there is. */
const script = sh`say() { printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr '\n' ' ' | cut -c1-400)"; }
say home "$HOME"
c=$(command -v openclaw 2>/dev/null); say command "$c"
d=$(readlink -f "$c" 2>/dev/null); i=0; root=
while [ -n "$d" ] && [ $i -lt 4 ]; do
  d=$(dirname "$d"); i=$((i+1))
  if grep -qs '"name": *"openclaw"' "$d/package.json"; then root=$d; break; fi
done
say root "$root"
[ -n "$root" ] && say installed "$(sed -n 's/^ *"version": *"\([^"]*\)".*/\1/p' "$root/package.json" | head -n 1)"
[ -n "$root" ] && [ -w "$(dirname "$root")" ] && [ -w "$root" ] && [ "$(basename "$root")" = openclaw ] && say rootOurs yes
k=$(${findService}); say kind "$k"
case $k in user) f=$HOME/.config/systemd/user/${UNIT} ;; system) f=/etc/systemd/system/${UNIT} ;; *) f=/dev/null ;; esac
for w in $(sed -n 's/^ExecStart=//p' "$f"); do
  case $w in /*) case $(readlink -f "$w") in "$root"/*) [ -n "$root" ] && say serviceRuns "$root" ;; esac ;; esac
done
say node "$(node -v 2>/dev/null)"
say nodePath "$(readlink -f "$(command -v node)" 2>/dev/null)"
say npm "$(npm -v 2>/dev/null)"
s=$(readlink -f "$HOME/.openclaw" 2>/dev/null); [ -d "$s" ] && say state "$s"
[ -d "$s" ] && [ "$(stat -c %d "$s")" = "$(stat -c %d "$(dirname "$s")")" ] && [ -w "$(dirname "$s")" ] && say stateMovable yes
[ -d "$s" ] && say stateKb "$(timeout ${MEASURE_SECONDS} du -sk "$s" 2>/dev/null | cut -f1)"
[ -n "$root" ] && say rootKb "$(timeout ${MEASURE_SECONDS} du -sk "$root" 2>/dev/null | cut -f1)"
say freeKb "$(df -Pk "$HOME" 2>/dev/null | awk 'NR==2{print $4}')"
[ -n "$root" ] && [ "$(stat -c %d "$root")" = "$(stat -c %d "$HOME")" ] && say sameDisk yes
awk '/^MemTotal:/{print "memTotal=" $2} /^MemAvailable:/{print "memAvailable=" $2} /^SwapTotal:/{print "swapTotal=" $2} /^SwapFree:/{print "swapFree=" $2}' /proc/meminfo
for o in "$HOME"/${UPDATES}/*/old; do [ -d "$o" ] && say kept "$(sed -n 's/^ *"version": *"\([^"]*\)".*/\1/p' "$o/package.json" | head -n 1)"; done
echo end=yes`;

const NAMES = [
  'home',
  'command',
  'root',
  'installed',
  'rootOurs',
  'kind',
  'serviceRuns',
  'node',
  'nodePath',
  'npm',
  'state',
  'stateMovable',
  'stateKb',
  'rootKb',
  'freeKb',
  'sameDisk',
  'memTotal',
  'memAvailable',
  'swapTotal',
  'swapFree',
  'kept',
] as const;

/** It comes from the server and is not trusted: known names, short printable values. What is not known is missing. */
export type Facts = Partial<Record<(typeof NAMES)[number], string>>;

export async function readFacts(host: Host, signal?: AbortSignal): Promise<Facts> {
  const { stdout } = await host.run(script, { ...(signal && { signal }) });
  const facts: Facts = {};
  for (const line of stdout.split('\n')) {
    const at = line.indexOf('=');
    const name = NAMES.find((known) => known === line.slice(0, at));
    const value = line
      .slice(at + 1, at + 401)
      .replace(/[^\x20-\x7e]/g, '')
      .trim();
    if (name !== undefined && value !== '') facts[name] = value;
  }
  return facts;
}
