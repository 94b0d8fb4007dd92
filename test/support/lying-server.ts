import type { AddressInfo } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';
import { describeHostKey } from '../../backend/src/adapters/ssh/host-key.ts';
import { generateKeyPair } from '../../backend/src/adapters/ssh/keys.ts';
import type { SshTarget } from '../../backend/src/lib/host.ts';

/** What a test makes of a session: `line` is the command that was asked for. */
export interface Lies {
  exec?: (channel: ServerChannel, line: string) => void;
  /** The raw bytes of a subsystem; without it there is none. */
  sftp?: (channel: ServerChannel) => void;
  forward?: (channel: ServerChannel) => void;
  /** What is asked of a session besides, before anything is accepted. */
  session?: (session: Session, client: Connection) => void;
  authentication?: (context: AuthContext) => void;
  client?: (client: Connection) => void;
}

export interface LyingServer {
  target: SshTarget;
  port: number;
  connections: Set<Connection>;
  /** Changes its mind. */
  lie: (lies: Lies) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** An SSH server with the right host key that takes every login, and then does as a test says. */
export async function startLyingServer(first: Lies = {}): Promise<LyingServer> {
  let lies = first;
  const key = generateKeyPair();
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [key.privateKey], ident: 'liar' }, (client) => {
    connections.add(client);
    client.on('error', () => {});
    client.on('close', () => connections.delete(client));
    client.on('authentication', (context) => (lies.authentication ? lies.authentication(context) : context.accept()));
    client.on('ready', () => lies.client?.(client));
    client.on('tcpip', (accept, reject) => {
      if (!lies.forward) return reject();
      const channel = accept();
      channel.on('error', () => {});
      lies.forward(channel);
    });
    client.on('session', (accept) => {
      const session = accept();
      if (lies.session) return lies.session(session, client);
      session.on('exec', (take, _refuse, { command }) => {
        const channel = take();
        channel.on('error', () => {});
        lies.exec?.(channel, command);
      });
      session.on('subsystem', ((take: () => ServerChannel, refuse: () => void) => {
        if (!lies.sftp) return refuse();
        const channel = take();
        channel.on('error', () => {});
        lies.sftp(channel);
      }) as never); // the types know only an sftp that is spoken well
    });
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connections,
    lie: (next) => (lies = next),
    target: {
      host: '127.0.0.1',
      port,
      username: 'root',
      auth: { password: 'canary-password-of-a-login' },
      pin: describeHostKey(Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64')),
    },
    async [Symbol.asyncDispose]() {
      for (const client of connections) client.end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // A client that does not answer its end would hold the close back.
        setTimeout(resolve, 500).unref();
      });
    },
  };
}

/** Reads the script that is sent, and calls with its mark once it is whole. */
export function onScript(channel: ServerChannel, act: (mark: string, script: string) => void): void {
  let script = '';
  let done = false;
  channel.on('data', (chunk: Buffer) => {
    script += String(chunk);
    const mark = script.slice(0, script.indexOf('\n'));
    if (done || mark === '' || !script.includes(`\n${mark}\n`)) return;
    done = true;
    act(mark, script);
  });
}

/** Ends a session as a shell does. */
export function finish(channel: ServerChannel, code = 0): void {
  channel.exit(code);
  channel.end();
}

/** Writes without an end, as fast as it is taken, until the channel is gone or so much is said. */
export function flood(channel: ServerChannel, bytes: Buffer, most = Infinity): void {
  let said = 0;
  const write = (): void => {
    while (said < most && channel.writable) {
      said += bytes.length;
      if (!channel.write(bytes)) return void channel.once('drain', write);
    }
    if (said >= most) finish(channel);
  };
  write();
}
