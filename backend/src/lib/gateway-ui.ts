import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The web page that a gateway serves of itself, brought here. `adapters/openclaw` is the real one: through the SSH connection. */
export interface GatewayUi {
  /** Answers a request with what the gateway answers to it. Throws a Problem `gateway.*` or `ssh.*` while nothing was answered yet. */
  carry(serverId: string, request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void>;
  /** Joins the browser's WebSocket to one of the gateway's, as its admin, until either ends or `signal` says so. */
  carrySocket(serverId: string, request: IncomingMessage, line: { socket: Duplex; head: Buffer; signal: AbortSignal }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
