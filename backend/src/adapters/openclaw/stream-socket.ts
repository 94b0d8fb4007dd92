import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

/** What `ws` and `http` take for a socket: a forwarded stream lacks these, and needs none of them. */
export function asSocket(stream: Duplex): Socket {
  const itself = (): Duplex => stream;
  const missing = { setTimeout: itself, setNoDelay: itself, setKeepAlive: itself, ref: itself, unref: itself };
  return Object.assign(stream, missing) as unknown as Socket;
}
