import { readFile } from 'node:fs/promises';
import { ApiError } from '@clawmoor/shared/client.ts';
import { serverRoutes, type NewServer, type Server } from '@clawmoor/shared/servers.ts';
import { readSshAddress } from '@clawmoor/shared/ssh-address.ts';
import { command, type Context } from '../command.ts';
import { Ended, exitOfCode, usage } from '../exit.ts';
import type { Session } from '../session/sessions.ts';
import { plain } from '../terminal/plain.ts';
import { showServer } from './servers.ts';
import { trust } from './servers-trust.ts';
import { showTest } from './test.ts';

export const serversAdd = command({
  name: 'servers add',
  words: ['ADDRESS'],
  summary: 'Add a server that you can reach by SSH',
  details:
    'ADDRESS is USER@HOST or USER@HOST:PORT. Unless told otherwise, a key pair is made for the server: you put the public half on the\nmachine, the private half never leaves Clawmoor. At a terminal it goes on to the fingerprint and to a test; without one, give --fingerprint.',
  examples: [
    'clawmoor servers add root@203.0.113.7 --name harbour',
    'clawmoor servers add root@203.0.113.7 --key ~/.ssh/id_ed25519 --fingerprint SHA256:…',
    'clawmoor servers add root@203.0.113.7 --password-stdin < password.txt',
  ],
  options: {
    name: { type: 'string', value: 'NAME', summary: 'what you call it; its host name unless told' },
    key: { type: 'string', value: 'FILE', names: 'file', summary: 'sign in with this private key' },
    'password-stdin': { type: 'boolean', summary: 'sign in with a password, read from stdin' },
    tag: { type: 'string', value: 'TAG', many: true, summary: 'a tag; may be repeated' },
    fingerprint: { type: 'string', value: 'SHA256:…', summary: 'the fingerprint that the server must show' },
  },
  async run(context, { words, values }) {
    const { sessions, out, ask } = context;
    const address = readSshAddress(words.ADDRESS);
    if (!address) throw usage(`${words.ADDRESS} is not USER@HOST or USER@HOST:PORT`);
    if (values.key !== undefined && values['password-stdin']) throw usage('--key and --password-stdin exclude each other');
    const session = sessions.open();
    const secret = values['password-stdin']
      ? ({ authMethod: 'password', password: await ask.stdin('The password') } as const)
      : values.key === undefined
        ? ({ authMethod: 'generated' } as const)
        : ({ authMethod: 'key', privateKey: await readKey(values.key) } as const);
    const server = await add(context, session, { ...address, name: values.name ?? address.host, tags: values.tag ?? [], ...secret });
    if (!ask.isTTY && values.fingerprint === undefined) return out.answer(server, () => sayAdded(context, server));
    if (!out.json) sayAdded(context, server);
    const result = await trust(context, session, {
      id: server.id,
      word: server.name,
      expected: values.fingerprint,
      onPinned: () => keyInPlace(context, server),
    });
    out.answer(await session.call(serverRoutes.readServer, { id: server.id }), () => showTest(out, result));
    if (!result.ok) throw new Ended(exitOfCode(result.code));
  },
});

async function readKey(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw usage(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** A key with a passphrase: the person is asked for it once the API has found it out. */
async function add({ ask }: Context, { call }: Session, body: NewServer): Promise<Server> {
  try {
    return await call(serverRoutes.addServer, { body });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'server.passphrase_required' || !ask.isTTY) throw error;
    const passphrase = await ask.line('Passphrase of the key: ', { secret: true });
    return call(serverRoutes.addServer, { body: { ...body, passphrase } });
  }
}

function sayAdded({ out }: Context, server: Server): void {
  showServer(out, server);
  if (server.publicKey === undefined) return;
  out.say('Run this on the server, as the user that signs in:');
  // One line for any login shell; the key holds no quotes.
  out.say(
    `  mkdir -p ~/.ssh && chmod 700 ~/.ssh && echo '${plain(server.publicKey)}' >> ~/.ssh/authorized_keys && chmod 600 ~/.ssh/authorized_keys`,
  );
  out.say(`Then: clawmoor servers trust ${server.id}`);
}

async function keyInPlace({ ask }: Context, server: Server): Promise<void> {
  if (server.publicKey !== undefined && ask.isTTY) await ask.line('Press Enter when the public key is in place: ');
}
