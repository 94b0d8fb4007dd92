// The Debian packages that the suites use, and what is skipped without them.
export const PACKAGES = [
  { name: 'openssh-server', has: ['/usr/sbin/sshd'], for: 'everything over a real sshd' },
  { name: 'openssh-client', has: ['/usr/bin/ssh', '/usr/bin/ssh-keygen'], for: 'everything over a real sshd' },
  { name: 'chromium', has: ['/usr/bin/chromium'], for: 'the browser tests' },
  { name: 'mmdebstrap', has: ['/usr/bin/mmdebstrap'], for: 'the tests on a real Debian server' },
  { name: 'systemd-container', has: ['/usr/bin/systemd-nspawn'], for: 'the tests on a real Debian server' },
  { name: 'iproute2', has: ['/sbin/ip', '/usr/sbin/ip', '/bin/ip', '/usr/bin/ip'], for: 'the tests on a real Debian server', any: true },
  { name: 'nftables', has: ['/usr/sbin/nft'], for: 'the tests on a real Debian server' },
  { name: 'procps', has: ['/usr/bin/pgrep'], for: 'the tests on a real Debian server' },
  { name: 'util-linux', has: ['/usr/bin/setsid'], for: 'everything over a real sshd' },
  { name: 'postgresql', has: ['/usr/lib/postgresql', '/usr/bin/pg_dump'], for: 'the tests on PostgreSQL' },
  { name: 'zsh', has: ['/usr/bin/zsh'], for: 'completion in zsh' },
  { name: 'fish', has: ['/usr/bin/fish'], for: 'completion in fish' },
  { name: 'buildah', has: ['/usr/bin/buildah'], for: 'the tests of the container', long: true },
  { name: 'docker-compose', has: ['/usr/bin/docker-compose'], for: 'the tests of the container', long: true },
];
