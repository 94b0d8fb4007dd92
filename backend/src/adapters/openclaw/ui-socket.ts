import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import WebSocket, { WebSocketServer, type RawData } from 'ws';
import type { GatewayAccess } from './gateway-file.ts';
import { connectParams } from './frames.ts';
import { gatewayDown } from './gateway.problems.ts';
import { asSocket } from './stream-socket.ts';

const MAX_FRAME_BYTES = 25 * 1024 * 1024;
const CONNECT_WITHIN_MS = 20_000;
// What may wait in our memory for a reader who is slower than the other side.
const WAITING_BYTES = 4 * 1024 * 1024;
const LOOK_EVERY_MS = 50;
const PING_EVERY_MS = 30_000;

export interface Joining {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  stream: Duplex;
  access: GatewayAccess;
  signal: AbortSignal;
}

/**
 * Joins the browser's WebSocket to one of our own to the gateway. The page greets with a device of its own or with no proof at all;
 * its greeting goes on as ours, with the token, which the browser never has. Resolves when both are over.
 */
export async function joinSockets({ request, socket, head, stream, access, signal }: Joining): Promise<void> {
  const gateway = await openGateway(stream, request.url ?? '/', access.port);
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  // What the gateway says before the browser is there must wait.
  gateway.pause();
  const browser = await new Promise<WebSocket>((resolve, reject) => {
    socket.once('close', () => reject(gatewayDown())); // it left before it was greeted
    server.handleUpgrade(request, socket, head, resolve);
  }).catch((error: unknown) => {
    gateway.terminate();
    throw error;
  });
  const over = new Promise<void>((resolve) => {
    const end = (code: number, reason: string): void => {
      for (const one of [browser, gateway]) closeOne(one, code, reason);
      resolve();
    };
    const stop = (): void => end(4001, 'access ended');
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    for (const one of [browser, gateway]) {
      one.on('error', () => end(1011, 'the connection broke'));
      one.once('close', (code, reason) => {
        signal.removeEventListener('abort', stop);
        end(code, String(reason));
      });
    }
  });
  pass(browser, gateway, greetingWith(access.token));
  pass(gateway, browser, (data) => data);
  const alive = setInterval(() => browser.readyState === WebSocket.OPEN && browser.ping(), PING_EVERY_MS);
  gateway.resume();
  await over;
  clearInterval(alive);
}

function openGateway(stream: Duplex, path: string, port: number): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const gateway = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      createConnection: () => asSocket(stream),
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: CONNECT_WITHIN_MS,
    });
    const fail = (error: Error): void => {
      stream.destroy();
      reject(gatewayDown(error));
    };
    gateway.once('error', fail);
    // With the answer to the upgrade the challenge may come: nobody listens yet, so it is paused before the next turn of the loop.
    gateway.once('open', () => {
      gateway.off('error', fail);
      gateway.pause();
      resolve(gateway);
    });
  });
}

type Change = (data: RawData, isBinary: boolean) => RawData | string;

function pass(from: WebSocket, to: WebSocket, change: Change): void {
  from.on('message', (data, isBinary) => {
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(change(data, isBinary), { binary: isBinary });
    if (to.bufferedAmount <= WAITING_BYTES || from.isPaused) return;
    from.pause();
    const look = setInterval(() => {
      if (to.readyState === WebSocket.OPEN && to.bufferedAmount > WAITING_BYTES / 2) return;
      clearInterval(look);
      from.resume();
    }, LOOK_EVERY_MS);
  });
}

/** Makes the page's `connect` ours: our kind of client, which needs no device, every scope, and the token. All else passes as it is. */
function greetingWith(token: string | undefined): Change {
  let greeted = false;
  return (data, isBinary) => {
    if (greeted || isBinary) return data;
    const frame = parse(String(data));
    if (frame?.type !== 'req' || frame.method !== 'connect') return data;
    greeted = true;
    const { caps, locale } = frame.params ?? {};
    const params = {
      ...connectParams(token, ['operator.admin']),
      ...(Array.isArray(caps) && { caps }),
      ...(typeof locale === 'string' && { locale }),
    };
    return JSON.stringify({ type: 'req', id: frame.id, method: 'connect', params });
  };
}

interface Greeting {
  type?: unknown;
  id?: unknown;
  method?: unknown;
  params?: { caps?: unknown; locale?: unknown };
}

function parse(text: string): Greeting | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Codes that only the protocol itself may use cannot be sent. */
function closeOne(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== WebSocket.OPEN) return socket.terminate();
  const sendable = (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
  socket.close(sendable ? code : 1000, Buffer.byteLength(reason) <= 123 ? reason : '');
  // A peer that does not answer the farewell must not keep the line.
  setTimeout(() => socket.terminate(), 2_000).unref();
}
