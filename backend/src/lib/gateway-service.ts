import { sh, type Command } from './sh.ts';

/** What keeps the gateway running on a server: systemd of the user, systemd of the machine, or our own small supervisor. */
export type ServiceKind = 'user' | 'system' | 'supervised';

export const UNIT = 'openclaw-gateway.service';
/** Below the home folder. */
export const SUPERVISOR_FOLDER = '.clawmoor/gateway';

// Not by its number alone: after a reboot another process may have it.
const SUPERVISOR_RUNS = sh`grep -qs supervise.sh "/proc/$(cat supervisor.pid 2>/dev/null)/cmdline"`;

/** Prints which kind is installed: `user`, `system`, `supervised`, or `none`. */
export const findService: Command = sh`if [ -f "$HOME/.config/systemd/user/${UNIT}" ] && systemctl --user show-environment >/dev/null 2>&1; then echo user
elif [ -f /etc/systemd/system/${UNIT} ] && [ -d /run/systemd/system ]; then echo system
elif [ -f "$HOME/${SUPERVISOR_FOLDER}/supervise.sh" ]; then echo supervised
else echo none; fi`;

/** Restarts the gateway, or starts it; `system` needs root. Returns at once: readiness is asked of the gateway itself. */
export function restartService(kind: ServiceKind): Command {
  if (kind === 'user') return sh`systemctl --user reset-failed ${UNIT} 2>/dev/null; systemctl --user restart --no-block ${UNIT}`;
  if (kind === 'system') return sh`systemctl reset-failed ${UNIT} 2>/dev/null; systemctl restart --no-block ${UNIT}`;
  return sh`cd "$HOME/${SUPERVISOR_FOLDER}" || exit 1
rm -f stop
if ${SUPERVISOR_RUNS}; then
  [ -f gateway.pid ] && kill -TERM "$(cat gateway.pid)" 2>/dev/null
  exit 0
fi
setsid sh ./supervise.sh >/dev/null 2>&1 </dev/null &`;
}

/** Whether it runs and would run again after a reboot; prints `active` and `enabled` where so. */
export function askService(kind: ServiceKind): Command {
  if (kind === 'user')
    return sh`systemctl --user is-active ${UNIT}; systemctl --user is-enabled ${UNIT}; [ -e "/var/lib/systemd/linger/$(id -un)" ] && echo linger`;
  if (kind === 'system') return sh`systemctl is-active ${UNIT}; systemctl is-enabled ${UNIT}; echo linger`;
  return sh`cd "$HOME/${SUPERVISOR_FOLDER}" 2>/dev/null && ${SUPERVISOR_RUNS} && printf 'active\nenabled\nlinger\n'`;
}

/** The last lines of what keeps it running; `system` needs root. Prints nothing where there is no such log. */
export function serviceLog(kind: ServiceKind, lines: number): Command {
  if (kind === 'user') return sh`journalctl --user -u ${UNIT} -n ${lines} --no-pager -o short-iso 2>/dev/null; :`;
  if (kind === 'system') return sh`journalctl -u ${UNIT} -n ${lines} --no-pager -o short-iso 2>/dev/null; :`;
  return sh`tail -n ${lines} "$HOME/${SUPERVISOR_FOLDER}/gateway.log" 2>/dev/null; :`;
}

/**
 * Prints the path of the newest log that OpenClaw keeps by itself for the user who logs in, or nothing. It writes below /tmp/openclaw, or
 * /tmp/openclaw-<uid> where that folder is another user's; the log of another user is never taken for this one's.
 */
export const ownLogFile = sh`ls -1t "\${TMPDIR:-/tmp}"/openclaw*/openclaw-*.log /tmp/openclaw*/openclaw-*.log 2>/dev/null | while read -r log; do [ -O "$log" ] && { printf '%s\n' "$log"; break; }; done`;
