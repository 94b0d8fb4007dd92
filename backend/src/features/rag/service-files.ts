import { HOME_FOLDER, SYSTEM_DATA, SYSTEM_FOLDER, UNIT, type RagKind } from './facts.ts';

export interface Service {
  /** The program, by its whole path. */
  node: string;
  port: number;
}

/** A small server runs an OpenClaw beside it, which must not starve. */
const LIMITS = ['MemoryHigh=400M', 'MemoryMax=512M', 'TasksMax=64', 'CPUWeight=50', 'Nice=5', 'LimitCORE=0'];
const HARDENED = [
  'User=ragd',
  'Group=ragd',
  'StateDirectory=ragd',
  'StateDirectoryMode=0700',
  'UMask=0077',
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectControlGroups=yes',
  'RestrictSUIDSGID=yes',
  'CapabilityBoundingSet=',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
];

export const unitFile = (kind: Exclude<RagKind, 'supervised'>, { node, port }: Service): string =>
  [
    '[Unit]',
    'Description=Document search, installed by Clawmoor',
    ...(kind === 'system' ? ['After=network-online.target', 'Wants=network-online.target'] : []),
    '',
    '[Service]',
    kind === 'system'
      ? `ExecStart=${node} ${SYSTEM_FOLDER}/current/ragd.mjs serve --data ${SYSTEM_DATA} --listen 127.0.0.1:${port}`
      : `ExecStart=${node} %h/${HOME_FOLDER}/current/ragd.mjs serve --data %h/${HOME_FOLDER}/data --listen 127.0.0.1:${port}`,
    'Restart=always',
    'RestartSec=3',
    ...LIMITS,
    ...(kind === 'system' ? HARDENED : []),
    '',
    '[Install]',
    `WantedBy=${kind === 'system' ? 'multi-user' : 'default'}.target`,
    '',
  ].join('\n');

/** For a user's own service below the home folder, where a session starts. */
export const unitPath = (kind: Exclude<RagKind, 'supervised'>): string =>
  kind === 'system' ? `/etc/systemd/system/${UNIT}` : `.config/systemd/user/${UNIT}`;

/**
 * Keeps the document search running where there is no systemd: starts it again when it ends, ever later when it does not last. A file `stop`
 * beside it ends it. One log, cut at 5 MB.
 */
export const supervisorFile = ({ node, port }: Service): string => `#!/bin/sh
cd "$(dirname "$0")" || exit 1
if grep -qs ragd/supervise.sh "/proc/$(cat supervisor.pid 2>/dev/null)/cmdline"; then exit 0; fi
echo $$ >supervisor.pid
umask 077
here=$(pwd)
trap 'touch stop; [ -f ragd.pid ] && kill -TERM "$(cat ragd.pid)" 2>/dev/null' TERM INT
pause=1
while [ ! -e stop ]; do
  if [ -f ragd.log ] && [ "$(wc -c <ragd.log)" -gt 5242880 ]; then mv -f ragd.log ragd.log.1; fi
  began=$(date +%s)
  ( exec nice -n 5 '${node.replaceAll("'", `'\\''`)}' "$here/current/ragd.mjs" serve --data "$here/data" --listen 127.0.0.1:${port} ) >>ragd.log 2>&1 </dev/null &
  echo $! >ragd.pid
  wait $!; code=$?
  while kill -0 "$(cat ragd.pid)" 2>/dev/null; do wait "$(cat ragd.pid)"; code=$?; done
  echo "$(date -u +%FT%TZ) the document search ended with $code" >>ragd.log
  [ -e stop ] && break
  if [ $(( $(date +%s) - began )) -gt 60 ]; then pause=1; else pause=$(( pause * 2 )); [ $pause -gt 60 ] && pause=60; fi
  sleep $pause
done
rm -f supervisor.pid ragd.pid stop
`;
