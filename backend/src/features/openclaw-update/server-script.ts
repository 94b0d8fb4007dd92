import type { ServiceKind } from '../../lib/gateway-service.ts';
import { SUPERVISOR_FOLDER, UNIT } from '../../lib/gateway-service.ts';
import { sh } from '../../lib/sh.ts';
import { goBack } from './going-back.ts';
import { serviceWords } from './service-words.ts';

/** Below the home folder: a folder for each update, by its id. */
export const UPDATES = '.clawmoor/openclaw-updates';

/** How the script ends when it is not with 0. */
export const WENT_BACK = 70;
/** Nobody said in time whether the new version is good; it answers, and runs. */
export const UNJUDGED = 71;
/** The version before is in its place, but does not answer. */
export const BACK_BUT_DOWN = 72;
export const ANOTHER_AT_WORK = 75;

export interface OnServer {
  id: string;
  kind: ServiceKind;
  home: string;
  /** The folder of the package that runs: `…/lib/node_modules/openclaw`. */
  root: string;
  /** The command `openclaw` as logins find it. */
  command: string;
  /** `~/.openclaw`, links resolved. */
  state: string;
  node: string;
  port: number;
  from: string;
  to: string;
}

export interface Limits {
  /** How long a busy gateway may take to let its turns end, and how long one may take to get ready. */
  stopSeconds: number;
  readySeconds: number;
  /** After that the script decides by itself: Clawmoor may be down. */
  verdictSeconds: number;
}

/**
 * From one version to the other while the gateway is stopped, and back. It runs on the server alone, so that no death of ours leaves the
 * gateway down: stop, copy of the state, two renames, start, wait for `/readyz`, wait for our verdict. Whatever fails, and being ended
 * itself, goes back; that part has a session of its own, so that it is not ended with the rest. A file `phase` says where it stands.
 */
export const updateScript = (mode: 'switch' | 'restore', server: OnServer, limits: Limits): string =>
  `${variables(mode, server, limits)}
${serviceWords}
${goBack}
${goForward}
case $mode in switch) forward ;; *) restore ;; esac`;

const variables = (mode: string, { id, kind, home, root, command, state, node, port, from, to }: OnServer, limits: Limits): string =>
  sh`[ $# -gt 0 ] && mode=$1 || mode=${mode}
id=${id}; kind=${kind}; home=${home}; root=${root}; command=${command}; state=${state}; node=${node}; port=${port}; from=${from}; to=${to}
stop_seconds=${limits.stopSeconds}; ready_seconds=${limits.readySeconds}; verdict_seconds=${limits.verdictSeconds}
PATH=$(dirname "$node"):$PATH; export PATH
unit=${UNIT}; supervisor=$home/${SUPERVISOR_FOLDER}
U=$home/${UPDATES}/$id; before=$state.before-$id; failed=$state.failed-$id; new=$U/new/lib/node_modules/openclaw
if [ -z "$LOCKED" ]; then
  exec 9>>"$home/${UPDATES}/lock"
  wait_for_lock=2; [ "$mode" = restore ] && wait_for_lock=600
  if command -v flock >/dev/null 2>&1; then flock -w $wait_for_lock 9 || { echo 'Another update is at work on this server.'; exit ${ANOTHER_AT_WORK}; }; fi
fi
phase() { printf '%s\n' "$1" >"$U/phase.new" && mv -f "$U/phase.new" "$U/phase"; }`.text;

const goForward = `
forward() {
  trap interrupted TERM INT HUP
  cp "$RUN_FOLDER/run.sh" "$U/update.sh"
  rm -f "$U/verdict" "$U/reason" "$U/last-words" "$U/started"
  phase stopping; echo "Stopping OpenClaw $from ..."
  stop || give_up "OpenClaw $from did not stop within $stop_seconds s"
  quiet || give_up "another program keeps OpenClaw's files open"
  phase copying; echo 'Copying its state ...'
  rm -rf "$before" "$before.draft"
  # On a full disk there is no room for the reason either, until what was copied has gone.
  { cp -a "$state" "$before.draft" && mv "$before.draft" "$before"; } || { rm -rf "$before.draft"; give_up 'its state could not be copied aside'; }
  sync
  phase switching; echo "Putting OpenClaw $to in its place ..."
  mv "$root" "$U/old" && mv "$new" "$root" || give_up 'its files could not be put in place'
  case $("$command" --version 2>&1) in *" $to "* | *" $to") ;; *) give_up 'the new version does not start' ;; esac
  : >"$U/started"
  phase starting; echo 'Starting it ...'
  start
  wait_ready "$ready_seconds" || give_up "$why"
  phase ready; echo 'It says that it is ready; asking it ...'
  since=$(now)
  until [ -s "$U/verdict" ]; do
    fallen && give_up "$why"
    if [ $(( $(now) - since )) -gt "$verdict_seconds" ]; then
      answers || give_up 'it stopped answering'
      phase unjudged; exit ${UNJUDGED}
    fi
    sleep 1
  done
  read -r verdict <"$U/verdict"
  [ "$verdict" = good ] || give_up "$verdict"
  phase committed
}
give_up() {
  printf '%s\\n' "$1" >"$U/reason"
  last_words >"$U/last-words"
  echo "OpenClaw $to cannot be used: $1. Going back to $from ..."
  trap 'exit 143' TERM INT HUP
  LOCKED=1 setsid sh "$RUN_FOLDER/run.sh" restore &
  wait $! && exit ${WENT_BACK}
  exit ${BACK_BUT_DOWN}
}
interrupted() {
  trap '' TERM INT HUP
  echo 'it was stopped' >"$U/reason"
  LOCKED=1 setsid sh "$RUN_FOLDER/run.sh" restore &
  exit 143
}`;
