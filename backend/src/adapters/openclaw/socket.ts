import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import * as z from 'zod/mini';
import WebSocket from 'ws';
import { VERSION } from '../../version.ts';
import { badAnswer, gatewayDown, gatewayTimeout, incompatible, wireProblem } from './gateway.problems.ts';
import { Problem } from '../../lib/problem.ts';

// What the gateway of 2026.9 speaks. A range down to 3 would be a promise that no test holds.
const PROTOCOL = 4;
// The gateway's own limit for a frame; a larger one is not its.
const MAX_FRAME_BYTES = 25 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 30_000;
const TICK_MS = 30_000;
const MOST_PENDING = 500;

const Frame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), event: z.string(), payload: z.optional(z.unknown()), seq: z.optional(z.number()) }),
  z.object({
    type: z.literal('res'),
    id: z.string(),
    ok: z.boolean(),
    payload: z.optional(z.unknown()),
    error: z.optional(
      z.looseObject({ code: z.optional(z.string()), message: z.optional(z.string()), retryAfterMs: z.optional(z.number()) }),
    ),
  }),
]);

const Hello = z.object({
  protocol: z.number(),
  server: z.object({ version: z.string(), bootId: z.optional(z.string()) }),
  features: z.optional(z.object({ methods: z.optional(z.array(z.string())) })),
  auth: z.optional(z.object({ scopes: z.optional(z.array(z.string())) })),
  policy: z.optional(z.object({ tickIntervalMs: z.optional(z.number()) })),
});
export type Hello = z.output<typeof Hello>;

export interface GatewayEvent {
  event: string;
  payload: unknown;
}

export interface GatewaySocket {
  hello: Hello;
  request(
    method: string,
    params?: Record<string, unknown>,
    options?: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined },
  ): Promise<unknown>;
  events: EventEmitter<{ event: [GatewayEvent] }>;
  /** Aborts when the socket is over, with the reason. */
  gone: AbortSignal;
  close(): void;
}

export interface SocketOptions {
  /** The bytes: a forwarded port of the server. */
  stream: Duplex;
  port: number;
  token: string | undefined;
  scopes: readonly string[];
  signal?: AbortSignal | undefined;
}

interface Pending {
  method: string;
  resolve: (payload: unknown) => void;
  reject: (error: unknown) => void;
}

/** Connects to a gateway over a stream, and answers when it has said hello. Throws a Problem `gateway.*`. */
export function openSocket({ stream, port, token, scopes, signal }: SocketOptions): Promise<GatewaySocket> {
  // ws treats what it is given as a socket; a forwarded stream lacks these three, and needs none of them.
  const asSocket = Object.assign(stream, { setTimeout: () => stream, setNoDelay: () => stream, setKeepAlive: () => stream });
  const ws = new WebSocket(`ws://127.0.0.1:${port}`, {
    createConnection: () => asSocket as never,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
  });
  const pending = new Map<string, Pending>();
  const events = new EventEmitter<{ event: [GatewayEvent] }>();
  const gone = new AbortController();
  let lastId = 0;
  let heartbeat: NodeJS.Timeout | undefined;

  const end = (error: unknown): void => {
    if (gone.signal.aborted) return;
    clearTimeout(heartbeat);
    gone.abort(error);
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    ws.terminate();
    stream.destroy();
  };

  function request(
    method: string,
    params: Record<string, unknown> = {},
    { signal: abort, timeoutMs = REQUEST_TIMEOUT_MS }: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined } = {},
  ): Promise<unknown> {
    if (gone.signal.aborted) return Promise.reject(gone.signal.reason);
    if (pending.size >= MOST_PENDING) return Promise.reject(gatewayTimeout(method));
    const id = String(++lastId);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(late);
        abort?.removeEventListener('abort', onAbort);
        pending.delete(id);
        act();
      };
      const onAbort = (): void => settle(() => reject(abort?.reason));
      const late = setTimeout(() => settle(() => reject(gatewayTimeout(method))), timeoutMs);
      abort?.addEventListener('abort', onAbort, { once: true });
      pending.set(id, { method, resolve: (payload) => settle(() => resolve(payload)), reject: (error) => settle(() => reject(error)) });
      ws.send(JSON.stringify({ type: 'req', id, method, params }), (error) => error && end(gatewayDown(error)));
      if (abort?.aborted) onAbort();
    });
  }

  return new Promise((resolve, reject) => {
    const late = setTimeout(() => end(gatewayTimeout('connect')), CONNECT_TIMEOUT_MS);
    const onAbort = (): void => end(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(late);
      signal?.removeEventListener('abort', onAbort);
    };
    gone.signal.addEventListener('abort', () => (settle(), reject(gone.signal.reason)), { once: true });

    const connect = async (): Promise<void> => {
      const payload = await request('connect', connectParams(token, scopes), { timeoutMs: CONNECT_TIMEOUT_MS });
      const hello = Hello.safeParse(payload);
      if (!hello.success) throw badAnswer('its greeting');
      if (hello.data.protocol !== PROTOCOL) throw incompatible(`protocol ${hello.data.protocol}`);
      settle();
      beat(hello.data.policy?.tickIntervalMs ?? TICK_MS);
      resolve({ hello: hello.data, request, events, gone: gone.signal, close: () => end(gatewayDown()) });
    };
    /** The gateway ticks; more than two silent ticks and it is dead, whatever the link says. */
    const beat = (tickMs: number): void => {
      const silentMs = Math.min(Math.max(tickMs, 5_000), 120_000) * 2.5;
      heartbeat = setTimeout(() => end(gatewayDown()), silentMs);
    };

    ws.on('error', (error) => end(explainUpgrade(error)));
    ws.on('close', (code) => end(code === 1009 ? badAnswer('a frame that is too large') : gatewayDown()));
    ws.on('message', (data) => {
      heartbeat?.refresh();
      const frame = parseFrame(String(data));
      if (!frame) return end(badAnswer('a frame of another protocol'));
      if (frame.type === 'event') {
        if (frame.event === 'connect.challenge' && lastId === 0) connect().catch(end);
        else events.emit('event', { event: frame.event, payload: frame.payload });
        return;
      }
      const waiting = pending.get(frame.id);
      if (!waiting) return;
      if (frame.ok) waiting.resolve(frame.payload);
      else waiting.reject(wireProblem(frame.error ?? {}, waiting.method));
    });
  });
}

const connectParams = (token: string | undefined, scopes: readonly string[]): Record<string, unknown> => ({
  minProtocol: PROTOCOL,
  maxProtocol: PROTOCOL,
  // Both are closed lists of the gateway's; our own name goes into `displayName`.
  client: { id: 'gateway-client', mode: 'backend', version: VERSION, platform: process.platform, displayName: 'Clawmoor' },
  role: 'operator',
  scopes,
  caps: ['tool-events'],
  ...(token !== undefined && { auth: { token } }),
});

function parseFrame(text: string): z.output<typeof Frame> | undefined {
  try {
    const parsed = Frame.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function explainUpgrade(error: Error): Problem {
  if (/max payload/i.test(error.message)) return badAnswer('a frame that is too large', error);
  if (/Unexpected server response|Invalid|Parse Error|Expected/i.test(error.message)) return badAnswer('not a gateway', error);
  return gatewayDown(error);
}
