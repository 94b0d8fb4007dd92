# shellcheck shell=bash
# How clawmoorctl goes from one version to another and back. Sourced.
#
# An upgrade: a copy of the data is migrated and served by the new version, without a network, while the old one works on. Only
# when that went well the old one stops, its data is kept as it is, and the new one starts. When it does not answer, the link
# points back, the kept data comes back, and the old version runs again.

readonly KEPT_COPIES=3

upgrade_to() { # RELEASE FOLDER
  local old new kept
  old=$(version_of "$CURRENT")
  new=$(version_of "$1")
  if [[ $old == "$new" ]]; then
    say "Version $new is installed already."
    return
  fi
  say "1/5 put version $new beside $old"
  if [[ ! $1 -ef $RELEASES/$new ]]; then
    rm -rf "${RELEASES:?}/$new" # of an upgrade that failed
    put_release "$1"
  fi
  say "2/5 copy the data, and let $new serve the copy"
  rehearse "$new" || {
    rm -rf "${RELEASES:?}/$new"
    die "version $new is not well on a copy of the data; $old goes on as before" "Its own words are above."
  }
  kept=$BEFORE/$(date -u +%Y%m%dT%H%M%SZ)-$old
  say "3/5 stop $old, keep its data in $kept"
  systemctl stop clawmoor
  demand_alone
  keep_data "$kept" || {
    systemctl start clawmoor
    die "the data could not be kept; $old runs again" "Is there room? df -h $STATE"
  }
  say "4/5 start $new"
  switch_to "$new"
  if wait_healthy "$new"; then
    point "$PREVIOUS" "$RELEASES/$old"
    printf '%s\n' "$kept" >"$APP/kept-before-$new"
    say "5/5 done: $new answers"
    forget_old "$old" "$new"
    return
  fi
  last_words
  say "5/5 $new does not answer; back to $old"
  systemctl stop clawmoor
  bring_back "$kept"
  switch_to "$old"
  wait_healthy "$old" || die "neither $new nor $old answers" "See: clawmoorctl logs -n 50. The data as it was: $kept"
  rm -rf "${RELEASES:?}/$new"
  die "the upgrade to $new failed; $old runs, with the data as it was" "The reason is above."
}

roll_back() { # WITH_OLD_DATA
  local now before kept=''
  [[ -L $PREVIOUS ]] || die "there is no version before $(version_of "$CURRENT")"
  now=$(version_of "$CURRENT")
  before=$(version_of "$PREVIOUS")
  [[ ! -f $APP/kept-before-$now ]] || kept=$(<"$APP/kept-before-$now")
  if [[ -z $1 ]]; then
    [[ -n $(kept_file "$kept") && $(migrations_of "$(kept_file "$kept")") == "$(migrations_now)" ]] ||
      die "$now has changed the database, and $before cannot read it" "clawmoorctl rollback --with-old-data takes the data as it was before the upgrade; what happened since is set aside, not removed."
  else
    [[ -n $(kept_file "$kept") ]] || die "the data of before $now is no longer here" "Take a backup: clawmoorctl restore FILE"
  fi
  systemctl stop clawmoor
  demand_alone
  keep_data "$BEFORE/$(date -u +%Y%m%dT%H%M%SZ)-$now" || {
    systemctl start clawmoor
    die "the data could not be kept; $now runs again" "Is there room? df -h $STATE"
  }
  [[ -z $1 ]] || bring_back "$kept"
  switch_to "$before"
  wait_healthy "$before" || {
    last_words
    die "$before does not answer" "See: clawmoorctl logs -n 50. Forward again: clawmoorctl upgrade $RELEASES/$now"
  }
  rm -f "$PREVIOUS"
  say "Version $before answers."
}

# The new version on a copy, in the service's own sandbox, with no network but its loopback: whatever it would do, it reaches nobody.
rehearse() { # VERSION
  local folder=$STATE/rehearsal status=0
  rm -rf "$folder"
  install -d -m 700 -o clawmoor -g clawmoor "$folder"
  if on_postgres; then
    RUNTIME=$RELEASES/$1 DATA=$folder as_service "$RELEASES/$1/backend/dist/postgres-copy.mjs" aside "$RELEASES/$1/deploy/rehearse.mjs" || status=1
  else
    [[ ! -f $STATE/clawmoor.db ]] || copy_data "$RELEASES/$1" "$folder/clawmoor.db" || status=1
    ((status != 0)) || RUNTIME=$RELEASES/$1 DATA=$folder as_service "$RELEASES/$1/deploy/rehearse.mjs" || status=1
  fi
  rm -rf "$folder"
  return "$status"
}

on_postgres() { [[ -n $(env_get DATABASE_URL) ]]; }

# Once ours has stopped, nobody works with the data: a process on another machine would go on with what changes under it.
demand_alone() {
  on_postgres || return 0
  as_service "$CURRENT/backend/dist/postgres-copy.mjs" free && return
  systemctl start clawmoor
  die "another Clawmoor works with this database, and nothing was changed" "Stop it on the other machines: sudo systemctl stop clawmoor. Upgrade one after the other, then start all."
}

# A whole, checked copy of the data in use.
copy_data() { # RELEASE FILE
  if on_postgres; then
    as_service "$1/backend/dist/postgres-copy.mjs" dump "$2"
  else
    as_service "$1/deploy/database.mjs" snapshot "$STATE/clawmoor.db" "$2"
  fi
}

# Runs a script of a release as the service would: same user, same settings, same walls; here without a network, unless the
# data is on it.
as_service() { # SCRIPT WORDS..
  local script=$1
  shift
  systemd-run --quiet --wait --pipe --collect --service-type=exec --uid=clawmoor --gid=clawmoor \
    -p EnvironmentFile="$ENV_FILE" -p WorkingDirectory="$STATE" -p UMask=0077 -p PrivateNetwork="$(on_postgres && echo no || echo yes)" -p ProtectSystem=strict \
    -p ReadWritePaths="$STATE" -p ProtectHome=read-only -p PrivateTmp=yes -p NoNewPrivileges=yes -p CapabilityBoundingSet= \
    -- /usr/bin/env NODE_ENV=production DATA_DIR="${DATA:-$STATE}" "${RUNTIME:-$CURRENT}/runtime/bin/node" "$script" "$@"
}

# The database and nothing else: the process has ended, so its file is whole.
keep_data() { # FOLDER
  install -d -m 700 -o clawmoor -g clawmoor "$BEFORE" "$1" || return 1
  local file
  if on_postgres; then
    copy_data "$CURRENT" "$1/clawmoor.dump"
    return
  fi
  for file in "$STATE"/clawmoor.db "$STATE"/clawmoor.db-wal; do
    [[ ! -e $file ]] || cp --preserve=mode,ownership --reflink=auto "$file" "$1/" || return 1
  done
  sync -f "$1"
}

bring_back() { # FOLDER
  if on_postgres; then
    as_service "$CURRENT/backend/dist/postgres-copy.mjs" load "$1/clawmoor.dump"
    return
  fi
  rm -f "$STATE"/clawmoor.db "$STATE"/clawmoor.db-wal "$STATE"/clawmoor.db-shm
  local file
  for file in "$1"/clawmoor.db "$1"/clawmoor.db-wal; do
    [[ ! -e $file ]] || cp --preserve=mode,ownership "$file" "$STATE/"
  done
  sync -f "$STATE"
}

# Every start of a version is with the unit that this version brought.
switch_to() { # VERSION
  point "$CURRENT" "$RELEASES/$1"
  if ! cmp -s "$CURRENT/deploy/clawmoor.service" "$UNIT"; then install -m 644 "$CURRENT/deploy/clawmoor.service" "$UNIT"; fi
  systemctl daemon-reload
  # A version stopped between two of its crashes leaves their number behind, and the next one would be given up at once.
  systemctl reset-failed clawmoor 2>/dev/null || true
  systemctl start clawmoor || true # what it says is in the journal, and wait_healthy tells
}

# What was kept of a version's data, if it is still there and of the store that is in use.
kept_file() { # FOLDER
  local file
  file=$1/clawmoor.$(on_postgres && echo dump || echo db)
  [[ ! -f $file ]] || echo "$file"
}

migrations_of() { # FILE
  if on_postgres; then
    as_service "$CURRENT/backend/dist/postgres-copy.mjs" migrations "$1"
  else
    as_service "$CURRENT/deploy/database.mjs" migrations "$1"
  fi
}

migrations_now() {
  if on_postgres; then as_service "$CURRENT/backend/dist/postgres-copy.mjs" migrations; else migrations_of "$STATE/clawmoor.db"; fi
}

# All but the running version and the one before; all but the last copies of data.
forget_old() { # OLD NEW
  local folder
  for folder in "$RELEASES"/*; do
    [[ $(basename "$folder") == "$1" || $(basename "$folder") == "$2" ]] || rm -rf "$folder"
  done
  find "$BEFORE" -mindepth 1 -maxdepth 1 -type d | sort -r | tail -n +$((KEPT_COPIES + 1)) | xargs -r rm -rf
}
