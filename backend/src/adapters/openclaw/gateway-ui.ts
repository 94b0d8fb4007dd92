import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { GatewayUi } from '../../lib/gateway-ui.ts';
import type { HostPool } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { readGatewayAccess, type GatewayAccess } from './gateway-file.ts';
import { gatewayDown, gatewayTimeout } from './gateway.problems.ts';
import { asSocket } from './stream-socket.ts';
import { joinSockets } from './ui-socket.ts';
import { headersToBrowser, headersToGateway } from './ui-headers.ts';

const ANSWER_WITHIN_MS = 30_000;
// The page's files come in a burst; each connection is one channel of the SSH connection.
const CONNECTIONS_PER_SERVER = 8;
const LARGEST_BODY_BYTES = 32 * 1024 * 1024;
// The token may have been changed on the server; reading it again is one file over an open connection.
const ACCESS_GOOD_FOR_MS = 30_000;

interface Way {
  agent: Agent;
  access: Promise<GatewayAccess>;
  readAt: number;
}

/** Carries a gateway's own web page, its requests and its WebSockets, through the server's SSH connection. */
export function createGatewayUi({ hosts }: { hosts: HostPool }): GatewayUi {
  const ways = new Map<string, Way>();

  function wayTo(serverId: string): Way {
    const known = ways.get(serverId);
    if (known && performance.now() - known.readAt < ACCESS_GOOD_FOR_MS) return known;
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const access = hosts.with(serverId, (host) => readGatewayAccess(host, signal), { signal });
    const agent = known?.agent ?? agentTo(hosts, serverId, () => ways.get(serverId)?.access ?? access);
    const way: Way = { agent, access, readAt: performance.now() };
    ways.set(serverId, way);
    access.catch(() => ways.get(serverId) === way && ways.delete(serverId));
    return way;
  }

  return {
    async carry(serverId, request, response, signal) {
      if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY_BYTES) throw tooLarge();
      const { agent, access: reading } = wayTo(serverId);
      const access = await reading;
      const answer = await ask(request, { agent, access, signal });
      response.writeHead(answer.statusCode ?? 502, headersToBrowser(answer.headers, access.port));
      // A browser that leaves half-way is no failure.
      await pipeline(answer, response, { signal }).catch(() => response.destroy());
    },
    async carrySocket(serverId, request, { socket, head, signal }) {
      const access = await wayTo(serverId).access;
      const { host, gone, release } = await hosts.hold(serverId, { signal });
      try {
        const { stream } = await host.forward(access.port, { signal });
        await joinSockets({ request, socket, head, stream, access, signal: AbortSignal.any([signal, gone]) });
      } finally {
        release();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { agent } of ways.values()) agent.destroy();
      ways.clear();
    },
  };
}

interface Asking {
  agent: Agent;
  access: GatewayAccess;
  signal: AbortSignal;
}

function ask(request: IncomingMessage, { agent, access, signal }: Asking): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest({
      agent,
      method: request.method,
      path: request.url,
      headers: headersToGateway(request.headers, access),
      signal,
    });
    const late = setTimeout(() => asking.destroy(gatewayTimeout('the page')), ANSWER_WITHIN_MS);
    asking.once('response', (answer) => (clearTimeout(late), resolve(answer)));
    asking.once('error', (error) => {
      clearTimeout(late);
      // A kept connection may be closed by the gateway at the very moment at which it is used again.
      if (asking.reusedSocket && 'code' in error && error.code === 'ECONNRESET' && request.method === 'GET')
        resolve(ask(request, { agent, access, signal }));
      else reject(error instanceof Problem ? error : gatewayDown(error));
    });
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_BODY_BYTES) asking.destroy(tooLarge());
    });
    request.pipe(asking);
  });
}

const tooLarge = (): Problem =>
  new Problem('request.too_large', `More than ${LARGEST_BODY_BYTES / 1024 / 1024} MB cannot be sent through here`);

/** Connections to the gateway's port, each a forwarded stream that holds the SSH connection while it is open. */
function agentTo(hosts: HostPool, serverId: string, access: () => Promise<GatewayAccess>): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_PER_SERVER });
  const connect = async (): Promise<Duplex> => {
    const { port } = await access();
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const { host, release } = await hosts.hold(serverId, { signal });
    try {
      const { stream } = await host.forward(port, { signal });
      stream.once('close', release);
      return asSocket(stream);
    } catch (error) {
      release();
      throw error;
    }
  };
  // Node's own documented seam: the callback takes the stream when it is there.
  agent.createConnection = ((_options: unknown, done: (error: Error | null, stream?: Duplex) => void) => {
    connect().then(
      (stream) => done(null, stream),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }) as unknown as Agent['createConnection'];
  return agent;
}
