import { findService, ownLogFile, SUPERVISOR_FOLDER, UNIT } from '../../lib/gateway-service.ts';
import type { Host } from '../../lib/host.ts';
import { sh, type Command } from '../../lib/sh.ts';

// Of a file, and so of each line. SSH output is kept up to 128 KiB; what does not fit is left out of the middle.
const MOST_BYTES = 120_000;

interface Asked {
  limit: number;
  /** Where the gateway said that it writes, when it still could. */
  file: string | undefined;
  signal: AbortSignal;
}

/** What the gateway's service said last; where there is none, the end of the newest log file. */
export async function lastLines(host: Host, { limit, file, signal }: Asked): Promise<{ source: 'journal' | 'file'; lines: string[] }> {
  const kind = (await host.run(findService, { signal })).stdout.trim();
  if (kind === 'user' || kind === 'system') {
    const { stdout } = await host.run(journal(kind, limit), { signal });
    const lines = linesOf(stdout).filter((line) => !line.startsWith('-- '));
    if (lines.length > 0) return { source: 'journal', lines };
  }
  const { stdout } = await host.run(newestFile(file, limit), { signal });
  return { source: 'file', lines: linesOf(stdout) };
}

function journal(kind: 'user' | 'system', limit: number): Command {
  const which = kind === 'user' ? sh`--user-unit ${UNIT}` : sh`-u ${UNIT}`;
  return sh`journalctl ${which} -n ${limit} --no-pager -o short-iso 2>/dev/null | tail -c ${MOST_BYTES}; :`;
}

/** The gateway's file by preference, then that of our supervisor, then where OpenClaw writes unless told. */
const newestFile = (file: string | undefined, limit: number): Command =>
  sh`newest=$(${ownLogFile})
for file in ${file ?? ''} "$HOME/${SUPERVISOR_FOLDER}/gateway.log" "$newest"; do
  [ -n "$file" ] && [ -f "$file" ] && [ -r "$file" ] || continue
  tail -c ${MOST_BYTES} -- "$file" | tail -n ${limit}
  exit 0
done`;

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
