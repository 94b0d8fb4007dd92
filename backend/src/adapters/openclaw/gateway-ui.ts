import { request as httpRequest, type IncomingMessage } from 'node:http';
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
const LARGEST_BODY_BYTES = 32 * 1024 * 1024;
// The token may have been changed on the server; reading it again is one file over an open connection.
const ACCESS_GOOD_FOR_MS = 30_000;

interface Known {
  access: Promise<GatewayAccess>;
  readAt: number;
}

/**
 * Carries a gateway's own web page, its requests and its WebSockets, through the server's SSH connection. Each request has a stream of its
 * own: one that is given up half-way (a browser does so all the time) leaves nothing that another could wait for.
 */
export function createGatewayUi({ hosts }: { hosts: HostPool }): GatewayUi {
  const known = new Map<string, Known>();

  function accessTo(serverId: string): Promise<GatewayAccess> {
    const last = known.get(serverId);
    if (last && performance.now() - last.readAt < ACCESS_GOOD_FOR_MS) return last.access;
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const access = hosts.with(serverId, (host) => readGatewayAccess(host, signal), { signal });
    known.set(serverId, { access, readAt: performance.now() });
    access.catch(() => known.get(serverId)?.access === access && known.delete(serverId));
    return access;
  }

  async function withStream(
    serverId: string,
    signal: AbortSignal,
    use: (stream: Duplex, access: GatewayAccess) => Promise<void>,
  ): Promise<void> {
    const access = await accessTo(serverId);
    const { host, gone, release } = await hosts.hold(serverId, { signal });
    let stream: Duplex | undefined;
    const end = (): unknown => stream?.destroy();
    gone.addEventListener('abort', end, { once: true });
    try {
      stream = (await host.forward(access.port, { signal })).stream;
      stream.on('error', () => {}); // whoever uses it hears of its end
      await use(stream, access);
    } finally {
      gone.removeEventListener('abort', end);
      end();
      release();
    }
  }

  return {
    carry(serverId, request, response, signal) {
      if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY_BYTES) return Promise.reject(tooLarge());
      return withStream(serverId, signal, async (stream, access) => {
        const answer = await ask(request, { stream, access, signal });
        response.writeHead(answer.statusCode ?? 502, headersToBrowser(answer.headers, access.port));
        // A browser that leaves half-way is no failure.
        await pipeline(answer, response, { signal }).catch(() => response.destroy());
      });
    },
    carrySocket: (serverId, request, { socket, head, signal }) =>
      withStream(serverId, signal, (stream, access) => joinSockets({ request, socket, head, stream, access, signal })),
    async [Symbol.asyncDispose]() {
      known.clear();
    },
  };
}

interface Asking {
  stream: Duplex;
  access: GatewayAccess;
  signal: AbortSignal;
}

function ask(request: IncomingMessage, { stream, access, signal }: Asking): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest({
      createConnection: () => asSocket(stream),
      method: request.method,
      path: request.url,
      headers: { ...headersToGateway(request.headers, access), connection: 'close' },
      signal,
    });
    const late = setTimeout(() => asking.destroy(gatewayTimeout('the page')), ANSWER_WITHIN_MS);
    asking.once('response', (answer) => (clearTimeout(late), resolve(answer)));
    asking.on('error', (error) => (clearTimeout(late), reject(error instanceof Problem ? error : gatewayDown(error))));
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
