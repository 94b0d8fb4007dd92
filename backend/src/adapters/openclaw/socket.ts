import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import WebSocket from 'ws';
import { Problem } from '../../lib/problem.ts';
import { createCalls, type Calls } from './calls.ts';
import { connectParams, Hello, parseFrame, PROTOCOL } from './frames.ts';
import { badAnswer, gatewayDown, gatewayTimeout, incompatible } from './gateway.problems.ts';
import { asSocket } from './stream-socket.ts';

// The gateway's own limit for a frame; a larger one is not its.
const MAX_FRAME_BYTES = 25 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 20_000;
const TICK_MS = { usual: 30_000, least: 1_000, most: 120_000 };

export interface GatewayEvent {
  event: string;
  payload: unknown;
}
type Events = EventEmitter<{ event: [GatewayEvent] }>;

export interface GatewaySocket {
  hello: Hello;
  request: Calls['request'];
  events: Events;
  /** Aborts when the socket is over, with the reason. */
  gone: AbortSignal;
  /** How many calls wait for their answer. */
  waiting: () => number;
  /** Calls that wait are rejected with `reason`. */
  close: (reason?: unknown) => void;
}

export interface SocketOptions {
  /** The bytes: a forwarded port of the server. */
  stream: Duplex;
  port: number;
  token: string | undefined;
  scopes: readonly string[];
  /** What we can do besides, in the gateway's words. */
  caps?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

/** Connects to a gateway over a stream, and answers when it has said hello. Throws a Problem `gateway.*`. */
export async function openSocket({ stream, port, token, scopes, caps = [], signal }: SocketOptions): Promise<GatewaySocket> {
  signal?.throwIfAborted();
  const line = openLine(stream, port);
  const { calls, gone, end } = line;
  const late = setTimeout(() => end(gatewayTimeout('connect')), CONNECT_TIMEOUT_MS);
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await line.challenged;
    const hello = Hello.safeParse(await calls.request('connect', connectParams(token, scopes, caps), { timeoutMs: CONNECT_TIMEOUT_MS }));
    if (!hello.success) throw badAnswer('its greeting');
    if (hello.data.protocol !== PROTOCOL) throw incompatible(`protocol ${hello.data.protocol}`);
    line.expectTicks(hello.data.policy?.tickIntervalMs ?? TICK_MS.usual);
    const request: Calls['request'] = (...call) => (gone.aborted ? Promise.reject(gone.reason) : calls.request(...call));
    return {
      hello: hello.data,
      request,
      events: line.events,
      gone,
      waiting: calls.waiting,
      close: (reason = gatewayDown()) => end(reason),
    };
  } catch (error) {
    end(error);
    throw error;
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The WebSocket with its end: whatever goes wrong, it is over once, with one reason for all who wait. */
function openLine(stream: Duplex, port: number) {
  const ws = webSocketOver(stream, port);
  const events: Events = new EventEmitter();
  const over = new AbortController();
  const challenge = Promise.withResolvers<void>();
  challenge.promise.catch(() => {}); // it may be over after the challenge, when nobody waits for that any more
  const calls = createCalls((frame) => ws.send(frame, (error) => error && end(gatewayDown(error))));
  let silence: NodeJS.Timeout | undefined;

  function end(reason: unknown): void {
    if (over.signal.aborted) return;
    clearTimeout(silence);
    over.abort(reason);
    challenge.reject(reason);
    calls.failAll(reason);
    ws.terminate();
    stream.destroy();
  }

  stream.on('error', (error) => end(gatewayDown(error)));
  ws.on('error', (error) => end(explain(error)));
  ws.on('close', () => end(gatewayDown()));
  ws.on('message', (data) => {
    if (over.signal.aborted) return;
    silence?.refresh();
    const frame = parseFrame(String(data));
    if (frame === undefined) end(badAnswer('a frame of another protocol'));
    else if (frame === 'other') return;
    else if (frame.type === 'res') calls.answer(frame);
    else if (frame.event === 'connect.challenge') challenge.resolve();
    else events.emit('event', { event: frame.event, payload: frame.payload });
  });
  return {
    calls,
    events,
    end,
    gone: over.signal,
    challenged: challenge.promise,
    /** The gateway ticks; after more than two silent ticks it is dead, whatever the link says. */
    expectTicks(tickMs: number): void {
      if (over.signal.aborted) return;
      silence = setTimeout(() => end(gatewayDown()), Math.min(Math.max(tickMs, TICK_MS.least), TICK_MS.most) * 2.5);
    },
  };
}

function webSocketOver(stream: Duplex, port: number): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}`, {
    createConnection: () => asSocket(stream),
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
  });
}

function explain(error: Error): Problem {
  if (/max payload/i.test(error.message)) return badAnswer('a frame that is too large', error);
  if (/Unexpected server response|Invalid|Parse Error|Expected/i.test(error.message)) return badAnswer('not a gateway', error);
  return gatewayDown(error);
}
