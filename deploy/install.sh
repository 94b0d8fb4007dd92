#!/usr/bin/env bash
#
# install.sh - takes a fresh Debian or Ubuntu host and a domain to a running Clawmoor behind TLS.
#
#   sudo clawmoor-*/deploy/install.sh                        asks for what it must know
#   sudo clawmoor-*/deploy/install.sh --domain claw.example.org --super-admin 123456789 --token-file token.txt
#
#   --domain NAME        public host name; its DNS record must lead here
#   --token-file FILE    the bot's token from @BotFather; "-" reads one line of stdin. Or in $TELEGRAM_BOT_TOKEN. Never a flag: a
#                        command line can be read by everybody on the machine
#   --super-admin IDS    Telegram ids, by comma, of who sees backups, audit log and health of the installation
#   --release FILE       a release tarball; default: the release that this script is part of, or the checkout, built here
#   --sha256 SUM         what `npm run package` printed for it
#   --tls auto|internal  auto: a certificate from Let's Encrypt; internal: from Caddy's own authority, for a try on a private network
#   --port N             where Clawmoor listens on loopback, behind Caddy; default 3000
#   --dry-run            says what it would change, and changes nothing
#   --uninstall          removes the program and keeps the data and the secrets; with --purge removes those, too
#   --yes                does not ask before --purge
#
# It can be run again at any time: it changes only what is not yet so. Upgrades: clawmoorctl upgrade.

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=deploy/lib.sh
. "$HERE/lib.sh"

DOMAIN='' TOKEN_FILE='' SUPER_ADMINS='' RELEASE='' SHA256='' TLS='' PORT=''
DRY='' UNINSTALL='' PURGE='' YES='' CHANGES=0 RELEASE_FOLDER='' SCRATCH=''
WROTE='' RESTART='' RELOAD_CADDY=''
trap '[[ -z $SCRATCH ]] || rm -rf "$SCRATCH"' EXIT

main() {
  read_flags "$@"
  need_root
  check_machine
  lock_deploy
  if [[ -n $UNINSTALL ]]; then
    uninstall
    return
  fi
  read_settings
  find_release
  refuse_other_version
  install_packages
  make_user
  install_release
  write_settings
  write_service
  write_proxy
  start_everything
  report
}

read_flags() {
  while (($# > 0)); do
    case $1 in
      --domain | --token-file | --super-admin | --release | --sha256 | --tls | --port)
        (($# > 1)) || die "$1 needs a value"
        ;;&
      --domain) DOMAIN=$2 && shift ;;
      --token-file) TOKEN_FILE=$2 && shift ;;
      --super-admin) SUPER_ADMINS=$2 && shift ;;
      --release) RELEASE=$2 && shift ;;
      --sha256) SHA256=$2 && shift ;;
      --tls) TLS=$2 && shift ;;
      --port) PORT=$2 && shift ;;
      --dry-run) DRY=yes ;;
      --uninstall) UNINSTALL=yes ;;
      --purge) PURGE=yes ;;
      --yes) YES=yes ;;
      --help | -h) sed -n '3,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit ;;
      *) die "there is no flag $1" "See: $0 --help" ;;
    esac
    shift
  done
  [[ -z $PURGE || -n $UNINSTALL ]] || die "--purge goes with --uninstall"
}

# --- checks: nothing is changed before all of them have passed -----------------------------------

check_machine() {
  [[ -d /run/systemd/system ]] || die "this machine does not run systemd" "Use the container instead: see deploy/README.md"
  grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release || die "this is neither Debian nor Ubuntu" "Use the container instead: see deploy/README.md"
  [[ $(machine_arch) =~ ^(x64|arm64)$ ]] || die "Clawmoor runs on x86_64 and arm64, not on $(uname -m)"
  [[ -n $UNINSTALL ]] && return
  local free_mb
  free_mb=$(df -Pm /opt | awk 'NR == 2 { print $4 }')
  ((free_mb >= 1024)) || die "/opt has $free_mb MB free; 1024 MB are needed" "Make room, then run this again."
  check_ports
}

# 80 and 443 are free, or Caddy's already.
check_ports() {
  local port holder
  command -v ss >/dev/null || return 0
  for port in 80 443; do
    holder=$(ss -Hltnp "sport = :$port" | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | head -n 1)
    [[ -z $holder || $holder == caddy ]] ||
      die "port $port is taken by $holder" "Clawmoor's Caddy needs 80 and 443. Stop $holder, or use the container behind it: see deploy/README.md"
  done
}

# --- settings: a flag, else what is installed already, else a question ---------------------------

read_settings() {
  DOMAIN=$(or_ask "${DOMAIN:-$(env_get APP_DOMAIN)}" 'Domain (its DNS record leads to this machine): ' --domain)
  [[ $DOMAIN =~ ^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$ ]] || die "'$DOMAIN' is not a domain" "Give a host name without https://, such as claw.example.org"
  read_token
  SUPER_ADMINS=$(or_ask "${SUPER_ADMINS:-$(env_get SUPER_ADMIN_IDS)}" 'Your Telegram id (a number; @userinfobot tells it): ' --super-admin)
  [[ $SUPER_ADMINS =~ ^[0-9]+(,[0-9]+)*$ ]] || die "'$SUPER_ADMINS' is not a list of Telegram ids" "Give numbers, by comma."
  PORT=${PORT:-$(env_get PORT)}
  PORT=${PORT:-3000}
  [[ $PORT =~ ^[1-9][0-9]{3,4}$ ]] || die "--port must be from 1024 to 65535"
  ((PORT >= 1024 && PORT <= 65535)) || die "--port must be from 1024 to 65535"
  if [[ -z $TLS ]]; then
    TLS=auto
    ! grep -qs 'tls internal' "$CADDY_SITE" || TLS=internal
  fi
  [[ $TLS == auto || $TLS == internal ]] || die "--tls is auto or internal"
  [[ $TLS == internal ]] || getent hosts "$DOMAIN" >/dev/null || warn "$DOMAIN has no address yet; without one there is no certificate"
}

# Into $TOKEN, by a way that no other user can see.
read_token() {
  if [[ $TOKEN_FILE == - ]]; then
    IFS= read -r TOKEN || true
  elif [[ -n $TOKEN_FILE ]]; then
    TOKEN=$(<"$TOKEN_FILE")
  else
    TOKEN=${TELEGRAM_BOT_TOKEN:-$(env_get TELEGRAM_BOT_TOKEN)}
  fi
  if [[ -z ${TOKEN:-} && -t 0 ]]; then
    read -rsp 'Token of the bot, from @BotFather (not shown): ' TOKEN
    echo
  fi
  [[ ${TOKEN:-} =~ ^[0-9]+:[A-Za-z0-9_-]{20,}$ ]] || die "there is no bot token, or it does not look like one (123456:ABC…)" "Give it with --token-file or in TELEGRAM_BOT_TOKEN."
}

or_ask() { # VALUE QUESTION FLAG
  local answer=$1
  if [[ -z $answer && -t 0 ]]; then read -rp "$2" answer; fi
  [[ -n $answer ]] || die "$3 is missing, and there is nobody to ask"
  printf '%s' "$answer"
}

find_release() {
  if [[ -n $RELEASE ]]; then
    open_release "$RELEASE" "$SHA256"
  elif [[ -f $HERE/../SHA256SUMS ]]; then
    RELEASE_FOLDER=$(cd "$HERE/.." && pwd)
  elif [[ -n $(version_of "$CURRENT") && $(version_of "$CURRENT") == "$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$HERE/../package.json")" ]]; then
    RELEASE_FOLDER=$(readlink -f "$CURRENT") # this checkout's version is there; it is not built again
  else
    [[ -z $DRY ]] || die "--dry-run needs a release: a checkout would have to be built first" "Build it with: npm run package, and give --release FILE"
    # shellcheck source=deploy/build.sh
    . "$HERE/build.sh"
    build_release "$(cd "$HERE/.." && pwd)"
  fi
  check_release "$RELEASE_FOLDER"
}

refuse_other_version() {
  local installed wanted
  installed=$(version_of "$CURRENT")
  wanted=$(version_of "$RELEASE_FOLDER")
  [[ -z $installed || $installed == "$wanted" ]] ||
    die "version $installed is installed, and this is $wanted" "Upgrade, with a backup and a way back: clawmoorctl upgrade ${RELEASE:-$RELEASE_FOLDER}"
}

# --- changes: each looks first, and says what it does --------------------------------------------

change() { # TEXT COMMAND..
  local text=$1
  shift
  CHANGES=$((CHANGES + 1))
  if [[ -n $DRY ]]; then
    say "would: $text"
    return
  fi
  say "$text"
  "$@"
}

# Makes a file be what stdin says; $WROTE tells whether it was not. No status: inside an `if`, bash would not stop at a failure.
ensure_file() { # PATH MODE OWNER TEXT
  local wanted found=''
  WROTE=''
  wanted=$(cat && printf .)
  [[ ! -f $1 ]] || found=$(cat "$1" && printf .)
  if [[ $found == "$wanted" && $(stat -c '%a %U:%G' "$1") == "$2 $3" ]]; then return; fi
  WROTE=yes
  change "$4" write_file "$1" "$2" "$3" "${wanted%.}"
}

write_file() { # PATH MODE OWNER CONTENT
  install -m 600 /dev/null "$1.new"
  printf '%s' "$4" >"$1.new"
  chown "$3" "$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
}

install_packages() {
  local missing=() name
  for name in caddy ca-certificates openssl; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
  done
  ((${#missing[@]} == 0)) || change "install from this system's archive: ${missing[*]}" apt_install "${missing[@]}"
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq -o Acquire::Retries=3 || die "apt-get update failed" "Check this machine's way out and its /etc/apt."
  apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 "$@" >/dev/null ||
    die "$* could not be installed" "Caddy is in Debian 12 and Ubuntu 24.04 (universe), and newer."
}

make_user() {
  id clawmoor >/dev/null 2>&1 ||
    change "make the user clawmoor, who cannot log in" useradd --system --user-group --home-dir "$STATE" --no-create-home --shell /usr/sbin/nologin clawmoor
}

install_release() {
  local version
  version=$(version_of "$RELEASE_FOLDER")
  [[ -d $RELEASES/$version ]] || change "put version $version into $RELEASES" put_release "$RELEASE_FOLDER"
  [[ -L $CURRENT ]] || change "make it the current one" point "$CURRENT" "$RELEASES/$version"
  [[ $(readlink "$CTL" 2>/dev/null) == "$CURRENT/deploy/clawmoorctl" ]] || change "link $CTL" ln -sfn "$CURRENT/deploy/clawmoorctl" "$CTL"
}

# What is in the file stays, secrets above all: a new encryption key could not read what the old one has sealed.
write_settings() {
  local text
  [[ -d $ETC ]] || change "make $ETC" install -d -m 700 "$ETC"
  text=$([[ ! -f $ENV_FILE ]] || cat "$ENV_FILE")
  [[ -n $text ]] || text='# Settings of Clawmoor: docs/guides/deploy.md. Keep a copy of ENCRYPTION_KEY elsewhere: without it a backup cannot be read.'
  put APP_DOMAIN "$DOMAIN"
  put TELEGRAM_BOT_TOKEN "$TOKEN"
  put SUPER_ADMIN_IDS "$SUPER_ADMINS"
  put HOST 127.0.0.1
  put PORT "$PORT"
  put TRUST_PROXY loopback
  put DATA_DIR "$STATE"
  [[ $'\n'$text == *$'\n'JWT_SECRET=?* ]] || put JWT_SECRET "$(random_bytes 48)"
  [[ $'\n'$text == *$'\n'ENCRYPTION_KEY=?* ]] || put ENCRYPTION_KEY "k1:$(random_bytes 32)"
  ensure_file "$ENV_FILE" 600 root:root "write $ENV_FILE (secrets are made once; only root can read it)" <<<"$text"
  RESTART+=$WROTE
}

random_bytes() { head -c "$1" /dev/urandom | base64 -w 0; }

# Sets NAME=VALUE in $text, in its place or at the end.
put() { # NAME VALUE
  local line lines='' found=''
  while IFS= read -r line; do
    if [[ $line == "$1="* ]]; then
      line="$1=$2"
      found=yes
    fi
    lines+=$line$'\n'
  done <<<"$text"
  [[ -n $found ]] || lines+="$1=$2"$'\n'
  text=${lines%$'\n'}
}

write_service() {
  ensure_file "$UNIT" 644 root:root "write the service clawmoor" <"$RELEASE_FOLDER/deploy/clawmoor.service"
  RESTART+=$WROTE
}

write_proxy() {
  local tls=''
  [[ $TLS == auto ]] || tls='tls internal'
  ensure_file "$CADDY_SITE" 644 root:root "let Caddy serve $DOMAIN" < <(
    sed -e "s/@DOMAIN@/$DOMAIN/" -e "s/@PORT@/$PORT/" -e "/@TLS@/{s/@TLS@/$tls/;/^[[:space:]]*\$/d}" "$RELEASE_FOLDER/deploy/clawmoor.caddy"
  )
  RELOAD_CADDY+=$WROTE
  grep -qsF "import $CADDY_SITE" "$CADDYFILE" || {
    change "import it in $CADDYFILE" import_site
    RELOAD_CADDY=yes
  }
}

# Debian's own example, which serves a welcome page on port 80, gives way; what a person wrote stays.
import_site() {
  local packaged
  packaged=$(dpkg-query -W -f '${Conffiles}\n' caddy | awk -v file="$CADDYFILE" '$1 == file { print $2 }')
  if [[ -f $CADDYFILE && $(md5sum <"$CADDYFILE" | cut -d ' ' -f 1) == "$packaged" ]]; then
    cp "$CADDYFILE" "$CADDYFILE.before-clawmoor"
    : >"$CADDYFILE"
  fi
  printf 'import %s\n' "$CADDY_SITE" >>"$CADDYFILE"
  caddy validate --config "$CADDYFILE" >/dev/null 2>&1 || die "Caddy does not take its configuration" "See: caddy validate --config $CADDYFILE"
}

start_everything() {
  systemctl is-enabled --quiet clawmoor 2>/dev/null || change "start clawmoor at every boot" systemctl enable --quiet clawmoor
  if [[ -n $RESTART ]] || ! systemctl is-active --quiet clawmoor; then change "start clawmoor" restart_service; fi
  if [[ -n $RELOAD_CADDY ]] || ! systemctl is-active --quiet caddy; then
    change "start Caddy" systemctl reload-or-restart caddy
    systemctl is-enabled --quiet caddy 2>/dev/null || change "start Caddy at every boot" systemctl enable --quiet caddy
  fi
}

restart_service() {
  systemctl daemon-reload
  systemctl restart clawmoor
  wait_healthy "$(version_of "$CURRENT")" && return
  last_words
  die "clawmoor does not answer" "Its own words are above. Correct $ENV_FILE, then run this again."
}

report() {
  if [[ -n $DRY ]]; then
    say "$CHANGES changes would be made; none was."
  elif ((CHANGES == 0)); then
    say "Nothing to change: version $(version_of "$CURRENT") runs at https://$DOMAIN"
  else
    say "Clawmoor $(version_of "$CURRENT") runs at https://$DOMAIN"
    say "Next: clawmoorctl doctor  says what is left to click in @BotFather."
  fi
}

uninstall() {
  if [[ -n $PURGE && -z $YES && -z $DRY ]]; then
    local answer
    read -rp "This removes all data and the key that opens the backups. Type 'purge' to go on: " answer
    [[ $answer == purge ]] || die "nothing was removed"
  fi
  [[ ! -f $UNIT ]] || change "stop and remove the service" remove_service
  [[ ! -f $CADDY_SITE ]] || change "take the site from Caddy (Caddy itself stays)" remove_site
  [[ ! -d $APP && ! -L $CTL ]] || change "remove $APP" rm -rf "$APP" "$CTL" "$CACHE"
  if [[ -n $PURGE ]]; then
    [[ ! -d $ETC && ! -d $STATE ]] || change "remove $STATE and $ETC" rm -rf "$STATE" "$ETC"
    ! id clawmoor >/dev/null 2>&1 || change "remove the user clawmoor" userdel clawmoor
  else
    say "Kept: $STATE (data) and $ETC (secrets). The same installer takes them up again; --uninstall --purge removes them."
  fi
}

remove_service() {
  systemctl disable --quiet --now clawmoor
  rm -f "$UNIT"
  systemctl daemon-reload
}

remove_site() {
  sed -i "\|^import $CADDY_SITE\$|d" "$CADDYFILE"
  rm -f "$CADDY_SITE"
  [[ -s $CADDYFILE || ! -f $CADDYFILE.before-clawmoor ]] || mv "$CADDYFILE.before-clawmoor" "$CADDYFILE"
  systemctl reload-or-restart caddy || warn "Caddy did not take its configuration: systemctl status caddy"
}

main "$@"
