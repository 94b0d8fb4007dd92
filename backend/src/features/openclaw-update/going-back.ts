// The version before must be answering by then; on a slow machine a start takes a minute.
const BACK_WITHIN_SECONDS = 300;

/**
 * May be cut off at any point and run again: what is still to do is read from what lies there. State first, then files, then the start.
 * What the rejected version had written is kept aside until the next update.
 */
export const goBack = `
restore() {
  trap '' HUP
  case $(cat "$U/phase" 2>/dev/null) in committed) echo 'The update was complete.'; return 0 ;; esac
  phase restoring
  started_at=$(now); ended_before=$(ends)
  if [ -d "$U/old" ] || { [ -e "$U/started" ] && [ -d "$before" ]; }; then kill_now; fi
  if [ -e "$U/started" ] && [ -d "$before" ]; then
    [ -e "$state" ] && { rm -rf "$failed"; mv "$state" "$failed"; }
    mv "$before" "$state" || return 1
    sync
  fi
  rm -rf "$before" "$before.draft"
  if [ -d "$U/old" ]; then
    [ -e "$root" ] && { rm -rf "$U/failed"; mv "$root" "$U/failed"; }
    mv "$U/old" "$root" || return 1
  fi
  rm -f "$U/started"
  settle_stop
  # systemd takes a start also in the middle of a stop, and for what runs it is nothing.
  if supervised && running; then :; else echo "Starting OpenClaw $from again ..."; start; fi
  wait_ready ${BACK_WITHIN_SECONDS}; back=$?
  rm -rf "$U/failed" "$U/new"
  phase restored
  if [ $back = 0 ]; then echo "OpenClaw $from runs again."; else echo "OpenClaw $from is back in its place, but does not answer: $why"; fi
  return $back
}`;
