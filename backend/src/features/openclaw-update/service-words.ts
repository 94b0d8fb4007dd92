// Longer than any single start of a healthy gateway takes to fall over thrice at systemd's pace of 5 s.
const FALLS = 3;

/** Shell functions about whatever keeps the gateway running: stop, start, is it up, did it fall over. `$kind` says which it is. */
export const serviceWords = `
now() { cut -d. -f1 /proc/uptime; }
ctl() { if [ "$kind" = user ]; then systemctl --user "$@"; else systemctl "$@"; fi; }
supervised() { [ "$kind" = supervised ]; }
supervisor_runs() { grep -qs supervise.sh "/proc/$(cat "$supervisor/supervisor.pid" 2>/dev/null)/cmdline"; }
running() {
  if supervised; then supervisor_runs; return; fi
  case $(ctl is-active "$unit" 2>/dev/null) in inactive | failed) return 1 ;; esac
}
# Politely: turns that are under way come to their end.
stop() {
  if supervised; then
    supervisor_runs || return 0
    : >"$supervisor/stop"
    kill -TERM "$(cat "$supervisor/gateway.pid" 2>/dev/null)" 2>/dev/null
    wait_stopped "$stop_seconds"
  else
    timeout "$stop_seconds" systemctl $([ "$kind" = user ] && echo --user) stop "$unit"
    ! running
  fi
}
wait_stopped() {
  since=$(now)
  while supervisor_runs; do [ $(( $(now) - since )) -gt "$1" ] && return 1; sleep 1; done
}
# A stop that was asked for and has not happened yet.
settle_stop() { if supervised && [ -e "$supervisor/stop" ]; then wait_stopped "$stop_seconds" || kill_now; fi; }
kill_now() {
  if supervised; then
    : >"$supervisor/stop"
    g=$(cat "$supervisor/gateway.pid" 2>/dev/null)
    [ -n "$g" ] && for p in "$g" $(pgrep -P "$g" 2>/dev/null); do kill -KILL "$p" 2>/dev/null; done
    wait_stopped 3 || kill -KILL "$(cat "$supervisor/supervisor.pid" 2>/dev/null)" 2>/dev/null
    rm -f "$supervisor/stop" "$supervisor/supervisor.pid" "$supervisor/gateway.pid"
  else
    ctl kill --signal=KILL "$unit" 2>/dev/null
    ctl stop "$unit"
  fi
}
# The copy is only good when nobody writes.
quiet() {
  since=$(now)
  while ls -l /proc/[0-9]*/fd 2>/dev/null | grep -F " -> $state/" | grep -q '\\.sqlite'; do
    [ $(( $(now) - since )) -gt 20 ] && return 1
    sleep 1
  done
}
ends() { grep -c 'the gateway ended with' "$supervisor/gateway.log" 2>/dev/null; }
start() {
  started_at=$(now); ended_before=$(ends)
  if supervised; then ( cd "$supervisor" && rm -f stop && exec setsid sh ./supervise.sh >/dev/null 2>&1 </dev/null 9>&- ) &
  else ctl reset-failed "$unit" 2>/dev/null; ctl start --no-block "$unit"; fi
}
# Says in $why what became of it.
fallen() {
  active=; restarts=0; code=
  if supervised; then
    code=$(grep 'the gateway ended with' "$supervisor/gateway.log" 2>/dev/null | tail -n 1 | sed 's/.* //')
    restarts=$(( $(ends) - \${ended_before:-0} ))
    [ $(( $(now) - started_at )) -gt 5 ] && ! supervisor_runs && active=failed
  else
    for pair in $(ctl show "$unit" -p ActiveState -p NRestarts -p ExecMainStatus); do
      case $pair in ActiveState=*) active=\${pair#*=} ;; NRestarts=*) restarts=\${pair#*=} ;; ExecMainStatus=*) code=\${pair#*=} ;; esac
    done
  fi
  if [ "$active" = failed ] && [ "$code" = 78 ]; then why='it refuses its configuration or state (exit code 78)'
  elif [ "$active" = failed ]; then why="it ended with exit code $code"
  elif [ "$restarts" -ge ${FALLS} ]; then why="it falls over again and again (exit code $code)"
  else return 1; fi
}
answers() {
  "$node" -e 'fetch("http://127.0.0.1:"+process.argv[1]+"/readyz",{signal:AbortSignal.timeout(5000)}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))' "$port"
}
wait_ready() {
  since=$(now)
  until answers; do
    fallen && return 1
    [ $(( $(now) - since )) -gt "$1" ] && { why="it was not ready within $1 s"; return 1; }
    sleep 1
  done
}
last_words() {
  if supervised; then tail -n 40 "$supervisor/gateway.log" 2>/dev/null
  else journalctl $([ "$kind" = user ] && echo --user) -u "$unit" -n 40 --no-pager -o cat 2>/dev/null; fi |
    grep -vE '^openclaw-gateway\\.service:|the gateway ended with' | grep -iE 'error|fail|invalid|refus|EADDR|cannot' | tail -n 1 | cut -c1-300
}`;
