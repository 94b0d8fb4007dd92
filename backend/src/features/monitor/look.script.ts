import { askService, findService, SUPERVISOR_FOLDER, UNIT } from '../../lib/gateway-service.ts';
import { sh, type Command } from '../../lib/sh.ts';

/**
 * One script, one round trip, one line of JSON with raw texts for us to read. It needs a POSIX sh, awk and /proc, changes nothing, and
 * waits for nothing: a dead network disk would hold up `df`, so that only local ones are asked, for 5 s.
 */
export const lookScript: Command = sh`text() { tr -d '"\\\\' | tr '\n\t' '; ' | tr -d '\000-\037' | cut -c1-4000; }
first() { head -n 1 "$1" 2>/dev/null | text; }
say() { printf ',"%s":"%s"' "$1" "$(cat | text)"; }
disks() { timeout 5 df -P$1 -l 2>/dev/null || timeout 5 df -P$1 2>/dev/null; }
real() { awk 'NR>1 { path=$6; for (i=7;i<=NF;i++) path=path " " $i
  if (path!="/" && ($1 !~ /^\/dev\// || $1 ~ /^\/dev\/loop/ || path ~ /^\/(boot\/efi|run|snap|var\/lib\/(docker|containers))/)) next
  if ($1 ~ /^\/dev\// && seen[$1]++) next
  print $2, $3, $4, path }' | head -n 20; }
printf '{"boot":"%s"' "$(first /proc/sys/kernel/random/boot_id)"
first /proc/uptime | say uptime
first /proc/loadavg | say load
first /proc/stat | say cpu
awk '/^(MemTotal|MemAvailable|MemFree|Buffers|Cached|SwapTotal|SwapFree):/ {print $1 $2}' /proc/meminfo 2>/dev/null | say memory
awk '$1=="oom_kill" {print $2}' /proc/vmstat 2>/dev/null | say oom
disks k | real | say disks
disks i | real | say inodes
kind=$(${findService})
echo "$kind" | say service
case "$kind" in
user) systemctl --user show ${UNIT} -p ActiveState,NRestarts,Result 2>/dev/null | say unit ;;
system) systemctl show ${UNIT} -p ActiveState,NRestarts,Result 2>/dev/null | say unit ;;
supervised)
  { ${askService('supervised')}
  printf 'ends='; grep -ac 'the gateway ended with' "$HOME/${SUPERVISOR_FOLDER}/gateway.log" 2>/dev/null || :; } | say unit ;;
esac
echo '}'`;
