import type { Logger } from 'pino';
import type { GatewayStatus } from '@clawmoor/shared/openclaw.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { GatewayCall, Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { readGatewayAccess, type GatewayAccess } from './gateway-file.ts';
import { openSocket, type GatewaySocket } from './socket.ts';
import { isNewerThanTested } from './tested.ts';

// An unused socket would keep its SSH connection open for ever; after this the next call connects anew, in a quarter of a second.
const CLOSE_WHEN_UNUSED_MS = 60_000;

type ScopeSet = 'read' | 'write' | 'control';
const SCOPES: Record<ScopeSet, readonly string[]> = {
  read: ['operator.read'],
  write: ['operator.read', 'operator.write', 'operator.approvals'],
  control: ['operator.admin'],
};
const scopeSetOf = (as: GatewayCall['as']): ScopeSet => (as === 'control' ? 'control' : as === 'viewer' ? 'read' : 'write');

interface Connection {
  socket: GatewaySocket;
  access: GatewayAccess;
  via: 'forward' | 'bridge';
  connectedAt: number;
  unused: NodeJS.Timeout;
}

/** One socket per server and scope set, made at first use, through the server's SSH connection. */
export function createGateways({ hosts, clock, log }: { hosts: HostPool; clock: Clock; log: Logger }): Gateways {
  const connections = new Map<string, Promise<Connection>>();
  // Held in memory only; read again when the gateway refuses it.
  const known = new Map<string, GatewayAccess>();

  async function connect(serverId: string, scopes: ScopeSet, signal?: AbortSignal): Promise<Connection> {
    try {
      return await connectOnce(serverId, scopes, signal);
    } catch (error) {
      const stale =
        error instanceof Problem &&
        ['gateway.token_mismatch', 'gateway.down', 'gateway.bad_answer'].includes(error.code) &&
        known.delete(serverId);
      if (!stale) throw error;
      return connectOnce(serverId, scopes, signal); // the token or the port may have been changed on the server
    }
  }

  async function connectOnce(serverId: string, scopes: ScopeSet, signal?: AbortSignal): Promise<Connection> {
    const { host, gone, release } = await hosts.hold(serverId, { ...(signal && { signal }) });
    try {
      const access = known.get(serverId) ?? (await readGatewayAccess(host, signal));
      const { stream, by } = await host.forward(access.port, { ...(signal && { signal }) });
      const socket = await openSocket({ stream, port: access.port, token: access.token, scopes: SCOPES[scopes], signal });
      known.set(serverId, access);
      gone.addEventListener('abort', () => socket.close(), { once: true });
      const unused = setTimeout(() => socket.close(), CLOSE_WHEN_UNUSED_MS).unref();
      socket.gone.addEventListener('abort', () => (clearTimeout(unused), release()), { once: true });
      return { socket, access, via: by, connectedAt: clock.now(), unused };
    } catch (error) {
      release();
      throw error;
    }
  }

  function connectionOf(serverId: string, scopes: ScopeSet): Promise<Connection> {
    const key = `${serverId} ${scopes}`;
    const open = connections.get(key);
    if (open) return open;
    // Not the caller's signal: several may wait for the same connection.
    const opening = connect(serverId, scopes, AbortSignal.timeout(30_000));
    const forget = (): void => {
      if (connections.get(key) === opening) connections.delete(key);
    };
    opening.then(({ socket }) => (socket.gone.aborted ? forget() : socket.gone.addEventListener('abort', forget, { once: true })), forget);
    connections.set(key, opening);
    return opening;
  }

  async function use(serverId: string, scopes: ScopeSet, signal?: AbortSignal): Promise<Connection> {
    const opening = connectionOf(serverId, scopes);
    const connection = await (signal ? Promise.race([opening, aborted(signal)]) : opening);
    connection.unused.refresh();
    return connection;
  }

  return {
    async request(serverId, { method, params, as, signal, timeoutMs }) {
      const { socket } = await use(serverId, scopeSetOf(as), signal);
      return socket.request(method, params, { signal, timeoutMs });
    },
    async status(serverId, { signal } = {}) {
      try {
        const { socket, access, via, connectedAt } = await use(serverId, 'read', signal);
        const agents = await socket.request('agents.list', {}, { signal, timeoutMs: 10_000 });
        return {
          ...NOTHING,
          state: 'ready',
          version: clip(socket.hello.server.version),
          newerThanTested: isNewerThanTested(socket.hello.server.version),
          protocol: socket.hello.protocol,
          port: access.port,
          via,
          agents: countOf(agents),
          connectedAt: iso(connectedAt),
        };
      } catch (error) {
        if (error instanceof Problem) return { ...NOTHING, state: stateOf(error), message: error.message, fix: error.fix ?? null };
        signal?.throwIfAborted();
        log.warn({ err: error, serverId }, 'the status of a gateway could not be read');
        return { ...NOTHING, state: 'unreachable', message: 'The server could not be asked', fix: 'Try again.' };
      }
    },
    async bootOf(serverId, { signal } = {}) {
      try {
        const { socket } = await use(serverId, 'read', signal);
        return socket.hello.server.bootId ?? `since ${socket.hello.server.version}`;
      } catch (error) {
        if (error instanceof Problem) return undefined;
        throw error;
      }
    },
    drop(serverId) {
      known.delete(serverId);
      for (const [key, opening] of connections) {
        if (!key.startsWith(`${serverId} `)) continue;
        connections.delete(key);
        opening.then(
          ({ socket }) => socket.close(),
          () => {},
        );
      }
    },
    async [Symbol.asyncDispose]() {
      const all = [...connections.values()];
      connections.clear();
      await Promise.allSettled(all.map(async (opening) => (await opening).socket.close()));
    },
  };
}

const NOTHING: GatewayStatus = {
  state: 'connecting',
  message: null,
  fix: null,
  version: null,
  newerThanTested: false,
  protocol: null,
  port: null,
  via: null,
  agents: null,
  connectedAt: null,
};

const clip = (text: string): string => text.slice(0, 64);
const countOf = (payload: unknown): number | null => {
  const agents = typeof payload === 'object' && payload !== null && 'agents' in payload ? payload.agents : payload;
  return Array.isArray(agents) ? agents.length : null;
};

function stateOf({ code }: Problem): GatewayStatus['state'] {
  if (code === 'gateway.not_set_up') return 'not_set_up';
  if (code === 'gateway.token_mismatch' || code === 'gateway.scope_missing') return 'auth_failed';
  if (code === 'gateway.incompatible' || code === 'gateway.method_unknown') return 'incompatible';
  return code.startsWith('gateway.') ? 'gateway_down' : 'unreachable';
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
