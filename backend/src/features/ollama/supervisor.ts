/**
 * Keeps Ollama running where there is no systemd: starts it again when it ends, ever later when it does not last. A file `stop` beside it ends
 * it. One log, cut at 5 MB. The file `environment` beside it says how Ollama is to run.
 */
export const ollamaSupervisor = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
if grep -qs supervise.sh "/proc/$(cat supervisor.pid 2>/dev/null)/cmdline"; then exit 0; fi
echo $$ >supervisor.pid
set -a; . ./environment; set +a
trap 'touch stop; [ -f ollama.pid ] && kill -TERM "$(cat ollama.pid)" 2>/dev/null' TERM INT
pause=1
while [ ! -e stop ]; do
  if [ -f ollama.log ] && [ "$(wc -c <ollama.log)" -gt 5242880 ]; then mv -f ollama.log ollama.log.1; fi
  began=$(date +%s)
  ( cd "$HOME" && exec nice -n 10 "$HOME/.clawmoor/ollama/bin/ollama" serve ) >>ollama.log 2>&1 </dev/null &
  echo $! >ollama.pid
  wait $!; code=$?
  while kill -0 "$(cat ollama.pid)" 2>/dev/null; do wait "$(cat ollama.pid)"; code=$?; done
  echo "$(date -u +%FT%TZ) ollama ended with $code" >>ollama.log
  [ -e stop ] && break
  if [ $(( $(date +%s) - began )) -gt 60 ]; then pause=1; else pause=$(( pause * 2 )); [ $pause -gt 60 ] && pause=60; fi
  sleep $pause
done
rm -f supervisor.pid ollama.pid stop
`;
