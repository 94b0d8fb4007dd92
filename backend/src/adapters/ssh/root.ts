import { sh } from '../../lib/sh.ts';
import type { Channels } from './channels.ts';
import { wholeText } from './output.ts';
import { prepare } from './script.ts';
import {
  commandSilent,
  sessionFailed,
  sudoMissing,
  sudoNeedsTerminal,
  sudoNotAllowed,
  sudoPasswordRequired,
  sudoPasswordWrong,
} from './ssh.problems.ts';

export interface RootWay {
  root?: 'direct' | 'sudo' | 'sudo-password';
  sudoPassword?: string;
}

export interface RootAccess {
  /** How a command becomes root here; found out once per connection. Throws a Problem `ssh.sudo_*`. */
  access(signal?: AbortSignal): Promise<RootWay>;
}

// A question is answered in a moment, or while sudo asks a directory server; not by a server that only says something for ever.
const ASK_WITHIN_MS = 60_000;
const LONGEST_ANSWER = 16_384;

const ASK = sh`if [ "$(id -u)" = 0 ]; then echo direct
elif ! command -v sudo >/dev/null 2>&1; then echo missing
elif out=$(sudo -n true 2>&1); then echo sudo
else printf 'no %s' "$out"; fi`;

export function createRootAccess(channels: Channels, sudoPassword: string | undefined): RootAccess {
  let known: RootWay | undefined;
  return {
    async access(signal) {
      return (known ??= await findOut(channels, sudoPassword, signal));
    },
  };
}

async function findOut(channels: Channels, sudoPassword: string | undefined, signal: AbortSignal | undefined): Promise<RootWay> {
  const { output } = await ask(channels, prepare(ASK.text), '', signal);
  const [word = '', ...rest] = output.trim().split(' ');
  if (word === 'direct') return { root: 'direct' };
  if (word === 'sudo') return { root: 'sudo' };
  if (word === 'missing') throw sudoMissing();
  if (word !== 'no') throw sessionFailed();
  const complaint = rest.join(' ');
  if (/tty|terminal is required to run/i.test(complaint) && /must have a tty|requiretty/i.test(complaint)) throw sudoNeedsTerminal();
  if (/not in the sudoers|not allowed/i.test(complaint)) throw sudoNotAllowed();
  if (sudoPassword === undefined) throw sudoPasswordRequired();
  return checkPassword(channels, sudoPassword, signal);
}

/** Once, with nothing but the password on stdin: sudo takes three lines for three tries, and must not get a script's. */
async function checkPassword(channels: Channels, sudoPassword: string, signal: AbortSignal | undefined): Promise<RootWay> {
  const check = prepare(`sudo -k -S -p '' -- true 2>&1 && echo fine`);
  const { output } = await ask(channels, check, `${sudoPassword}\n`, signal);
  if (output.trimEnd().endsWith('fine')) return { root: 'sudo-password', sudoPassword };
  if (/must have a tty/i.test(output)) throw sudoNeedsTerminal();
  if (/not in the sudoers|not allowed to|may not run/i.test(output)) throw sudoNotAllowed();
  throw sudoPasswordWrong();
}

async function ask(
  channels: Channels,
  prepared: ReturnType<typeof prepare>,
  stdin: string,
  signal: AbortSignal | undefined,
): Promise<{ output: string }> {
  const limit = AbortSignal.any([AbortSignal.timeout(ASK_WITHIN_MS), ...(signal ? [signal] : [])]);
  const answer = channels.exec(
    prepared.line,
    async (channel) => {
      channel.stderr.resume();
      channel.write(prepared.preamble);
      channel.end(stdin);
      const output = await wholeText(channel, { most: LONGEST_ANSWER, signal: limit });
      return { output: output.slice(output.indexOf('\n', output.indexOf(prepared.mark)) + 1) };
    },
    { signal: limit },
  );
  return answer.catch((error: unknown) => {
    signal?.throwIfAborted();
    throw limit.aborted ? commandSilent(ASK_WITHIN_MS / 1000) : error;
  });
}
