import type { Logger } from 'pino';
import type { Clock } from '../../lib/clock.ts';
import type { Gateways, GatewayWatcher } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { watchEvents } from './events.ts';
import { readGatewayAccess, type GatewayAccess } from './gateway-file.ts';
import { gatewayTimeout } from './gateway.problems.ts';
import { openSocket, type GatewaySocket } from './socket.ts';
import { failedStatus, readyStatus } from './status.ts';

// An unused socket would keep its SSH connection open for ever; after this the next call connects anew, in a quarter of a second.
const CLOSE_WHEN_UNUSED_MS = 60_000;
const CONNECT_WITHIN_MS = 30_000;
const STATUS_WITHIN_MS = 10_000;
// Many ask about a gateway that is down: one try answers them all for this long, and not all servers at the same moment.
const SAME_ANSWER_MS = { least: 300, spread: 400 };

type ScopeSet = 'read' | 'write' | 'control' | 'approvals';
const SCOPES: Record<ScopeSet, readonly string[]> = {
  read: ['operator.read'],
  write: ['operator.read', 'operator.write', 'operator.approvals'],
  control: ['operator.admin'],
  // Without a device of its own, only an admin is shown what waits for an answer; `operator.approvals` alone sees nothing.
  approvals: ['operator.admin'],
};
/** Without an approver that says this, the gateway denies at once what would need an answer; so only who stays may say it. */
const CAPS: Partial<Record<ScopeSet, readonly string[]>> = { approvals: ['exec-approvals'] };
const scopeSetOf = (as: GatewayWatcher['as']): ScopeSet =>
  as === 'control' || as === 'approvals' ? as : as === 'viewer' ? 'read' : 'write';

// They are answered, though the greeting of 2026.9 does not name them.
const UNADVERTISED = new Set(['sessions.usage', 'web.login.start', 'web.login.wait']);

interface Connection {
  socket: GatewaySocket;
  port: number;
  via: 'forward' | 'bridge';
  connectedAt: number;
  unused: NodeJS.Timeout;
}

export interface GatewaysParts {
  hosts: HostPool;
  clock: Clock;
  log: Logger;
  closeWhenUnusedMs?: number;
}

/** One socket per server and scope set, made at first use, through the server's SSH connection; let go after 60 s without use. */
export function createGateways({
  hosts,
  clock,
  log,
  closeWhenUnusedMs = CLOSE_WHEN_UNUSED_MS,
}: GatewaysParts): Gateways & { open: () => number } {
  const connections = new Map<string, Promise<Connection>>();
  const failed = new Map<string, { error: unknown; until: number }>();
  // Held in memory only; read again when the gateway refuses it or is no longer there.
  const known = new Map<string, GatewayAccess>();

  async function connect(serverId: string, scopes: ScopeSet): Promise<Connection> {
    // Not a caller's signal: several may wait for the same connection.
    const signal = AbortSignal.timeout(CONNECT_WITHIN_MS);
    try {
      return await connectOnce(serverId, scopes, signal);
    } catch (error) {
      if (signal.aborted) throw gatewayTimeout('connect');
      if (!mayBeStale(error) || !known.delete(serverId)) throw error;
      return connectOnce(serverId, scopes, signal); // the token or the port may have been changed on the server
    }
  }

  async function connectOnce(serverId: string, scopes: ScopeSet, signal: AbortSignal): Promise<Connection> {
    const { host, gone, release } = await hosts.hold(serverId, { signal });
    try {
      const access = known.get(serverId) ?? (await readGatewayAccess(host, signal));
      const { stream, by } = await host.forward(access.port, { signal });
      const socket = await openSocket({ stream, ...access, scopes: SCOPES[scopes], caps: CAPS[scopes], signal });
      known.set(serverId, access);
      const unused = setTimeout(() => (isUsed(socket) ? unused.refresh() : socket.close()), closeWhenUnusedMs).unref();
      onAbort(gone, () => socket.close(gone.reason));
      onAbort(socket.gone, () => (clearTimeout(unused), release()));
      return { socket, port: access.port, via: by, connectedAt: clock.now(), unused };
    } catch (error) {
      release();
      throw error;
    }
  }

  function connectionOf(serverId: string, scopes: ScopeSet): Promise<Connection> {
    const key = `${serverId} ${scopes}`;
    const open = connections.get(key);
    if (open) return open;
    const last = failed.get(key);
    if (last && clock.monotonic() < last.until) return Promise.reject(last.error);
    const opening = connect(serverId, scopes);
    const forget = (): boolean => connections.get(key) === opening && connections.delete(key);
    opening.then(
      ({ socket }) => {
        // A gateway that is there for one is there for all: nobody is told any more that it was down.
        for (const each of Object.keys(SCOPES)) failed.delete(`${serverId} ${each}`);
        onAbort(socket.gone, forget);
      },
      (error: unknown) => {
        if (forget()) failed.set(key, { error, until: clock.monotonic() + SAME_ANSWER_MS.least + Math.random() * SAME_ANSWER_MS.spread });
      },
    );
    connections.set(key, opening);
    return opening;
  }

  async function use(serverId: string, scopes: ScopeSet, signal?: AbortSignal): Promise<Connection> {
    signal?.throwIfAborted();
    const connection = await unlessAborted(connectionOf(serverId, scopes), signal);
    connection.unused.refresh();
    return connection;
  }

  return {
    async request(serverId, { method, params, as, signal, timeoutMs }) {
      const { socket } = await use(serverId, scopeSetOf(as), signal);
      return socket.request(method, params, { signal, timeoutMs });
    },
    watch(serverId, watcher) {
      const socketOf = async (): Promise<GatewaySocket> => {
        try {
          return (await use(serverId, scopeSetOf(watcher.as), watcher.signal)).socket;
        } catch (error) {
          if (!(error instanceof Problem) && !watcher.signal.aborted) log.warn({ err: error, serverId }, 'a gateway could not be watched');
          throw error;
        }
      };
      return watchEvents(socketOf, watcher);
    },
    async status(serverId, { signal } = {}) {
      try {
        const { socket, ...facts } = await use(serverId, 'read', signal);
        const agents = await socket.request('agents.list', {}, { signal, timeoutMs: STATUS_WITHIN_MS });
        return readyStatus({ ...facts, hello: socket.hello, agents });
      } catch (error) {
        if (!(error instanceof Problem)) {
          signal?.throwIfAborted();
          log.warn({ err: error, serverId }, 'the status of a gateway could not be read');
        }
        return failedStatus(error);
      }
    },
    async supports(serverId, method, { signal } = {}) {
      try {
        const { socket } = await use(serverId, 'read', signal);
        const methods = socket.hello.features?.methods;
        return methods && (methods.includes(method) || UNADVERTISED.has(method));
      } catch (error) {
        if (error instanceof Problem) return undefined;
        throw error;
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
      for (const scopes of Object.keys(SCOPES)) {
        const key = `${serverId} ${scopes}`;
        failed.delete(key);
        closeWhenOpen(connections.get(key));
        connections.delete(key);
      }
    },
    /** Sockets that are open or being opened. */
    open: () => connections.size,
    async [Symbol.asyncDispose]() {
      const all = [...connections.values()];
      connections.clear();
      await Promise.allSettled(all.map(async (opening) => (await opening).socket.close()));
    },
  };
}

const isUsed = (socket: GatewaySocket): boolean => socket.waiting() > 0 || socket.events.listenerCount('event') > 0;

const STALE = ['gateway.token_mismatch', 'gateway.down', 'gateway.bad_answer'];
const mayBeStale = (error: unknown): boolean => error instanceof Problem && STALE.includes(error.code);

const closeWhenOpen = (opening: Promise<Connection> | undefined): void =>
  void opening?.then(
    ({ socket }) => socket.close(),
    () => {}, // whoever asked for it has heard
  );

/** Also when that has happened already. */
function onAbort(signal: AbortSignal, act: () => unknown): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
