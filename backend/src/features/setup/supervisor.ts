/**
 * Keeps the gateway running where there is no systemd: starts it again when it ends, at once after a good run, ever later after bad
 * ones; not after exit code 78, which is OpenClaw's "my configuration is wrong". A file `stop` beside it ends it. One log, cut at 10 MB.
 */
export const supervisor = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
if grep -qs supervise.sh "/proc/$(cat supervisor.pid 2>/dev/null)/cmdline"; then exit 0; fi
echo $$ >supervisor.pid
PATH="$HOME/.local/bin:$HOME/.npm-global/bin:$HOME/.clawmoor/node/bin:$PATH:/usr/local/bin:/usr/bin:/bin"; export PATH
trap 'touch stop; [ -f gateway.pid ] && kill -TERM "$(cat gateway.pid)" 2>/dev/null' TERM INT
pause=1
while [ ! -e stop ]; do
  if [ -f gateway.log ] && [ "$(wc -c <gateway.log)" -gt 10485760 ]; then mv -f gateway.log gateway.log.1; fi
  began=$(date +%s)
  ( cd "$HOME" && exec openclaw gateway run ) >>gateway.log 2>&1 </dev/null &
  echo $! >gateway.pid
  wait $!; code=$?
  while kill -0 "$(cat gateway.pid)" 2>/dev/null; do wait "$(cat gateway.pid)"; code=$?; done
  echo "$(date -u +%FT%TZ) the gateway ended with $code" >>gateway.log
  [ -e stop ] && break
  [ "$code" = 78 ] && break
  if [ $(( $(date +%s) - began )) -gt 60 ]; then pause=1; else pause=$(( pause * 2 )); [ $pause -gt 60 ] && pause=60; fi
  sleep $pause
done
rm -f supervisor.pid gateway.pid stop
`;
