import { Agent, request as send, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { PEER_HEADER, type PeerMarks } from './peer.ts';

/** What answers requests and opens sockets. */
export interface Answering {
  request: (request: IncomingMessage, response: ServerResponse) => void;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface PassOnParts {
  /** Where the process that works is reached: `http://10.0.0.5:3000`. Asked anew when it does not answer. */
  findWorker: () => Promise<string | undefined>;
  marks: PeerMarks;
  ipOf: (request: IncomingMessage) => string;
}

// So long a request waits for a process to take over; a browser's patience is longer.
const WAIT_WITHIN_MS = 10_000;
const ASK_EVERY_MS = 100;
const CONNECT_WITHIN_MS = 2_000;
const STANDS_BY = 'x-clawmoor-stands-by';

/** Passes requests on to the process that works, and what it answers back: bodies, feeds and sockets as they come. */
export function createPassOn({ findWorker, marks, ipOf }: PassOnParts) {
  // A connection that is kept may have ended with its process: only what can be sent again goes over one.
  const kept = new Agent({ keepAlive: true, maxSockets: 200 });
  const fresh = new Agent({ keepAlive: false });
  let worker: string | undefined;
  // Once this process works itself: what still waits is answered here.
  let here: Answering | undefined;

  async function workerUrl(): Promise<URL | undefined> {
    worker ??= await findWorker().catch(() => undefined); // the database is away as well: the next question comes in a moment
    return worker === undefined ? undefined : new URL(worker);
  }

  function open(to: URL, request: IncomingMessage, agent: Agent): ClientRequest {
    const { hostname: host, port } = to;
    const { connection, ...rest } = request.headers;
    const headers = { ...rest, ...(request.headers.upgrade !== undefined && { connection }), [PEER_HEADER]: marks.sign(ipOf(request)) };
    return send({ host: host.replace(/^\[|\]$/g, ''), port, method: request.method, path: request.url, headers, agent, setHost: false });
  }

  /** Answers `false` where the request has not left: then it may be sent again. */
  function attempt(to: URL, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const repeatable = request.method === 'GET' || request.method === 'HEAD';
    const passed = open(to, request, repeatable ? kept : fresh);
    return new Promise((resolve) => {
      let left = false;
      passed.once('socket', (socket) => {
        const begin = (): void => {
          clearTimeout(tooLong);
          left = true;
          if (repeatable) passed.end();
          else request.pipe(passed);
        };
        const tooLong = setTimeout(() => socket.destroy(new Error('it does not answer')), CONNECT_WITHIN_MS);
        if (socket.connecting) socket.once('connect', begin).once('close', () => clearTimeout(tooLong));
        else begin();
      });
      passed.once('response', (answer) => {
        if (answer.headers[STANDS_BY] !== undefined) {
          answer.resume();
          worker = undefined;
          if (!repeatable) unavailable(response, 'Another process is about to take over');
          return resolve(!repeatable);
        }
        response.writeHead(answer.statusCode ?? 502, withoutHop(answer.rawHeaders));
        response.flushHeaders();
        answer.pipe(response);
        // Cut off in the middle: the client must see that, and not a whole answer.
        answer.once('close', () => void (answer.complete || response.destroy()));
        resolve(true);
      });
      passed.on('error', () => {
        request.unpipe(passed);
        if (response.headersSent) return resolve(true);
        if (left && !repeatable) {
          unavailable(response, 'The process that worked has ended in the middle of this: look whether it was done');
          return resolve(true);
        }
        worker = undefined;
        resolve(false);
      });
      const goneAway = (): void => void passed.destroy();
      response.once('close', goneAway);
      passed.once('close', () => response.removeListener('close', goneAway));
    });
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // It was passed on to us by somebody who takes us for the one that works: not round in a circle.
    if (request.headers[PEER_HEADER] !== undefined) {
      response.setHeader(STANDS_BY, '1');
      return unavailable(response, 'This process stands by');
    }
    const until = performance.now() + WAIT_WITHIN_MS;
    while (!response.destroyed) {
      if (here) return here.request(request, response);
      const to = await workerUrl();
      if (to && (await attempt(to, request, response))) return;
      if (performance.now() > until) return unavailable(response, 'No process of Clawmoor works at the moment');
      await wait(ASK_EVERY_MS);
    }
  }

  /** A socket is opened once: whoever wants it tries again by itself. */
  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const to = await workerUrl();
    if (here) return here.upgrade(request, socket, head);
    if (!to) return void socket.destroy();
    const passed = open(to, request, fresh);
    passed.once('upgrade', (answer, other, rest) => {
      const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1] ?? ''}`] : []));
      socket.write(`HTTP/1.1 ${answer.statusCode ?? 101} ${answer.statusMessage ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n`);
      if (rest.length > 0) socket.write(rest);
      if (head.length > 0) other.write(head);
      other.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('close', () => other.destroy());
      other.pipe(socket).pipe(other);
    });
    passed.once('response', () => socket.destroy());
    passed.once('error', () => {
      worker = undefined;
      socket.destroy();
    });
    passed.end();
  }

  return {
    request: (request: IncomingMessage, response: ServerResponse): void => void pass(request, response),
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer): void => void upgrade(request, socket, head),
    /** This process works from now on: requests that wait for a worker have found it, and would ask a database that is closed to them. */
    answerHere: (front: Answering): void => void (here = front),
    close(): void {
      kept.destroy();
      fresh.destroy();
    },
  };
}

/** What is about the connection to the other process is not for the client. */
function withoutHop(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, at) => !/^(connection|keep-alive)$/i.test(rawHeaders[at - (at % 2)] ?? ''));
}

function unavailable(response: ServerResponse, error: string): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.writeHead(503, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'retry-after': '5' });
  response.end(JSON.stringify({ error, code: 'internal.busy', fix: 'Try again in a few seconds.', requestId: '-' }));
}
