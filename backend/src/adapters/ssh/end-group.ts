import { sh } from '../../lib/sh.ts';
import { DEATH_MS } from './channels.ts';
import { wholeText } from './output.ts';
import { prepare } from './script.ts';
import type { Runner } from './run.ts';

// Rc files may chatter before the one word.
const LONGEST_ANSWER = 65_536;

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
      const said = wholeText(channel, { most: LONGEST_ANSWER, signal: AbortSignal.timeout(DEATH_MS) });
      return (await said.catch(() => 'left')).trimEnd().endsWith('gone');
    },
    { urgent: true },
  );
}
