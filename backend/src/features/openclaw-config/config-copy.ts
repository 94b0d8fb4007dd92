import type { Host, HostPool } from '../../lib/host.ts';
import { sh, type Command } from '../../lib/sh.ts';

// Beside OpenClaw's own copies, which turn over with every write. It holds secrets as they do, so it never leaves the server.
const FOLDER = '.clawmoor/config';
const FILE = '.openclaw/openclaw.json';

const copyOf = (changeId: string): string => `${FOLDER}/${changeId}.json`;

/** Keeps the configuration as it is now, on the server itself (0600). */
export async function copyConfig(hosts: HostPool, serverId: string, changeId: string, signal: AbortSignal): Promise<void> {
  const keep = sh`umask 077; mkdir -p ${FOLDER} && cp ${FILE} ${copyOf(changeId)}`;
  await hosts.with(serverId, (host) => host.run(keep, { signal }), { signal });
}

const FORGET_WITHIN_MS = 10_000;

/** A copy that stays behind because the link is lost harms nobody: it is as private as the file itself. */
export async function forgetCopy(hosts: HostPool, serverId: string, changeId: string): Promise<void> {
  const signal = AbortSignal.timeout(FORGET_WITHIN_MS);
  await hosts.with(serverId, (host) => host.run(removal(changeId), { signal }), { signal }).catch(() => {});
}

export const removal = (changeId: string): Command => sh`rm -f ${copyOf(changeId)}`;

/** Whether the file is the copy to the byte: then nothing was changed. */
export const isUnchanged = (host: Host, changeId: string): Promise<boolean> => host.test(sh`cmp -s ${copyOf(changeId)} ${FILE}`);

/** Puts the copy back in the file's place; `false` when there is none. */
export const putBack = (host: Host, changeId: string): Promise<boolean> =>
  host.test(sh`umask 077; cp ${copyOf(changeId)} ${`${FILE}.draft`} && mv -f ${`${FILE}.draft`} ${FILE}`);
