import type { Response } from 'express';
import type { Route } from '@clawmoor/shared/route.ts';

// Proxies and phones close what is silent; a comment line every 15 s keeps it open and shows a dead peer.
const HEARTBEAT_MS = 15_000;
// How often a stream asks again whether its reader may still read, besides being told: a right that expires ends it within this time.
const RECHECK_MS = 4_000;
// An answer this old is not taken for the next event: a right that has expired meanwhile shows nothing more after this time.
const FRESH_MS = 1_000;
// A reader that takes nothing for this long while bytes wait for it is gone.
const STALLED_MS = 60_000;

type Schema = NonNullable<Route['emits']>[string];

interface Event {
  event: string;
  id?: number;
  data: unknown;
}

export interface Streaming {
  response: Response;
  schemas: NonNullable<Route['emits']>;
  events: AsyncIterable<Event>;
  /** Throws when the reader's session or role has ended. */
  recheck: () => Promise<unknown>;
  /** Calls back when the reader's rights may have changed; answers how to stop that. */
  onRightsChanged: (ask: () => void) => () => void;
  /** Ends the stream from outside: the client has gone, or the process stops. */
  stop: AbortController;
}

/** Writes a series of events as server-sent events until it ends, the reader goes, or the reader's rights do. */
export async function sendEvents({ response, schemas, events, recheck, onRightsChanged, stop }: Streaming): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  // What waits to be written waits for the answer as well: after a right was taken away, not one byte more leaves.
  let allowed: Promise<unknown> = Promise.resolve();
  let askedAt = performance.now();
  const ask = (): void => {
    askedAt = performance.now();
    allowed = recheck().catch(() => stop.abort());
  };
  const checking = setInterval(ask, RECHECK_MS);
  const stopListening = onRightsChanged(ask);
  ask(); // what was taken away between the first check and now was not heard
  try {
    for await (const each of events) {
      if (performance.now() - askedAt > FRESH_MS) ask();
      await allowed;
      if (stop.signal.aborted) break;
      const schema = schemas[each.event];
      if (!schema) throw new Error(`The event ${each.event} is not in the route table`);
      // The generator is asked for more only when this was taken: what waits meanwhile stays in the database.
      if (!response.write(bytesOf(each, schema))) await drained(response, stop.signal);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    clearInterval(checking);
    stopListening();
    response.end(stop.signal.aborted ? 'retry: 2000\n\n' : undefined);
  }
}

/** By the very object: what many readers are sent is checked, written and encoded once. */
const written = new WeakMap<object, { schema: Schema; id: number | undefined; bytes: Buffer }>();

function bytesOf({ event, id, data }: Event, schema: Schema): Buffer {
  const isShared = typeof data === 'object' && data !== null;
  const known = isShared ? written.get(data) : undefined;
  // One object is the data of one kind of event; its number is the reader's own only where it has none.
  if (known?.schema === schema && known.id === id) return known.bytes;
  const bytes = Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(schema.parse(data))}\n\n`);
  if (isShared) written.set(data, { schema, id, bytes });
  return bytes;
}

function drained(response: Response, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(stalled);
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stalled = setTimeout(() => response.destroy(), STALLED_MS);
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
