import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP relay on loopback in front of a port: the network between us and a server, which a test may cut. */
export interface Relay {
  port: number;
  /** Ends what is open; new connections are still taken. */
  cut: () => void;
  /** Ends what is open and refuses what is new, until `restore`. */
  block: () => void;
  /** Nothing is carried any more, and nothing is closed: a peer that froze, a cable that was pulled. */
  freeze: () => void;
  restore: () => void;
  [Symbol.asyncDispose]: () => Promise<void>;
}

export async function startRelay(to: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let standing: 'open' | 'blocked' | 'frozen' = 'open';
  const server = createServer((client) => {
    const far = connect(to, '127.0.0.1');
    for (const [socket, other] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => (sockets.delete(socket), other.destroy()));
    }
    if (standing === 'blocked') return void client.destroy();
    client.pipe(far);
    far.pipe(client);
    if (standing === 'frozen') for (const socket of [client, far]) socket.unpipe().pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    block: () => ((standing = 'blocked'), cut()),
    freeze: () => ((standing = 'frozen'), sockets.forEach((socket) => socket.unpipe().pause())),
    restore: () => ((standing = 'open'), cut()),
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
