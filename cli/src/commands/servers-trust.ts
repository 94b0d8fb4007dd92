import { serverRoutes } from '@clawmoor/shared/servers.ts';
import { command, type Context } from '../command.ts';
import { CliError, Ended, EXIT, exitOfCode } from '../exit.ts';
import { serverId } from '../session/server-name.ts';
import type { Session } from '../session/sessions.ts';
import { plain } from '../terminal/plain.ts';
import { quoted, showTest, testServer, type Test } from './test.ts';

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

export const serversTrust = command({
  name: 'servers trust',
  words: ['SERVER', '[FINGERPRINT]'],
  summary: 'Confirm the fingerprint of a server, then test it',
  details:
    'Shows the fingerprint and asks whether it is the one of your server. The server itself shows it with\n  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\nWithout a terminal, give the FINGERPRINT that you expect: another one is refused, and nothing secret is sent.',
  options: {},
  async run(context, { words }) {
    const { sessions, out } = context;
    const session = sessions.open();
    const result = await trust(context, session, {
      id: await serverId(session, words.SERVER),
      word: words.SERVER,
      expected: words.FINGERPRINT,
    });
    out.answer(result, () => showTest(out, result));
    if (!result.ok) throw new Ended(exitOfCode(result.code));
  },
});

export interface Trusting {
  id: string;
  /** What the person calls the server. */
  word: string;
  /** The fingerprint that it must be; without one the person is asked. */
  expected: string | undefined;
  /** Called when the key is pinned, before the login is tried. */
  onPinned?: () => Promise<void>;
}

/** Pins the key of a server (of its jump host first), each confirmed by the person, and answers the test after that. */
export async function trust(context: Context, session: Session, { id, word, expected, onPinned }: Trusting): Promise<Test> {
  if (expected !== undefined && !FINGERPRINT.test(expected))
    throw new CliError(EXIT.usage, 'cli.usage', {
      message: `${expected} is not a fingerprint`,
      fix: 'It looks like SHA256:… with 43 characters.',
    });
  let result = await testServer(session, id);
  // A jump host and the server behind it: two keys at most.
  for (let hops = 0; hops < 2 && result.code === 'ssh.host_key_unconfirmed'; hops++) {
    const hop = result.hostKey === null ? 'jump' : 'server';
    const key = result.hostKey ?? result.jumpHostKey;
    if (!key) break;
    await confirm(context, { ...key, hop, word, expected: hop === 'server' ? expected : undefined });
    await session.call(serverRoutes.pinHostKey, { id, body: { sha256: key.sha256, hop } });
    if (hop === 'server') await onPinned?.();
    result = await testServer(session, id);
  }
  if (expected !== undefined && result.hostKey && result.hostKey.sha256 !== expected) throw otherKey(result.hostKey.sha256);
  return result;
}

interface Question {
  hop: 'server' | 'jump';
  type: string;
  sha256: string;
  word: string;
  expected: string | undefined;
}

async function confirm({ ask, out }: Context, { hop, type, sha256, word, expected }: Question): Promise<void> {
  if (expected !== undefined) {
    if (expected !== sha256) throw otherKey(sha256);
    return;
  }
  const shown = `${plain(sha256)} (${plain(type)})`;
  if (!ask.isTTY)
    throw new CliError(EXIT.conflict, 'ssh.host_key_unconfirmed', {
      message: `The ${hop === 'server' ? 'server' : 'jump host'} shows ${shown}, which nobody has confirmed`,
      fix:
        hop === 'server'
          ? `If that is its fingerprint: clawmoor servers trust ${quoted(word)} ${plain(sha256)}`
          : 'Run this at a terminal, or confirm it in the app.',
    });
  out.note(`The ${hop === 'server' ? 'server' : 'jump host'} shows ${shown}`);
  out.note('Compare it with what the machine itself shows: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
  const answer = await ask.line('Is it the same? Type yes: ');
  if (answer.trim().toLowerCase() !== 'yes')
    throw new CliError(EXIT.failed, 'cli.not_confirmed', { message: 'The fingerprint was not confirmed; nothing secret was sent' });
}

const otherKey = (sha256: string): CliError =>
  new CliError(EXIT.conflict, 'cli.other_host_key', {
    message: `The server shows another fingerprint: ${sha256}`,
    fix: 'Nothing secret was sent. Find out why before you trust it: it may be another machine.',
  });
