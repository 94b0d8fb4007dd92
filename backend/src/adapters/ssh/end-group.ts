import { sh } from '../../lib/sh.ts';
import { prepare } from './script.ts';
import type { Runner } from './run.ts';

/**
 * Ends a process group: TERM, up to 5 s, KILL; `true` once nothing of it is left. Not `channel.signal()`: OpenSSH refuses
 * signals to root's logins, and drops them after stdin has ended; a closed channel leaves the process running.
 */
export async function endGroup({ channels, root }: Runner, group: string, asRoot: boolean): Promise<boolean> {
  if (!/^[1-9]\d{0,9}$/.test(group)) return false;
  const { text } = sh`g=${group}
kill -TERM "-$g" 2>/dev/null
i=0; while [ $i -lt 50 ]; do kill -0 "-$g" 2>/dev/null || { echo gone; exit 0; }; sleep 0.1 2>/dev/null || { sleep 1; i=$((i+9)); }; i=$((i+1)); done
kill -KILL "-$g" 2>/dev/null
i=0; while [ $i -lt 20 ]; do kill -0 "-$g" 2>/dev/null || { echo gone; exit 0; }; sleep 0.1 2>/dev/null || sleep 1; i=$((i+1)); done
echo left`; // no "--" before the group: dash's kill refuses it
  const prepared = prepare(text, asRoot ? await root.access() : {});
  return channels.exec(
    prepared.line,
    async (channel) => {
      channel.stderr.resume();
      channel.end(prepared.preamble);
      let output = '';
      for await (const chunk of channel.setEncoding('utf8')) output += String(chunk);
      return output.trimEnd().endsWith('gone');
    },
    { urgent: true },
  );
}
