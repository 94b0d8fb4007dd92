import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Agents } from '../agents.ts';
import type { Collection } from '../collection.ts';
import type { AskModel } from '../embed/ask-model.ts';
import type { Worker } from '../worker.ts';

export interface World {
  agents: Agents;
  worker: Worker;
  ask: AskModel;
  dataFolder: string;
  startedAt: Date;
  /** Aborted when the service stops; in a call also when the caller has gone. */
  signal: AbortSignal;
  log: (line: string) => void;
}

/** One request that was let in. */
export interface Call extends World {
  /** The agent's id; '' where the path has none. */
  id: string;
  /** The last part of the path: a file or a job. */
  item: string;
  query: URLSearchParams;
  request: IncomingMessage;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  who: 'anyone' | 'agent' | 'admin';
  handle: (call: Call) => unknown;
}

/** An answer that is not JSON. */
export class Download {
  readonly type: string;
  readonly content: Readable;

  constructor(type: string, content: Readable) {
    this.type = type;
    this.content = content;
  }
}

/** The collection of the call, got anew each time: after a wait it may have been closed. */
export const opened =
  ({ agents, id }: Call): (() => Collection) =>
  () =>
    agents.get(id);
