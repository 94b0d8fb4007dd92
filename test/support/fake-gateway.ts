import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface FakeGateway {
  port: number;
  /** What came in, as it came. */
  frames: { id: string; method: string; params: Record<string, unknown> }[];
  headers: NodeJS.Dict<string | string[]>[];
  sockets: Set<WebSocket>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

export interface Reply {
  ok: boolean;
  payload?: unknown;
  error?: unknown;
}

export const HELLO = { protocol: 4, server: { version: '2026.9.6', bootId: 'boot-1' }, policy: { tickIntervalMs: 30_000 } };

/** A gateway as bad as a test wants it: it greets, then `onFrame` says what a call gets; nothing where it answers `undefined`. */
export async function startFakeGateway({
  token,
  port = 0,
  hello = HELLO,
  onOpen = (socket) => challenge(socket),
  onFrame = () => ({ ok: true, payload: {} }),
}: {
  token?: string;
  port?: number;
  hello?: unknown;
  onOpen?: (socket: WebSocket) => void;
  onFrame?: (method: string, socket: WebSocket, id: string) => Reply | undefined;
} = {}): Promise<FakeGateway> {
  const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });
  const fake: Omit<FakeGateway, 'port' | typeof Symbol.asyncDispose> = { frames: [], headers: [], sockets: server.clients };
  server.on('connection', (socket, request) => {
    fake.headers.push(request.headers);
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      fake.frames.push(frame);
      const reply = frame.method === 'connect' ? greet(frame.params, token, hello) : onFrame(frame.method, socket, frame.id);
      if (reply) socket.send(JSON.stringify({ type: 'res', id: frame.id, ...reply }));
    });
    onOpen(socket);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    ...fake,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const challenge = (socket: WebSocket): void =>
  socket.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } }));

function greet(params: { auth?: { token?: string } }, token: string | undefined, hello: unknown): Reply {
  if (token === undefined || params.auth?.token === token) return { ok: true, payload: hello };
  return { ok: false, error: { code: 'INVALID_REQUEST', message: 'unauthorized', details: { code: 'AUTH_TOKEN_MISMATCH' } } };
}
