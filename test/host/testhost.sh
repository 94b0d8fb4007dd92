#!/usr/bin/env bash
#
# testhost.sh - disposable Debian servers for the test suites, made on this machine.
#
# A test host is a systemd-nspawn container that boots Debian's own systemd as PID 1 over an overlay of one cached
# image: real sshd, sudo, journald, logind, user units, linger, reboot, an address of its own.
#
#   testhost.sh build                   make the image when it is missing or outdated
#   testhost.sh up NAME [SAVED]         start a host, prints its address; a new one begins with the disk SAVED
#   testhost.sh ssh NAME [CMD..]        run CMD as $TESTHOST_USER
#   testhost.sh list                    name, address, state and host key of each
#   testhost.sh wait NAME               until a user can log in, for instance after a reboot
#   testhost.sh down NAME|--all|--dead  stop and remove; --dead: those whose test process (p<PID>-..) is gone
#   testhost.sh save NAME SAVED         like down, but the disk stays under that name
#   testhost.sh saved SAVED             is there such a disk?
#   testhost.sh forget SAVED            remove it
#   testhost.sh purge                   down --all; remove images, saved disks, caches and keys
#   testhost.sh fault NAME KIND [N]     unplug     cable out
#                                       blackhole  packets vanish, connecting gets no answer
#                                       loss PCT   drop that part of the packets
#                                       rate KB    at most so many kB/s, each way
#                                       freeze     processes stop, the network still answers
#                                       crash      dies at once; `up NAME` boots it again from its own disk
#                                       none       undo all of these but crash
#
# In every host: root (key only, as on a stock server), `admin` (sudo without a password), `sudopw` (sudo asks) and
# `nosudo`. Their password is in $TESTHOST_DIR/password, their key in $TESTHOST_DIR/id_ed25519; both are made on this
# machine. npm's download cache of each user lies in $TESTHOST_DIR/npm-cache and outlives the host: the same tarball is
# fetched once, what npm makes of it is made anew in each host.
#
# Runs as root, on Debian or Ubuntu. Quiet when all is well, else a message on stderr and a non-zero status.

set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

# --- settings (each can be given in the environment) --------------------------

TESTHOST_DIR=${TESTHOST_DIR:-/var/tmp/clawmoor-testhost} # image, key and hosts live here
TESTHOST_SUITE=${TESTHOST_SUITE:-}                 # release; default: the one this machine runs
TESTHOST_PACKAGES=${TESTHOST_PACKAGES:-}           # more packages for the image
TESTHOST_USER=${TESTHOST_USER:-admin}              # who `ssh` logs in as
TESTHOST_SUBNET=${TESTHOST_SUBNET:-10.214.61}      # first three octets of the /24 of the hosts
TESTHOST_BRIDGE=${TESTHOST_BRIDGE:-clawmoor0}      # bridge that joins them (15 characters at most)
TESTHOST_NET=${TESTHOST_NET:-nat}                  # nat: hosts reach what this machine reaches; none: only this machine
TESTHOST_DISK=${TESTHOST_DISK:-}                   # e.g. 400M: small disk (in RAM) that a test can fill
TESTHOST_TIMEOUT=${TESTHOST_TIMEOUT:-60}           # seconds `up` waits for a first login

BASE_PACKAGES=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,openssh-server,sudo,ca-certificates,procps,iproute2
CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt # where Debian keeps it

# --- names derived from them --------------------------------------------------

SUITE=${TESTHOST_SUITE:-$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)}
IMAGE=$TESTHOST_DIR/image-$SUITE
KEY=$TESTHOST_DIR/id_ed25519
PASSWORD=$TESTHOST_DIR/password
NPM_CACHE=$TESTHOST_DIR/npm-cache
GUESTS=$TESTHOST_DIR/guests
NETWORK=$TESTHOST_DIR/network
SAVED=$TESTHOST_DIR/saved-$SUITE # disks; each depends on the image it was made from
GATEWAY=$TESTHOST_SUBNET.1
TABLE=$TESTHOST_BRIDGE # nftables table

# --- small helpers ------------------------------------------------------------

EXPLAINED=''  # set once the reason for a failure is on stderr
UNFINISHED='' # the host that `up` is making

die() {
  printf 'testhost: %s\n' "$*" >&2
  EXPLAINED=yes
  exit 1
}

# At every exit: no half-made host stays, and no failure goes unsaid.
finish() {
  local status=$?
  if [[ -n $UNFINISHED ]]; then
    unlock
    cmd_down "$UNFINISHED"
  fi
  if [[ $status != 0 && -z $EXPLAINED ]]; then
    printf 'testhost: failed with status %s; to see where: bash -x %s\n' "$status" "$0" >&2
  fi
}

need_tools() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  ((${#missing[@]} == 0)) || die "missing: ${missing[*]}; as root, npm test installs them"
}

check_name() {
  [[ ${1:-} =~ ^[a-z][a-z0-9-]{0,30}$ ]] ||
    die "a name is 1 to 31 lower-case letters, digits and dashes, a letter first"
}

# Serialises what must not run twice at once.  The lock ends with `unlock` or
# with this process; what stays running must not inherit it (see `boot`).
lock() {
  # For root only: it holds a private key and set-user-id programs.
  [[ -d $TESTHOST_DIR ]] || install -d -m 700 "$TESTHOST_DIR"
  mkdir -p "$GUESTS"
  exec {LOCK}>"$TESTHOST_DIR/lock"
  flock "$LOCK"
}
unlock() { exec {LOCK}>&-; }

# What `up` wrote about a host: ADDRESS, LINK, NETNS, PID (of its supervisor).
load() {
  ADDRESS='' LINK='' NETNS='' PID=''
  [[ -f $GUESTS/$1/state ]] || return 1
  # shellcheck source=/dev/null
  . "$GUESTS/$1/state"
}
note() { printf '%s=%q\n' "$2" "$3" >>"$GUESTS/$1/state"; }

running() {
  load "$1" && [[ -n $PID ]] && grep -qszxF "$GUESTS/$1" "/proc/$PID/cmdline"
}

must_run() {
  check_name "${1:-}"
  running "$1" || die "$1 is not up"
}

# PID 1 of a host, as seen from here (another one after each reboot of it).
init_pid() {
  local nspawn
  nspawn=$(pgrep -P "$PID" -x systemd-nspawn) && pgrep -P "$nspawn"
}

guest_ssh() { # NAME USER [CMD..]
  local name=$1 user=$2
  shift 2
  ssh -i "$KEY" -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
    -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$GUESTS/$name/known_hosts" \
    -o GlobalKnownHostsFile=/dev/null -o ConnectTimeout=5 -o LogLevel=ERROR -F none \
    "$user@$ADDRESS" "$@"
}

# --- image ----------------------------------------------------------------------

# The host's own apt sources for SUITE, as one-line "deb" entries; other
# archives that the host may have (Docker, NodeSource..) are left out.
apt_sources() {
  local host_suite
  host_suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  # shellcheck disable=SC2016 # apt's placeholders, not the shell's
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
    while read -r uri release component; do
      [[ $component =~ ^(main|universe)$ ]] || continue
      [[ $release =~ ^$host_suite(-updates|-security)?$ ]] || continue
      printf 'deb %s %s %s\n' "$uri" "${release/#$host_suite/$SUITE}" "$component"
    done | sort -u
}

# The host's own apt settings on how to reach its archives (proxy, dates..).
apt_options() {
  apt-config dump --format '%f "%v";%n' |
    grep -E '^Acquire::(https?|Check-Date|Check-Valid-Until|ForceIPv[46]|Retries)[: ]' |
    grep -v '""' || true
}

# The host's npm settings on how to reach its registry, where they are not
# npm's defaults; no tokens.
npm_options() {
  local get=(npm config get registry cafile proxy https-proxy noproxy strict-ssl)
  command -v npm >/dev/null || return 0
  "${get[@]}" 2>/dev/null | grep -vxFf <(
    env -i PATH="$PATH" "${get[@]}" --userconfig=/nonexistent/user --globalconfig=/nonexistent/global 2>/dev/null
  ) || true
}

# The host's environment on how to reach the network.
net_environment() {
  local name
  for name in {http,https,no}_proxy {HTTP,HTTPS,NO}_PROXY; do
    [[ -z ${!name:-} ]] || printf '%s=%s\n' "$name" "${!name}"
  done
  [[ -z ${NODE_EXTRA_CA_CERTS:-} ]] || printf 'NODE_EXTRA_CA_CERTS=%s\n' "$CA_BUNDLE"
}

# Everything that decides what is in the image: when it changes, `build` rebuilds.
image_stamp() {
  {
    printf '%s\n' "$SUITE" "$BASE_PACKAGES" "$TESTHOST_PACKAGES"
    apt_sources
    apt_options
    npm_options
    net_environment
    cat "$KEY.pub" "$PASSWORD" /usr/local/share/ca-certificates/*.crt 2>/dev/null || true
    declare -f configure_image
  } | sha256sum
}

configure_image() { # ROOT
  local root=$1 user file

  # The way out is this machine's: its extra CA certificates (installed below
  # the same path as here), proxies and npm registry.
  for file in /usr/local/share/ca-certificates/*.crt; do
    if [[ -e $file ]]; then install -m 644 "$file" "$root/usr/local/share/ca-certificates/"; fi
  done
  chroot "$root" update-ca-certificates
  net_environment >"$root/etc/environment"
  install -D -m 644 "$root/etc/environment" "$root/etc/environment.d/50-testhost.conf" # for user units
  # In each home, as what npm reads besides depends on where npm is installed.
  npm_options | tee "$root/etc/skel/.npmrc" >"$root/root/.npmrc"
  find "$root/etc/skel/.npmrc" "$root/root/.npmrc" -empty -delete

  # Users: see the head of this file.
  for user in admin sudopw nosudo; do
    chroot "$root" useradd --create-home --shell /bin/bash "$user"
    chroot "$root" install -d -m 700 -o "$user" -g "$user" "/home/$user/.ssh"
    install -m 600 "$KEY.pub" "$root/home/$user/.ssh/authorized_keys"
    chroot "$root" chown "$user:$user" "/home/$user/.ssh/authorized_keys"
    chroot "$root" install -d -o "$user" -g "$user" "/home/$user/.npm" "/home/$user/.npm/_cacache"
  done
  install -d -m 700 "$root/root/.ssh" "$root/root/.npm/_cacache"
  install -m 600 "$KEY.pub" "$root/root/.ssh/authorized_keys"
  for user in root admin sudopw nosudo; do printf '%s:%s\n' "$user" "$(<"$PASSWORD")"; done |
    chroot "$root" chpasswd
  chroot "$root" usermod --append --groups sudo sudopw
  printf 'admin ALL=(ALL:ALL) NOPASSWD:ALL\n' >"$root/etc/sudoers.d/admin"
  chmod 440 "$root/etc/sudoers.d/admin"

  # What makes a host itself is written by `up`, for each one anew.
  rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname" "$root/etc/resolv.conf"
  : >"$root/etc/machine-id"
  install -d "$root/var/log/journal" # keep the journal across reboots
  ln -sf /dev/null "$root/etc/systemd/system/console-getty.service"
}

cmd_build() {
  need_tools mmdebstrap apt-get apt-config ssh-keygen sha256sum
  lock
  [[ -f $KEY ]] || ssh-keygen -q -t ed25519 -N '' -C testhost -f "$KEY"
  [[ -s $PASSWORD ]] || (umask 077 && head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$PASSWORD")
  local stamp sources=() options=() line
  stamp=$(image_stamp)
  if [[ -f $IMAGE.stamp && $(<"$IMAGE.stamp") == "$stamp" ]]; then
    unlock
    return 0
  fi
  if grep -qE "[=:]$IMAGE," /proc/mounts; then
    die "the image is outdated, but hosts use it; run first: $0 down --all"
  fi

  mapfile -t sources < <(apt_sources)
  ((${#sources[@]} > 0)) || die "apt on this machine has no source for the release '$SUITE'"
  while read -r line; do options+=(--aptopt="$line"); done < <(apt_options)

  rm -rf --one-file-system "$IMAGE" "$IMAGE.new" "$IMAGE.stamp" "$SAVED"
  if ! {
    # unsafe-io: nobody mourns a disposable disk, so dpkg need not sync it.
    TMPDIR=$TESTHOST_DIR mmdebstrap --variant=minbase --dpkgopt=force-unsafe-io "${options[@]}" \
      --include="$BASE_PACKAGES${TESTHOST_PACKAGES:+,${TESTHOST_PACKAGES// /,}}" \
      "$SUITE" "$IMAGE.new" "${sources[@]}" && configure_image "$IMAGE.new"
  } >"$TESTHOST_DIR/build.log" 2>&1; then
    tail -n 20 "$TESTHOST_DIR/build.log" >&2
    die "the build failed; all of its output: $TESTHOST_DIR/build.log"
  fi
  mv "$IMAGE.new" "$IMAGE"
  printf '%s\n' "$stamp" >"$IMAGE.stamp"
  unlock
}

# --- network --------------------------------------------------------------------

# The interface that leads out of this machine, if any.
uplink() { ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1; }

# Hardware addresses follow from IP addresses: with random ones (a bridge takes
# that of a port, even) caches of neighbours go stale and packets get lost.
mac() { # ADDRESS
  local bytes
  IFS=. read -ra bytes <<<"$1"
  printf '02:74:%02x:%02x:%02x:%02x' "${bytes[@]}"
}

forwarding() { printf '/proc/sys/net/ipv4/conf/%s/forwarding' "$1"; }

# Names of links and namespaces follow from the bridge's, so nobody else may
# use that: hosts of another TESTHOST_DIR need another bridge and subnet.
bridge_owner() { cat "/sys/class/net/$TESTHOST_BRIDGE/ifalias" 2>/dev/null; }

check_bridge() {
  local owner
  owner=$(bridge_owner) || return 0 # there is none
  [[ $owner == "$TESTHOST_DIR" || (-z $owner && -e $NETWORK) ]] ||
    die "$TESTHOST_BRIDGE is there, for ${owner:-something else}; set TESTHOST_BRIDGE and TESTHOST_SUBNET"
}

# What the hosts share: the bridge and the way out.  $NETWORK is there while it
# is, and holds what network_down must know.
network_up() {
  local out
  if [[ -e $NETWORK/complete && -e /sys/class/net/$TESTHOST_BRIDGE ]]; then return 0; fi
  network_down # a half-made one, or from before this machine's last boot
  mkdir "$NETWORK"
  mountpoint -q /run/netns || : >"$NETWORK/netns-mount" # `ip netns add` mounts it
  ip link add "$TESTHOST_BRIDGE" address "$(mac "$GATEWAY")" type bridge
  ip link set "$TESTHOST_BRIDGE" alias "$TESTHOST_DIR"
  ip addr add "$GATEWAY/24" dev "$TESTHOST_BRIDGE"
  ip link set "$TESTHOST_BRIDGE" up
  # Faults are rules in these chains: see cmd_fault.
  nft -f - <<EOF
table bridge $TABLE {
  chain out { type filter hook prerouting priority -300; }
  chain in { type filter hook postrouting priority -300; }
}
EOF

  out=$(uplink)
  if [[ $TESTHOST_NET == nat && -n $out ]]; then
    cat "$(forwarding "$out")" >"$NETWORK/forwarding.$out"
    echo 1 >"$(forwarding "$out")"
    echo 1 >"$(forwarding "$TESTHOST_BRIDGE")"
    nft -f - <<EOF
table ip $TABLE {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr $TESTHOST_SUBNET.0/24 ip daddr != $TESTHOST_SUBNET.0/24 masquerade
  }
  chain forward {
    type filter hook forward priority filter;
    oifname "$TESTHOST_BRIDGE" ct state established,related accept
    oifname "$TESTHOST_BRIDGE" iifname != "$TESTHOST_BRIDGE" drop
  }
}
EOF
  fi
  : >"$NETWORK/complete"
}

network_down() {
  local file
  [[ -e $NETWORK || $(bridge_owner) == "$TESTHOST_DIR" ]] || return 0
  nft delete table ip "$TABLE" 2>/dev/null || true
  nft delete table bridge "$TABLE" 2>/dev/null || true
  ip link del "$TESTHOST_BRIDGE" 2>/dev/null || true
  for file in "$NETWORK"/forwarding.*; do
    if [[ -s $file ]]; then cat "$file" >"$(forwarding "${file##*/forwarding.}")" || true; fi
  done
  if [[ -e $NETWORK/netns-mount && -d /run/netns && -z $(ls -A /run/netns) ]]; then
    umount /run/netns 2>/dev/null || true
  fi
  rm -rf "$NETWORK"
}

# The lowest address that no other host has.
free_address() {
  local octet
  for ((octet = 10; octet < 250; octet++)); do
    grep -qsxF "ADDRESS=$TESTHOST_SUBNET.$octet" "$GUESTS"/*/state || {
      printf '%s.%s' "$TESTHOST_SUBNET" "$octet"
      return
    }
  done
  die "no free address in $TESTHOST_SUBNET.0/24"
}

# A network namespace whose eth0 is ready before the host boots, as on a cloud
# server; it outlives reboots of the host.
link_up() {
  ip netns add "$NETNS"
  ip link add "$LINK" type veth peer name eth0 address "$(mac "$ADDRESS")" netns "$NETNS"
  ip link set "$LINK" master "$TESTHOST_BRIDGE" up
  ip -n "$NETNS" link set lo up
  ip -n "$NETNS" addr add "$ADDRESS/24" dev eth0
  ip -n "$NETNS" link set eth0 up
  ip -n "$NETNS" route add default via "$GATEWAY"
}

link_down() {
  ip link del "$LINK" 2>/dev/null || true
  ip netns del "$NETNS" 2>/dev/null || true
}

# --- disk, identity, boot -------------------------------------------------------

disk_up() { # NAME [SAVED]
  local disk=$GUESTS/$1/disk layers=$IMAGE
  [[ -z ${2:-} ]] || layers=$(<"$SAVED/$2/layers")
  mkdir -p "$disk" "$GUESTS/$1/root"
  printf '%s' "$layers" >"$GUESTS/$1/layers"
  if [[ -n $TESTHOST_DISK ]]; then
    mount -t tmpfs -o "size=$TESTHOST_DISK,mode=755" testhost "$disk"
  fi
  mkdir -p "$disk/upper" "$disk/work"
  mount -t overlay -o "lowerdir=$layers,upperdir=$disk/upper,workdir=$disk/work" testhost "$GUESTS/$1/root"
}

disk_down() { # NAME
  local dir
  for dir in root disk; do
    while mountpoint -q "$GUESTS/$1/$dir" 2>/dev/null; do
      umount "$GUESTS/$1/$dir" 2>/dev/null || umount --lazy "$GUESTS/$1/$dir"
    done
  done
}

# Host keys, machine id, name and resolver: new for each host.
personalise() { # NAME
  local name=$1 root=$GUESTS/$1/root resolv=/etc/resolv.conf type
  printf '%s\n' "$name" >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost\n' "$name" >"$root/etc/hosts"
  tr -d '-' </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
  # A resolver on this machine's loopback is of no use to a host.
  if grep -qE '^nameserver[[:space:]]+127\.' "$resolv" && [[ -e /run/systemd/resolve/resolv.conf ]]; then
    resolv=/run/systemd/resolve/resolv.conf
  fi
  cp -L "$resolv" "$root/etc/resolv.conf"
  rm -f "$root"/etc/ssh/ssh_host_*
  for type in ed25519 ecdsa; do # an RSA key takes a second or more
    ssh-keygen -q -t "$type" -N '' -C "root@$name" -f "$root/etc/ssh/ssh_host_${type}_key"
  done
  sed "s/^/$ADDRESS /" "$root"/etc/ssh/ssh_host_*_key.pub >"$GUESTS/$name/known_hosts"
}

# The hierarchies in which systemd-nspawn makes control groups: cgroup2, and
# v1's name=systemd where there is one.  Each host gets a group of its own in
# them, below the one this script runs in, so limits set on that still count.
cgroups_of_host() {
  local mount own
  awk '$3 == "cgroup2" { print $2, "0:" }
       $3 == "cgroup" && $4 ~ /(^|,)name=systemd(,|$)/ { print $2, "[0-9]*:name=systemd" }' /proc/mounts |
    while read -r mount own; do
      own=$(sed -n "s/^$own://p" /proc/self/cgroup)
      printf '%s\n' "$mount${own%/}/$NETNS"
    done
}

# systemd-nspawn --keep-unit leaves rebooting to who started it: it ends with
# 133 then, and is to be started again.  $1 is the host's directory.
# shellcheck disable=SC2016 # a script of its own
SUPERVISOR='
  while status=0; systemd-nspawn "${@:2}" || status=$?; [[ $status == 133 && ! -e $1/stopping ]]; do
    echo "testhost: reboot"
  done'

# One --bind per user. The owner is the user of the image, as guests have no user namespace of their own.
npm_cache_binds() { # NAME
  local user home
  for user in root admin sudopw nosudo; do
    home=/home/$user
    [[ $user != root ]] || home=/root
    install -d -o "$(stat -c %u "$IMAGE$home")" -g "$(stat -c %g "$IMAGE$home")" "$NPM_CACHE/$user"
    printf '%s\n' "--bind=$NPM_CACHE/$user:$home/.npm/_cacache"
  done
}

boot() { # NAME
  local name=$1 dir=$GUESTS/$1 group groups=() binds=() fd
  mapfile -t groups < <(cgroups_of_host)
  grep -q '[^ ]* [^ ]* cgroup2 ' /proc/mounts ||
    die "no cgroup2 file system; try: mount -t cgroup2 none /sys/fs/cgroup"
  printf '%s\n' "${groups[@]}" >"$dir/cgroups"
  mkdir -p "${groups[@]}"
  mapfile -t binds < <(npm_cache_binds)
  rm -f "$dir/stopping"
  (
    for fd in "/proc/$BASHPID/fd/"*; do # the lock, and what the caller has open
      fd=${fd##*/}
      ((fd <= 2)) || exec {fd}>&-
    done
    for group in "${groups[@]}"; do echo "$BASHPID" >"$group/cgroup.procs"; done
    cd /
    export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1       # pure cgroup v2 inside, as today's servers have
    export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network # sysctl net.* works inside
    exec setsid bash -c "$SUPERVISOR" testhost "$dir" \
      --quiet --boot --directory="$dir/root" --machine="$NETNS" --hostname="$name" \
      --network-namespace-path="/run/netns/$NETNS" \
      --capability=CAP_NET_ADMIN --drop-capability=CAP_MKNOD \
      --register=no --keep-unit --link-journal=no --resolv-conf=off --timezone=off \
      --console=pipe "${binds[@]}"
  ) </dev/null >>"$dir/console.log" 2>&1 &
  PID=$!
  note "$name" PID "$PID"
  until running "$name"; do # from here on others see it run, too
    kill -0 "$PID" 2>/dev/null || return 0 # wait_for_login tells
    sleep 0.01
  done
}

# Ready is when a user can log in and the boot is over.  The port alone says
# too little: until /run/nologin goes, PAM turns users away ("System is booting
# up"), and a newer sshd shuts out for a while who tried.
can_log_in() { # NAME
  local init state
  init=$(init_pid) && [[ -n $init ]] || return 1
  grep -qsE ':0016 [0-9A-F]+:0000 0A ' "/proc/$init/net/tcp" "/proc/$init/net/tcp6" || return 1
  [[ ! -e /proc/$init/root/run/nologin ]] || return 1
  state=$(guest_ssh "$1" admin systemctl is-system-running --wait 2>/dev/null) || true
  [[ $state == running || $state == degraded ]]
}

wait_for_login() { # NAME
  local end=$((SECONDS + TESTHOST_TIMEOUT))
  until can_log_in "$1"; do
    running "$1" && ((SECONDS < end)) || return 1
    sleep 0.05
  done
}

# Boots a host, a new one or one that has ended; the caller has the lock.
start() { # NAME [SAVED]
  local name=$1
  check_bridge
  if [[ -f $GUESTS/$name/complete ]] && mountpoint -q "$GUESTS/$name/root"; then
    stop "$name" # what is left of its last run; it keeps its disk
  else
    remove "$name" # a half-made one, or from before this machine's last boot
    UNFINISHED=$name
    mkdir -p "$GUESTS/$name"
    ADDRESS=$(free_address)
    LINK=th${TESTHOST_SUBNET##*.}-${ADDRESS##*.}
    NETNS=$TESTHOST_BRIDGE-$name
    note "$name" ADDRESS "$ADDRESS"
    note "$name" LINK "$LINK"
    note "$name" NETNS "$NETNS"
    disk_up "$name" "${2:-}"
    personalise "$name"
    : >"$GUESTS/$name/complete"
  fi
  network_up
  link_up
  boot "$name"
}

cmd_up() {
  need_tools systemd-nspawn ip nft ssh ssh-keygen pgrep flock
  check_name "${1:-}"
  local name=$1 saved=${2:-} booted=''
  [[ -f $IMAGE.stamp ]] || die "there is no image yet; run: $0 build"
  [[ -z $saved || -f $SAVED/$saved/layers ]] || die "there is no saved disk $saved"
  while :; do
    lock
    if ! running "$name"; then
      start "$name" "$saved"
      booted=yes
    fi
    unlock
    ! wait_for_login "$name" || break
    # One that was on its way down is booted again, once.
    if [[ -n $booted ]] || running "$name"; then
      tail -n 20 "$GUESTS/$name/console.log" >&2
      die "$name did not let a user in within $TESTHOST_TIMEOUT seconds"
    fi
  done
  UNFINISHED=''
  printf '%s\n' "$ADDRESS"
}

# Writes VALUE to a control file of a host's cgroup v2; the file's path is
# relative to the host's group, in which its supervisor runs, too.  All that
# runs inside the host is in the group `payload`, which systemd-nspawn makes.
control() { # NAME FILE VALUE
  local group
  while read -r group; do
    if [[ -e $group/$2 ]]; then echo "$3" >"$group/$2"; fi
  done <"$GUESTS/$1/cgroups"
}

# Ends a host's processes, network and control groups; its disk stays.
stop() { # NAME
  local name=$1 group try
  load "$name" || return 0
  if [[ -f $GUESTS/$name/cgroups ]]; then
    : >"$GUESTS/$name/stopping"
    for ((try = 0; try < 100; try++)); do # systemd-nspawn and the supervisor end by themselves
      control "$name" payload/cgroup.kill 1 2>/dev/null || true
      running "$name" || break
      sleep 0.05
    done
    control "$name" cgroup.kill 1 # who is still there, as when systemd-nspawn was killed
    while read -r group; do
      for ((try = 0; try < 40; try++)); do # busy until the last process is reaped
        [[ -d $group ]] || break
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
      done
    done <"$GUESTS/$name/cgroups"
    # What a killed systemd-nspawn leaves of its own.
    rm -rf "/run/systemd/nspawn/propagate/$NETNS"
    rm -f "/run/systemd/nspawn/locks/inode-$(stat -c %d:%i "$GUESTS/$name/root")"
  fi
  fault_rules_off "$LINK"
  link_down
}

remove() { # NAME
  stop "$1"
  disk_down "$1"
  rm -rf --one-file-system "${GUESTS:?}/$1"
}

# A host that a test process made bears its process id: p<PID>-...
orphaned() { # NAME
  [[ $1 =~ ^p([0-9]+)- && ! -d /proc/${BASH_REMATCH[1]} ]]
}

cmd_down() {
  need_tools ip nft pgrep flock
  local name names=()
  if [[ ${1:-} == --all || ${1:-} == --dead ]]; then
    for name in "$GUESTS"/*/; do
      name=$(basename "$name")
      if [[ -d $GUESTS/$name ]] && { [[ $1 == --all ]] || orphaned "$name"; }; then names+=("$name"); fi
    done
  else
    check_name "${1:-}"
    names=("$1")
  fi
  lock
  for name in ${names[@]+"${names[@]}"}; do remove "$name"; done
  [[ -n $(ls -A "$GUESTS") ]] || network_down
  unlock
}

# A saved disk is the upper layer of a host's; hosts made from it have it as
# one more lower layer.
cmd_save() {
  check_name "${1:-}"
  check_name "${2:-}"
  local name=$1 saved=$SAVED/$2
  lock
  [[ -f $GUESTS/$name/complete ]] || die "there is no host $name"
  [[ ! -e $saved ]] || die "there is a saved disk $2 already"
  stop "$name"
  umount "$GUESTS/$name/root"
  rm -rf --one-file-system "$saved.new"
  mkdir -p "$saved.new"
  mv "$GUESTS/$name/disk/upper" "$saved.new/upper"
  printf '%s' "$saved/upper:$(<"$GUESTS/$name/layers")" >"$saved.new/layers"
  mv "$saved.new" "$saved"
  unlock
  cmd_down "$name"
}

cmd_saved() {
  check_name "${1:-}"
  [[ -f $SAVED/$1/layers ]] || die "there is no saved disk $1"
}

cmd_forget() {
  check_name "${1:-}"
  lock
  ! grep -qE "[=:]$SAVED/$1/" /proc/mounts || die "hosts use the saved disk $1"
  rm -rf --one-file-system "${SAVED:?}/$1"
  unlock
}

cmd_wait() {
  must_run "${1:-}"
  wait_for_login "$1" || die "$1 did not let a user in within $TESTHOST_TIMEOUT seconds"
}

cmd_purge() {
  cmd_down --all
  rm -rf --one-file-system "$TESTHOST_DIR"/{image,saved}-* \
    "$TESTHOST_DIR"/{guests,network,npm-cache,password,id_ed25519,id_ed25519.pub,build.log,lock}
  rmdir --ignore-fail-on-non-empty "$TESTHOST_DIR"
}

cmd_ssh() {
  must_run "${1:-}"
  EXPLAINED=yes # the status is ssh's
  guest_ssh "$1" "$TESTHOST_USER" "${@:2}"
}

cmd_list() {
  local dir name state
  for dir in "$GUESTS"/*/; do
    name=$(basename "$dir")
    load "$name" || continue
    state=stopped
    ! running "$name" || state=running
    printf '%s\t%s\t%s\t%s\n' "$name" "$ADDRESS" "$state" \
      "$(ssh-keygen -lf "$dir/root/etc/ssh/ssh_host_ed25519_key.pub" 2>/dev/null | cut -d ' ' -f 2)"
  done
}

# --- faults -----------------------------------------------------------------------

# Rules in the bridge family see each packet on a host's cable, both ways.
# ARP passes: the address stays known, so connecting gets no answer at all.
fault_rule() {
  nft add rule bridge "$TABLE" out iifname "$LINK" ether type ip "$@" comment "\"$LINK\""
  nft add rule bridge "$TABLE" in oifname "$LINK" ether type ip "$@" comment "\"$LINK\""
}

fault_rules_off() { # LINK
  local chain handle
  for chain in out in; do
    nft -a list chain bridge "$TABLE" "$chain" 2>/dev/null |
      sed -n "s/.*comment \"$1\" # handle \([0-9]*\)$/\1/p" |
      while read -r handle; do nft delete rule bridge "$TABLE" "$chain" handle "$handle"; done || true
  done
}

cmd_fault() {
  must_run "${1:-}"
  local name=$1 kind=${2:-} number=${3:-}
  case $kind in
    loss | rate) [[ $number =~ ^[1-9][0-9]*$ ]] || die "fault $kind needs a number" ;;
  esac
  case $kind in
    unplug) ip link set "$LINK" down ;;
    blackhole) fault_rule drop ;;
    loss) fault_rule numgen random mod 100 '<' "$number" drop ;;
    rate)
      tc qdisc replace dev "$LINK" root tbf rate "${number}kbps" burst 16kb latency 400ms
      tc -n "$NETNS" qdisc replace dev eth0 root tbf rate "${number}kbps" burst 16kb latency 400ms
      ;;
    freeze) control "$name" payload/cgroup.freeze 1 ;;
    crash)
      control "$name" payload/cgroup.kill 1
      while running "$name"; do sleep 0.02; done
      ;;
    none)
      control "$name" payload/cgroup.freeze 0
      fault_rules_off "$LINK"
      tc qdisc del dev "$LINK" root 2>/dev/null || true
      tc -n "$NETNS" qdisc del dev eth0 root 2>/dev/null || true
      ip link set "$LINK" up
      ;;
    *) die "no such fault: $kind; see the head of $0" ;;
  esac
}

# --- main -------------------------------------------------------------------------

usage() {
  EXPLAINED=yes
  sed -n '/^#   testhost.sh/s/^# *//p' "$0" >&2
  exit 2
}

[[ $(id -u) == 0 ]] || die "must run as root"
[[ $TESTHOST_DIR =~ ^/[A-Za-z0-9/._+-]+$ ]] || # overlayfs takes no others
  die "TESTHOST_DIR must be an absolute path of letters, digits and / . _ + -"
trap finish EXIT

case ${1:-} in
  build | up | ssh | list | wait | down | save | saved | forget | purge | fault) "cmd_$1" "${@:2}" ;;
  *) usage ;;
esac
