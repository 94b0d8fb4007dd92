# shellcheck shell=bash disable=SC2034 # $RELEASE_FOLDER is the answer
# A release from a checkout, on a host without Node: fetches the pinned Node and npm from the npm registry, checks both against
# the hashes that are committed here, and runs `npm run package`. Sourced by install.sh.

build_release() { # CHECKOUT
  local registry=${npm_config_registry:-} node npm_pin npm_version
  # Without npm there is nobody to ask which registry this host should use.
  [[ -n $registry ]] || die "it is not known which npm registry this host uses" "Set npm_config_registry to its address, or install from a release: npm run package, on a machine that has Node."
  command -v curl >/dev/null || apt_install curl ca-certificates openssl
  SCRATCH=$(mktemp -d /var/tmp/clawmoor-build.XXXXXX)
  node=$(node_pin "$1/package-lock.json")
  npm_version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$1/deploy/runtime.json")
  npm_pin=$(sed -n 's/.*"integrity": "\(.*\)".*/\1/p' "$1/deploy/runtime.json")
  say "fetching Node ${node% *} and npm $npm_version"
  fetch_pinned "${registry%/}/node-linux-$(machine_arch)/-/node-linux-$(machine_arch)-${node% *}.tgz" "${node#* }" "$SCRATCH/node"
  fetch_pinned "${registry%/}/npm/-/npm-$npm_version.tgz" "$npm_pin" "$SCRATCH/npm"
  # The build calls npm by its name.
  printf '#!/bin/sh\nexec "%s/node/bin/node" "%s/npm/bin/npm-cli.js" "$@"\n' "$SCRATCH" "$SCRATCH" >"$SCRATCH/node/bin/npm"
  chmod +x "$SCRATCH/node/bin/npm"
  say "building this checkout; it takes a minute or two"
  install -d "$SCRATCH/source" "$SCRATCH/home"
  tar -C "$1" --exclude=node_modules --exclude=.git --exclude=dist -cf - . | tar -C "$SCRATCH/source" -xf -
  # As nobody's user: what is built runs as clawmoor later, and what builds it has no need of root.
  chown -R nobody "$SCRATCH"
  chmod 711 "$SCRATCH"
  (cd "$SCRATCH/source" && runuser -u nobody -- env HOME="$SCRATCH/home" PATH="$SCRATCH/node/bin:$PATH" ${npm_config_registry:+npm_config_registry="$npm_config_registry"} \
    "$SCRATCH/node/bin/node" "$SCRATCH/npm/bin/npm-cli.js" run --silent package) ||
    die "the checkout could not be built" "Its output is above. A release made elsewhere with npm run package needs no build here."
  tar -C "$SCRATCH" -xzf "$SCRATCH"/source/dist/clawmoor-*.tar.gz --no-same-owner
  RELEASE_FOLDER=$(echo "$SCRATCH"/clawmoor-*)
}

# Version and hash of the pinned Node: what the lockfile says.
node_pin() { # LOCKFILE
  awk -v wanted="\"node_modules/node-linux-$(machine_arch)\": {" '
    index($0, wanted) { found = 1 }
    found && $1 == "\"version\":" { gsub(/[",]/, "", $2); version = $2 }
    found && $1 == "\"integrity\":" { gsub(/[",]/, "", $2); print version, $2; exit }' "$1"
}

fetch_pinned() { # URL INTEGRITY FOLDER
  curl -fsSL --proto '=https,http' --retry 3 --max-time 300 -o "$3.tgz" "$1" || die "$1 cannot be fetched" "Check that this machine reaches the npm registry."
  [[ sha512-$(openssl dgst -sha512 -binary "$3.tgz" | base64 -w 0) == "$2" ]] || die "what $1 gave is not what is pinned here" "Nothing was installed. Check the registry and try again."
  install -d "$3"
  tar -xzf "$3.tgz" -C "$3" --strip-components=1 --no-same-owner
}
