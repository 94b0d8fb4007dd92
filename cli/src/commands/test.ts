import type * as z from 'zod/mini';
import { serverRoutes, type ServerTest } from '@clawmoor/shared/servers.ts';
import { command } from '../command.ts';
import { Ended, exitOfCode } from '../exit.ts';
import { serverId } from '../session/server-name.ts';
import type { Session } from '../session/sessions.ts';
import type { Output } from '../terminal/output.ts';
import { plain } from '../terminal/plain.ts';

export type Test = z.output<typeof ServerTest>;

export const test = command({
  name: 'test',
  words: ['SERVER'],
  summary: 'Reach a server stage by stage and say where it fails',
  details: 'Before its fingerprint is confirmed no password and no key is sent: clawmoor servers trust SERVER.',
  options: {},
  async run({ sessions, out }, { words }) {
    const session = sessions.open();
    const result = await testServer(session, await serverId(session, words.SERVER));
    out.answer(result, () => showTest(out, result));
    if (result.code === 'ssh.host_key_unconfirmed') out.note(`Confirm it: clawmoor servers trust ${quoted(words.SERVER)}`);
    if (!result.ok) throw new Ended(exitOfCode(result.code));
  },
});

export const testServer = (session: Session, id: string): Promise<Test> => session.call(serverRoutes.testServer, { id, body: {} });

export function showTest(out: Output, { ok, stages, hostKey, pinned }: Test): void {
  for (const { stage, ok: passed, ms, message, fix } of stages) {
    out.say(
      `${passed ? out.style('green', '✓') : out.style('red', '✗')} ${plain(stage)} (${Math.round(ms)} ms)${message === undefined ? '' : `: ${plain(message)}`}`,
    );
    if (fix !== undefined) out.say(`    ${plain(fix)}`);
  }
  if (hostKey) out.say(`Fingerprint ${plain(hostKey.sha256)} (${plain(hostKey.type)}), ${pinned ? 'confirmed' : 'not confirmed yet'}`);
  if (ok) out.say(out.style('green', 'The server can be used.'));
}

/** A name as it can be pasted into a shell. */
export const quoted = (word: string): string => (/^[\w.@:/+-]+$/.test(word) ? plain(word) : `'${plain(word).replaceAll("'", `'\\''`)}'`);
