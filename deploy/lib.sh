# shellcheck shell=bash disable=SC2034 # names are for those who source this
# What install.sh and clawmoorctl share: where things are, and the few moves that both make. Sourced, never run.

APP=/opt/clawmoor
RELEASES=$APP/releases
CURRENT=$APP/current   # -> releases/<version>: what runs
PREVIOUS=$APP/previous # -> releases/<version>: what ran before, for `clawmoorctl rollback`
ETC=/etc/clawmoor
ENV_FILE=$ETC/env
STATE=/var/lib/clawmoor # DATA_DIR; the encryption key is not in it
BEFORE=$STATE/before-upgrade
CACHE=/var/cache/clawmoor
UNIT=/etc/systemd/system/clawmoor.service
CTL=/usr/local/bin/clawmoorctl
CADDYFILE=/etc/caddy/Caddyfile
CADDY_SITE=/etc/caddy/clawmoor.caddy
LOCK=/run/clawmoor-deploy.lock

readonly HEALTHY_WITHIN_S=60
readonly GIVE_UP_AFTER_RESTARTS=3

say() { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# Says what is wrong and, as a second argument, what to do.
die() {
  printf 'error: %s\n' "$1" >&2
  [[ -z ${2:-} ]] || printf '       %s\n' "$2" >&2
  exit 1
}

need_root() { [[ $EUID == 0 ]] || die "this needs root" "Run it again with sudo."; }

# Two at once would each undo the other's work.
lock_deploy() {
  exec 9>"$LOCK"
  flock -n 9 || die "another install, upgrade or rollback is running" "Wait until it is done."
}

# The value of a variable in a KEY=VALUE file; empty when it is not there.
env_get() { # NAME [FILE]
  [[ -r ${2:-$ENV_FILE} ]] || return 0
  sed -n "s/^$1=//p" "${2:-$ENV_FILE}" | tail -n 1
}

version_of() { # a release's folder, or a link to it
  local version=''
  [[ ! -r $1/VERSION ]] || version=$(<"$1/VERSION")
  printf '%s' "$version"
}

# Every file is as it was packaged, the release is for this machine, and its version is a plain word.
check_release() { # FOLDER
  [[ -f $1/SHA256SUMS && -f $1/VERSION && -x $1/runtime/bin/node ]] ||
    die "$1 is not a release of Clawmoor" "Make one with: npm run package"
  [[ $(version_of "$1") =~ ^[0-9A-Za-z][0-9A-Za-z.+-]{0,40}$ ]] || die "the release in $1 has no usable version"
  [[ $(<"$1/ARCH") == "$(machine_arch)" ]] ||
    die "this release is for $(<"$1/ARCH"), and this machine is $(machine_arch)" "Take the other one, or make it with: npm run package -- --arch $(machine_arch)"
  (cd "$1" && sha256sum --check --quiet --strict SHA256SUMS) ||
    die "the release in $1 is damaged or was changed" "Fetch it again and compare the checksum that was printed when it was made."
}

machine_arch() {
  case $(uname -m) in
    x86_64) printf 'x64' ;;
    aarch64 | arm64) printf 'arm64' ;;
    *) uname -m ;;
  esac
}

# Unpacks a release beside the others; a half-made one is never under its final name.
put_release() { # FOLDER
  local version target
  version=$(version_of "$1")
  target=$RELEASES/$version
  [[ ! -d $target ]] || return 0
  rm -rf "$target.partial"
  install -d -m 755 "$RELEASES"
  cp -R --no-preserve=ownership,timestamps "$1" "$target.partial"
  chown -R root:root "$target.partial"
  chmod -R u=rwX,go=rX "$target.partial"
  sync -f "$target.partial"
  mv "$target.partial" "$target"
}

# A release as a folder: a tarball is unpacked into a folder of its own. Answers in $RELEASE_FOLDER.
open_release() { # TARBALL|FOLDER [SHA256]
  if [[ -d $1 ]]; then
    RELEASE_FOLDER=$(cd "$1" && pwd)
    return
  fi
  [[ -f $1 ]] || die "there is no file $1" "Give the clawmoor-….tar.gz that npm run package has made."
  if [[ -n ${2:-} ]]; then
    printf '%s  %s\n' "$2" "$1" | sha256sum --check --quiet - ||
      die "$1 does not have the checksum that you gave" "Fetch the file again."
  fi
  SCRATCH=$(mktemp -d /var/tmp/clawmoor-release.XXXXXX)
  tar -xzf "$1" -C "$SCRATCH" --no-same-owner || die "$1 cannot be unpacked" "Fetch the file again."
  RELEASE_FOLDER=$(echo "$SCRATCH"/clawmoor-*)
}

# Points a link at a release in one step: there is no moment without one.
point() { # LINK RELEASE
  ln -sfn "$2" "$1.new"
  mv -T "$1.new" "$1"
}

# The service answers, as the version that is wanted. One that falls over again and again is not waited for.
wait_healthy() { # VERSION
  local port deadline=$((SECONDS + HEALTHY_WITHIN_S))
  port=$(env_get PORT)
  while ((SECONDS < deadline)) && (($(systemctl show -p NRestarts --value clawmoor) < GIVE_UP_AFTER_RESTARTS)); do
    if "$CURRENT/runtime/bin/node" "$CURRENT/deploy/healthcheck.mjs" --port "${port:-3000}" --version "$1" 2>/dev/null; then return 0; fi
    sleep 0.5
  done
  return 1
}

# Why the service did not come up, in its own words.
last_words() { journalctl -u clawmoor -n 12 --no-pager -o cat 2>/dev/null | sed 's/^/  | /' >&2 || true; }
