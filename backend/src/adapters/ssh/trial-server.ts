import { timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2';
import * as z from 'zod/mini';
import type { HostKey } from '../../lib/host.ts';
import { describeHostKey } from './host-key.ts';
import { generateKeyPair } from './keys.ts';
import { trialEnvironment, trialSession } from './trial-session.ts';

export interface TrialServer {
  port: number;
  username: string;
  /** The only key that may log in. */
  privateKey: string;
  hostKey: HostKey;
  close: () => Promise<void>;
}

const Keys = z.object({ host: z.string(), client: z.string() });

/**
 * An SSH server inside this process, on loopback, for one key, through which the local trial sets up this very machine: the
 * commands are real and run as the current user, in a home folder of their own below `folder`. What they start outlives us.
 */
export async function startTrialServer({ folder }: { folder: string }): Promise<TrialServer> {
  const home = join(folder, 'home');
  for (const path of [folder, home, join(folder, 'run')]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const keys = readKeys(join(folder, 'keys.json'));
  const allowed = parse(keys.client);
  const { username } = userInfo();
  const env = trialEnvironment({ home, runtimeFolder: join(folder, 'run') });
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [keys.host] }, (connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    connection.on('error', () => {}); // a client that goes away; its `close` follows
    connection.on('authentication', (context) => (mayLogIn(context, username, allowed) ? context.accept() : context.reject(['publickey'])));
    connection.on('session', (accept) => trialSession(accept(), { home, env }));
    connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
      // Only this machine's loopback: the trial is no way into the network.
      if (destIP !== '127.0.0.1' && destIP !== 'localhost') return void reject();
      const socket = connect({ port: destPort, host: '127.0.0.1', noDelay: true });
      socket.once('error', () => reject());
      socket.once('connect', () => {
        const channel = accept();
        channel.on('error', () => socket.destroy());
        socket.on('error', () => channel.destroy());
        channel.pipe(socket).pipe(channel);
      });
    });
  });
  // With Nagle's algorithm each small packet would wait 40 ms: an upload of Node.js takes 40 s instead of 2.
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  const port = await new Promise<number>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port)); // TCP: an object
  });
  return {
    port,
    username,
    privateKey: keys.client,
    hostKey: describeHostKey(parse(keys.host).getPublicSSH()),
    close: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.end();
        listener.close(() => resolve());
        setTimeout(resolve, 2_000).unref(); // a client that does not hang up must not keep us
      }),
  };
}

/** Made once; the host key stays the same, so that the pin of the row stays true. */
function readKeys(file: string): z.output<typeof Keys> {
  if (!existsSync(file)) {
    const made = { host: generateKeyPair('clawmoor-trial-host').privateKey, client: generateKeyPair('clawmoor-trial').privateKey };
    writeFileSync(file, JSON.stringify(made), { mode: 0o600, flag: 'wx' });
  }
  chmodSync(file, 0o600);
  return Keys.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function parse(pem: string): ParsedKey {
  const key = ssh2.utils.parseKey(pem);
  if (key instanceof Error || Array.isArray(key)) throw new Error('A key of the local trial cannot be read; delete data/trial/keys.json');
  return key;
}

function mayLogIn(context: AuthContext, username: string, allowed: ParsedKey): boolean {
  if (context.method !== 'publickey' || context.username !== username) return false;
  const [given, ours] = [context.key.data, allowed.getPublicSSH()];
  if (context.key.algo !== allowed.type || given.length !== ours.length || !timingSafeEqual(given, ours)) return false;
  // Without a signature it is only the question whether such a key would do.
  if (!context.signature || !context.blob) return context.signature === undefined;
  return allowed.verify(context.blob, context.signature, context.hashAlgo) === true;
}
