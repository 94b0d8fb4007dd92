import { findService, UNIT } from '../../lib/gateway-service.ts';
import type { HostPool } from '../../lib/host.ts';
import { redactLine } from '../../lib/redact.ts';
import { sh } from '../../lib/sh.ts';

const MOST_LINES = 200;
const LONGEST = 500;

/** What systemd's journal has of the gateway's unit between two times (milliseconds); nothing where there is no such journal. */
export async function readJournal(
  hosts: HostPool,
  serverId: string,
  { from, to, signal }: { from: number; to: number; signal: AbortSignal },
): Promise<{ at: number; text: string }[]> {
  const range = ['--since', `@${Math.floor(from / 1000)}`, '--until', `@${Math.ceil(to / 1000)}`];
  const options = ['-u', UNIT, ...range, '-n', String(MOST_LINES), '--no-pager', '-o', 'short-unix'];
  return hosts.with(
    serverId,
    async (host) => {
      const kind = (await host.run(findService, { signal })).stdout.trim();
      if (kind !== 'user' && kind !== 'system') return [];
      const asked = kind === 'user' ? sh`journalctl --user ${options}` : sh`journalctl ${options}`;
      return linesOf((await host.run(sh`${asked} 2>/dev/null; :`, { signal, root: kind === 'system' })).stdout);
    },
    { signal },
  );
}

/** `1795564800.123456 host openclaw[12]: text` */
export function linesOf(output: string): { at: number; text: string }[] {
  return output.split('\n').flatMap((line) => {
    const [, seconds, text] = /^(\d{9,11}\.\d+) \S+ (.*)$/.exec(line) ?? [];
    return seconds && text ? [{ at: Math.floor(Number(seconds) * 1000), text: redactLine(text).slice(0, LONGEST) }] : [];
  });
}
