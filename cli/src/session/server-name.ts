import { serverRoutes, type Server } from '@clawmoor/shared/servers.ts';
import { CliError, EXIT, usage } from '../exit.ts';
import type { Session } from './sessions.ts';

const ID = /^srv_[\w-]{20}$/;

/** The id of the server that is meant by its id or by a name that only one has. */
export async function serverId(session: Session, word: string): Promise<string> {
  return ID.test(word) ? word : (await readNamed(session, word)).id;
}

async function readNamed(session: Session, word: string): Promise<Server> {
  const { servers } = await session.call(serverRoutes.listServers, {});
  const wanted = word.toLowerCase();
  const found = servers.filter(({ id, name }) => id === word || name.toLowerCase() === wanted);
  const [first, second] = found;
  if (!first) {
    const names = servers.map(({ name }) => name);
    throw new CliError(EXIT.notFound, 'cli.server_unknown', {
      message: `There is no server ${word}`,
      fix: names.length === 0 ? 'You have no server yet: clawmoor servers add root@example.com' : `There are: ${names.join(', ')}`,
    });
  }
  if (second) throw usage(`${found.length} servers are called ${word}`, `Say which by its id: ${found.map(({ id }) => id).join(', ')}`);
  return first;
}
