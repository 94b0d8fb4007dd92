import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';

// A gateway that restarts is back in 10 s; a server that is off need not be knocked at more than every 5 minutes.
const AGAIN_AFTER_MS = { first: 2_000, most: 5 * 60_000 };

export type WatchState = 'off' | 'connecting' | 'connected';

export interface Watcher {
  set(serverId: string, watching: boolean): void;
  /** `connected`: a command that needs an answer waits for it. */
  stateOf(serverId: string): WatchState;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Stays connected to gateways as somebody who answers: while nobody is, OpenClaw denies at once what needs an answer. `onChanged` hears
 * that something waits, or does not wait any more.
 */
export function createWatcher({
  gateways,
  log,
  onChanged = () => {},
}: {
  gateways: Gateways;
  log: Logger;
  onChanged?: (serverId: string) => void;
}): Watcher {
  const watches = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  const connected = new Set<string>();

  async function watch(serverId: string, signal: AbortSignal): Promise<void> {
    let after = AGAIN_AFTER_MS.first;
    while (!signal.aborted) {
      try {
        await gateways.listen(serverId, {
          as: 'approvals',
          signal,
          onReady: () => {
            after = AGAIN_AFTER_MS.first;
            connected.add(serverId);
            onChanged(serverId); // what happened while nobody was connected was not heard
          },
          onEvent: (event) => {
            if (event === 'exec.approval.requested' || event === 'exec.approval.resolved') onChanged(serverId);
          },
        });
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) log.warn({ err: error, serverId }, 'watching for approvals was cut off');
      } finally {
        connected.delete(serverId);
      }
      // Not all servers at the same moment after an outage of ours.
      await delay(after * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => {});
      after = Math.min(after * 2, AGAIN_AFTER_MS.most);
    }
  }

  return {
    set(serverId, watching) {
      const open = watches.get(serverId);
      if (watching === (open !== undefined)) return;
      open?.stop.abort();
      watches.delete(serverId);
      if (!watching) return onChanged(serverId); // OpenClaw denies what waits when nobody is there any more
      const stop = new AbortController();
      watches.set(serverId, { stop, ended: watch(serverId, stop.signal) });
    },
    stateOf: (serverId) => (connected.has(serverId) ? 'connected' : watches.has(serverId) ? 'connecting' : 'off'),
    async [Symbol.asyncDispose]() {
      const all = [...watches.values()];
      watches.clear();
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}
