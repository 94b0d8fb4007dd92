import { serverRoutes, type Server } from '@clawmoor/shared/servers.ts';
import { command } from '../command.ts';
import { serverId } from '../session/server-name.ts';
import type { Output } from '../terminal/output.ts';
import { plain } from '../terminal/plain.ts';
import { localTime } from '../terminal/time.ts';

export const servers = command({
  name: 'servers',
  words: [],
  summary: 'The servers that you may see',
  options: {},
  async run({ sessions, out }) {
    const answer = await sessions.open().call(serverRoutes.listServers, {});
    out.answer(answer, () =>
      out.table(
        ['NAME', 'STATE', 'ROLE', 'ADDRESS', 'ID'],
        answer.servers.map((server) => [
          server.name,
          server.openTaskId === null ? server.state : `${server.state}, busy`,
          server.role,
          addressOf(server),
          server.id,
        ]),
        'You have no server yet. Add one: clawmoor servers add root@example.com',
      ),
    );
  },
});

export const serversShow = command({
  name: 'servers show',
  words: ['SERVER'],
  summary: 'One server with all that is known of it',
  options: {},
  async run({ sessions, out }, { words }) {
    const session = sessions.open();
    const server = await session.call(serverRoutes.readServer, { id: await serverId(session, words.SERVER) });
    out.answer(server, () => showServer(out, server));
  },
});

export function showServer(out: Output, server: Server): void {
  const rows: [string, string | null | undefined][] = [
    ['id', server.id],
    ['state', server.stateAt === null ? server.state : `${server.state}, ${localTime(server.stateAt)}`],
    ['your role', server.role],
    ['address', addressOf(server)],
    ['signs in with', server.authMethod],
    ['public key', server.publicKey],
    ['fingerprint', server.hostKey && `${server.hostKey.sha256} (${server.hostKey.type})`],
    ['tags', server.tags.join(', ') || null],
    ['running task', server.openTaskId],
  ];
  out.say(out.style('bold', plain(server.name)));
  for (const [name, value] of rows) if (value) out.say(`  ${name.padEnd(14)} ${plain(value)}`);
}

/** `root@203.0.113.7:22`; a viewer is not told. */
function addressOf({ username, host, port }: Server): string | null {
  if (host === undefined) return null;
  return `${username}@${host.includes(':') ? `[${host}]` : host}:${port}`;
}
