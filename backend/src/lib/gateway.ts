import type { Role } from '@clawmoor/shared/route.ts';
import type { GatewayStatus } from '@clawmoor/shared/openclaw.ts';
import type { Problem } from './problem.ts';

/** The OpenClaw gateways of all servers. `adapters/openclaw` is the real one: a WebSocket through the SSH connection. */
export interface Gateways {
  /**
   * One call of the gateway's protocol; connects first where needed. The caller's role decides the scopes of the socket
   * that carries it. Throws a Problem `gateway.*` or `ssh.*`. Default limit 30 s.
   */
  request(serverId: string, call: GatewayCall): Promise<unknown>;
  /**
   * Hands every event of a gateway to the watcher; keeps connected meanwhile, and connects again. Resolves when the watcher's signal has
   * aborted and nothing more is handed on; never throws.
   */
  watch(serverId: string, watcher: GatewayWatcher): Promise<void>;
  /** Where we stand; connects to find out. Never throws for what the server or the gateway does. */
  status(serverId: string, options?: { signal?: AbortSignal }): Promise<GatewayStatus>;
  /**
   * Whether this version knows a method: from its greeting, which names most of them. `undefined` when it cannot be reached or does not
   * say. A call that is made all the same and not known throws `gateway.method_unknown`.
   */
  supports(serverId: string, method: string, options?: { signal?: AbortSignal }): Promise<boolean | undefined>;
  /** Changes with every start of the gateway; `undefined` when it cannot be reached. */
  bootOf(serverId: string, options?: { signal?: AbortSignal }): Promise<string | undefined>;
  /** Ends the sockets to a server: its gateway was set up anew, or the server is gone. */
  drop(serverId: string): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface GatewayCall {
  method: string;
  params?: Record<string, unknown>;
  /** viewer: `operator.read`; admin and owner: read, write, approvals. `control` opens the `operator.admin` socket. */
  as: Role | 'control';
  signal?: AbortSignal;
  timeoutMs?: number;
}

export interface GatewayWatcher {
  /** `approvals` tells the gateway that somebody is there to answer. */
  as: GatewayCall['as'] | 'approvals';
  signal: AbortSignal;
  onEvent: (event: string, payload: unknown) => void;
  /** Connected: whatever happened before this was not heard. */
  onUp: () => void;
  /** The connection is lost or cannot be made; said once until the next `onUp`. */
  onDown: (why: Problem) => void;
  /** The longest pause before a gateway that stays down is tried again; 30 s where nobody says. */
  againAtMostMs?: number;
}
