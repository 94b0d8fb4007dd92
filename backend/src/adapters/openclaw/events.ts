import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayWatcher } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import type { GatewayEvent, GatewaySocket } from './socket.ts';

// A gateway that restarts is back after 5–10 s; one that is down for long is asked twice a minute.
const AGAIN_MS = { first: 500, most: 30_000 };

/**
 * Hands every event of a gateway to `watcher` until its signal aborts. `use` connects, or answers the socket that is there; a
 * socket that somebody listens to is not let go. When it is lost, the watcher hears so, and again when there is a new one.
 */
export async function watchEvents(use: () => Promise<GatewaySocket>, watcher: GatewayWatcher): Promise<void> {
  const { signal, onEvent, onUp, onDown, againAtMostMs = AGAIN_MS.most } = watcher;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      const socket = await use();
      failures = 0;
      await listen(socket, { signal, onEvent, onUp });
      if (!signal.aborted) onDown(asProblem(socket.gone.reason));
    } catch (error) {
      // Said once: then it is tried in silence until it works.
      if (!signal.aborted && failures === 0) onDown(asProblem(error));
    }
    const wait = Math.min(AGAIN_MS.first * 2 ** Math.min(failures, 10), againAtMostMs) * (0.75 + Math.random() / 2);
    await delay(wait, undefined, { signal }).catch(() => {}); // aborted: the loop ends
  }
}

/** Resolves when the socket is over or nobody wants to hear any more. */
async function listen(
  socket: GatewaySocket,
  { signal, onEvent, onUp }: Pick<GatewayWatcher, 'signal' | 'onEvent' | 'onUp'>,
): Promise<void> {
  const pass = ({ event, payload }: GatewayEvent): void => onEvent(event, payload);
  const over = AbortSignal.any([socket.gone, signal]);
  // One listener for each conversation that is followed: many are no leak.
  socket.events.setMaxListeners(0);
  socket.events.on('event', pass);
  try {
    onUp();
    if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
  } finally {
    socket.events.off('event', pass);
  }
}

const asProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem('gateway.down', 'The connection to the gateway was lost', { fix: 'It is tried again by itself.', cause: error });
