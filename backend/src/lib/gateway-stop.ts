import { SUPERVISOR_FOLDER, UNIT, type ServiceKind } from './gateway-service.ts';
import { sh, type Command } from './sh.ts';

/** Stops the gateway and keeps it from coming back with the machine. Returns at once; `system` needs root. */
export function stopService(kind: ServiceKind): Command {
  if (kind === 'user') return sh`systemctl --user disable ${UNIT} 2>/dev/null; systemctl --user stop --no-block ${UNIT}`;
  if (kind === 'system') return sh`systemctl disable ${UNIT} 2>/dev/null; systemctl stop --no-block ${UNIT}`;
  // A file `stop` ends the supervisor when its gateway ends.
  return sh`cd "$HOME/${SUPERVISOR_FOLDER}" || exit 1
[ -f supervisor.pid ] && kill -0 "$(cat supervisor.pid)" 2>/dev/null || exit 0
touch stop
[ -f gateway.pid ] && kill -TERM "$(cat gateway.pid)" 2>/dev/null
:`;
}

/** Ends a gateway that does not stop when it is told to. */
export function killService(kind: ServiceKind): Command {
  if (kind === 'user') return sh`systemctl --user kill --signal=KILL ${UNIT}`;
  if (kind === 'system') return sh`systemctl kill --signal=KILL ${UNIT}`;
  return sh`kill -KILL "$(cat "$HOME/${SUPERVISOR_FOLDER}/gateway.pid")"`;
}

/** Lets it come back with the machine again. */
export function enableService(kind: ServiceKind): Command {
  if (kind === 'user') return sh`systemctl --user enable ${UNIT} 2>&1`;
  return kind === 'system' ? sh`systemctl enable ${UNIT} 2>&1` : sh`:`;
}
